"""Who may read, write, create and delete what, by role and company.
The matrix states it for every model, and forged facts are refused.
"""
