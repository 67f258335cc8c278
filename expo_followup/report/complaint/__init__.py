from . import complaint_pareto, complaint_report, report_complaint
