"""Reports of the room followup. Its models are in models/followup."""

from . import report_thank_you, touch_report
