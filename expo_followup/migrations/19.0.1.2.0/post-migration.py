"""From 19.0.1.1.0: the data that a company edits, and deletes for good, comes once."""

from openupgradelib import openupgrade

# Not made again by any later upgrade: what a company deletes stays deleted.
DATA = ("expo_festival_data",)


@openupgrade.migrate()
def migrate(env, version):
    """Bring the data that is new in this version."""
    for name in DATA:
        openupgrade.load_data(env, "expo_followup", f"data/{name}.xml", mode="init")
