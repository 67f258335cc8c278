"""Stories that go through several rooms, told as users live them.
Each follows one customer or one complaint from end to end.
"""
