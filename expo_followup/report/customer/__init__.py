from . import abc_report, report_customer_card
