"""Dialogs of the room participation. Its models are in models/participation."""

from . import distribute, distribute_lines
