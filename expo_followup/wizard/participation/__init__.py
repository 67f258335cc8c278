"""Dialogs of the room participation. Its models are in models/participation."""

from . import cadence_start, distribute, distribute_lines
