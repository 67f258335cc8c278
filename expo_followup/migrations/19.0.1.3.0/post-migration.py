"""From 19.0.1.2.0: the complaint desk, as a new database has it."""

from openupgradelib import openupgrade

# Not made again by any later upgrade: what a company deletes stays deleted.
DATA = ("expo_complaint_data",)
KPIS = ("kpi_expo_complaints", "kpi_expo_complaints_late", "kpi_expo_complaints_kept")


@openupgrade.migrate()
def migrate(env, version):
    """Bring the causes of complaints, the first team and its address; the company's digest tells of complaints."""
    for name in DATA:
        openupgrade.load_data(env, "expo_followup", f"data/{name}.xml", mode="init")
    if digest := env.ref("digest.digest_digest_default", raise_if_not_found=False):
        digest.write(dict.fromkeys(KPIS, True))
