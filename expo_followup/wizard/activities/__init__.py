"""Dialogs of the room activities. Its models are in models/activities."""

from . import sample_step, visit_reason
