"""Contacts as they came from the booth or a list, and how they become exhibition customers. Lists are read and
checked here, possible duplicates are found here.
"""

# Parts come first: the classes that name them in their header need them.
from . import capture_entry  # isort: skip
from . import (
    capture,
    contact_import,
    contact_import_lines,
    duplicate,
)
