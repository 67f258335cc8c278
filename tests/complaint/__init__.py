"""Complaints from the first mail to the feedback: steps, time limits, goods, remedies, letters, portal.
Incoming mail is tested with a corpus and with hostile mails.
"""
