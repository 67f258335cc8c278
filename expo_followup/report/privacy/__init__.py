"""Reports of the room privacy. Its models are in models/privacy."""

from . import report_privacy
