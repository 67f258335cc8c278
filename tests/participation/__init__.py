"""A customer at an exhibition: plan, rhythm, horizon, orders, response time.
Salespeople, distribution, merging, two users at once.
"""
