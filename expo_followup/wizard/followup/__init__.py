"""Dialogs of the room followup. Its models are in models/followup."""

from . import bulk_change, postpone, record_outcome
