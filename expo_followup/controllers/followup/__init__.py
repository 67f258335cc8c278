"""Pages and downloads of the room followup. Its models are in models/followup."""

from . import unsubscribe
