"""Installing, upgrading and uninstalling.
Every released wheel upgrades to the present version, with the records that a company changed.
"""
