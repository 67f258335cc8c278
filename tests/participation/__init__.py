"""A customer at an exhibition: plan, contact cadence, horizon, orders, response time.
Salespeople, distribution, merging, two users at once.
"""
