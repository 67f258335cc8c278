"""Backups of exhibitions and files, and their registers. What is held of a person is shown and erased here."""

from . import (
    archive_registers,
    list_export,
    logs,
    person_letters,
    person_rows,
    person_traces,
    privacy,
)
