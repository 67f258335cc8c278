"""Complaints from the first mail to the feedback: steps, time limits, goods, remedies, letters, portal."""
