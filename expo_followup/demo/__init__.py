from . import (
    expo_demo,
    expo_demo_abc,
    expo_demo_care,
    expo_demo_complaint,
    expo_demo_complaint_mail,
    expo_demo_report,
    expo_demo_sample,
    expo_demo_visit,
)
