from . import record_outcome, record_outcome_line, record_outcome_tier
