from . import report_thank_you
