"""Parts that several models share: guarded jobs, system fields, hints about a customer, classes, open complaints.
Helpers beside them open the composer and merge what hangs on a record.
"""

# Named in a header here.
from . import system_fields  # isort: skip
from . import (
    complaint_watch,
    composer,
    customer_class,
    customer_hints,
    daily_list,
    job,
    linked_records,
    merging,
    record_keeping,
    taking_turns,
)
