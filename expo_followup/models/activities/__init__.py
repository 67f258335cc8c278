"""What is done with a customer beside calls and letters: samples, visits with minutes, progress reports. Each
has its steps, and its people have reminders.
"""

# Parts come first: the classes that name them in their header need them.
from . import visit_minutes  # isort: skip
from . import visit_lines  # isort: skip
from . import (
    progress_report,
    sample,
    visit,
)
