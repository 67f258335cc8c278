"""Complaints from the first word to the feedback: steps, SLA, letters, goods, remedies, portal."""

# Parts come first: the classes that name them in their header need them.
from . import letters  # isort: skip
from . import money  # isort: skip
from . import portal  # isort: skip
from . import remedy_approval  # isort: skip
from . import remedy_document  # isort: skip
from . import sla  # isort: skip
from . import workflow  # isort: skip
from . import (
    clock,
    complaint,
    configuration,
    event,
    evidence,
    line,
    problem_notice,
    remedy,
    review,
)
