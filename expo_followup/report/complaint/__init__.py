"""Reports of the room complaint. Its models are in models/complaint."""

from . import complaint_pareto, complaint_report, report_complaint
