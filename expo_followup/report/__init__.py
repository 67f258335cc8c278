from . import report_customer_card, report_thank_you
