"""Dialogs of the room followup. Its models are in models/followup."""

from . import record_outcome
