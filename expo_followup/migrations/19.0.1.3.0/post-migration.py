"""From 19.0.1.2.0: the complaint desk, as a new database has it."""

from openupgradelib import openupgrade

# Not made again by any later upgrade: what a company deletes stays deleted.
DATA = ("expo_complaint_data",)


@openupgrade.migrate()
def migrate(env, version):
    """Bring the causes of complaints, the first team and its address."""
    for name in DATA:
        openupgrade.load_data(env, "expo_followup", f"data/{name}.xml", mode="init")
