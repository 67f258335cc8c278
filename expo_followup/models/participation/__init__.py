"""A customer at an exhibition: intent tier, salesperson, response time, orders, letters. The planner derives
from the plan which follow-ups are due.
"""

# Parts come first: the classes that name them in their header need them.
from . import letters  # isort: skip
from . import outcome  # isort: skip
from . import ownership  # isort: skip
from . import response  # isort: skip
from . import sales  # isort: skip
from . import (
    participation,
)
