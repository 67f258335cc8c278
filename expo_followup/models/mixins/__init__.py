"""Parts that several models share: guarded jobs, system fields, steps, hints about a customer, when to call, classes,
complaints, timeliness.
Helpers beside them remind and notify users, open the composer and merge what hangs on a record.
"""

# Named in a header here.
from . import system_fields  # isort: skip
from . import (
    call_time,
    complaint_watch,
    composer,
    customer_class,
    customer_hints,
    daily_list,
    job,
    linked_records,
    merging,
    messenger,
    notices,
    punctuality,
    record_keeping,
    steps,
    taking_turns,
)
