"""Dialogs of the room complaint. Its models are in models/complaint."""

from . import complaint_dialogs
