"""Reports of the room customer. Its models are in models/customer."""

from . import abc_report, report_customer_card, timeline
