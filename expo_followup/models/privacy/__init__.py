"""Backups of exhibitions and files, and their registers. What is held of a person is shown and erased here."""

from . import (
    archive,
    archive_registers,
    erasure,
    person_letters,
    person_rows,
    privacy,
)
