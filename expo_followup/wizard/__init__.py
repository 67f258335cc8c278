from . import expo_close_show, expo_close_show_line, expo_record_outcome
