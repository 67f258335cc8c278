"""Dialogs of the room core. Its models are in models/core."""

from . import payment_link_wizard
