"""Dialogs of the room exhibition. Its models are in models/exhibition."""

from . import close_show
