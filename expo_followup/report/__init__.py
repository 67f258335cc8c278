from . import (
    expo_abc_report,
    expo_complaint_pareto,
    expo_complaint_report,
    expo_touch_report,
    report_complaint,
    report_customer_card,
    report_privacy,
    report_thank_you,
    report_visit,
)
