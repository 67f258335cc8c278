"""Pages and downloads of the room customer. Its models are in models/customer."""

from . import customer_file
