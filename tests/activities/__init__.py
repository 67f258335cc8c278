"""Samples, visits with their minutes, and progress reports.
Steps, rights and reminders, and the tours that a user takes through them.
"""
