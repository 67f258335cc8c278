"""Pages and downloads of the room capture. Its models are in models/capture."""

from . import booth
