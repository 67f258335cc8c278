"""The rules of the trade as pure functions: no environment, no database, no clock.

Each module states one family of rules and can be tried in a plain Python shell. What day it is, which company asks and
which customer is meant always come in as arguments.
"""
