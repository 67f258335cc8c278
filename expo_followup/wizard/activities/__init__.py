from . import sample_step, visit_reason
