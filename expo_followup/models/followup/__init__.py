"""One follow-up of a customer: planned, due, done. Its outcome, its letter and the board of the day."""

# Parts come first: the classes that name them in their header need them.
from . import followup_board  # isort: skip
from . import followup_letter  # isort: skip
from . import followup_postpone  # isort: skip
from . import followup_title  # isort: skip
from . import (
    followup,
    undo,
)
