"""Incoming mail: each one is stored as it came, then brought to the record that it belongs to."""

from . import incoming_mail
