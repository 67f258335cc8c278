"""Tests of the addon by room; each room's docstring says what is tested in it.
The helpers here serve several rooms.
"""
