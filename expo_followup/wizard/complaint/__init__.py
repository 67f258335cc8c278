"""Dialogs of the room complaint. Its models are in models/complaint."""

from . import complaint_dialog  # isort: skip
from . import complaint_call, complaint_cancel, complaint_merge, complaint_step, complaint_waive
