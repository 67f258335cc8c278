from . import (
    expo_archive_export,
    expo_archive_restore,
    expo_close_show,
    expo_close_show_line,
    expo_distribute,
    expo_distribute_line,
    expo_distribute_member,
    expo_privacy_erase,
    expo_record_outcome,
    expo_sample_step,
    expo_visit_reason,
)
