"""Contacts from the booth page and from lists until they are entered.
Possible duplicates, two users at once, a device without network.
"""
