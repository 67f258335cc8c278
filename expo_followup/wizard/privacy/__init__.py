"""Dialogs of the room privacy. Its models are in models/privacy."""

from . import archive_export, archive_restore, privacy_erase
