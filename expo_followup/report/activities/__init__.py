"""Reports of the room activities. Its models are in models/activities."""

from . import report_visit
