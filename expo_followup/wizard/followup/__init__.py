"""Dialogs of the room followup. Its models are in models/followup."""

from . import postpone, record_outcome
