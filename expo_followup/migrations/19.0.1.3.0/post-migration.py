"""From 19.0.1.2.0: the complaint desk, as a new database has it."""

from openupgradelib import openupgrade

from odoo.addons.expo_followup.hooks import load_new_records

DATA = (
    "data/complaint/complaint_data.xml",
    "data/complaint/complaint_authority_data.xml",
    "data/complaint/complaint_feedback_data.xml",
    "data/mail/incoming_mail_cron.xml",
    "data/complaint/mail_template_complaint_data.xml",
    "data/complaint/mail_template_problem_data.xml",
)
KPIS = ("kpi_expo_complaints", "kpi_expo_complaints_late", "kpi_expo_complaints_kept")


@openupgrade.migrate()
def migrate(env, version):
    """Bring the causes of complaints, the first team and its address; the company's digest tells of complaints."""
    load_new_records(env, *DATA)
    if digest := env.ref("digest.digest_digest_default", raise_if_not_found=False):
        digest.write(dict.fromkeys(KPIS, True))
