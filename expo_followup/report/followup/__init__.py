from . import report_thank_you, touch_report
