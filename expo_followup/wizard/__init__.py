# The dialogs about a complaint need it when they are loaded.
from . import expo_complaint_dialog  # isort: skip
from . import (
    expo_archive_export,
    expo_archive_restore,
    expo_close_show,
    expo_close_show_line,
    expo_complaint_call,
    expo_complaint_cancel,
    expo_complaint_merge,
    expo_complaint_step,
    expo_complaint_waive,
    expo_distribute,
    expo_distribute_line,
    expo_distribute_member,
    expo_privacy_erase,
    expo_reassign,
    expo_record_outcome,
    expo_record_outcome_line,
    expo_record_outcome_tier,
    expo_sample_step,
    expo_visit_reason,
    payment_link_wizard,
)
