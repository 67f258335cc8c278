"""What is done with a customer beside calls and letters: samples, visits with minutes, progress reports. Each
has its steps, and its people have reminders.
"""

# Parts come first: the classes that name them in their header need them.
from . import visit_minutes  # isort: skip
from . import visit_part  # isort: skip
from . import (
    progress_report,
    sample,
    sample_line,
    visit,
    visit_item,
    visit_person,
)
