"""The confidential file of a customer company and what is in it. Long-term care, ABC classes and etiquette by
country belong to it.
"""

# Parts come first: the classes that name them in their header need them.
from . import customer_file_care  # isort: skip
from . import customer_file_lines  # isort: skip
from . import (
    abc_change,
    abc_sql,
    customer_file,
    customer_person,
    etiquette,
    finder,
    suggestion,
)
