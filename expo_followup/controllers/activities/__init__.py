"""Pages and downloads of the room activities. Its models are in models/activities."""

from . import visit
