"""Pages and downloads of the room privacy. Its models are in models/privacy."""

from . import archive, export
