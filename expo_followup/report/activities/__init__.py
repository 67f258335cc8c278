from . import report_visit
