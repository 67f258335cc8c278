"""From 19.0.1.1.0: the data that a company edits, and deletes for good, comes once."""

from openupgradelib import openupgrade

from odoo.addons.expo_followup.hooks import load_new_records

DATA = (
    "data/participation/crm_data.xml",
    "data/activities/mail_template_sample_data.xml",
    "data/activities/mail_template_visit_data.xml",
    "data/customer/greeting_data.xml",
    "data/participation/horizon_data.xml",
    "data/exhibition/question_data.xml",
    "data/exhibition/festival_data.xml",
    "data/activities/visit_check_data.xml",
)
KPIS = ("kpi_expo_answered", "kpi_expo_touches", "kpi_expo_late", "kpi_expo_orders")


@openupgrade.migrate()
def migrate(env, version):
    """Bring the data that is new in this version: the last proposal, questions to ask, what to prepare, festivals.

    What customers write in our feedback form becomes an opinion; the company's digest tells of its shows.
    """
    load_new_records(env, *DATA)
    load_new_records(env, "data/core/ir_cron_data.xml", names=("ir_cron_classify",))
    question = env.ref("expo_followup.survey_feedback_better", raise_if_not_found=False)
    if question and not question.expo_about:
        question.expo_about = "other"
    if digest := env.ref("digest.digest_digest_default", raise_if_not_found=False):
        digest.write(dict.fromkeys(KPIS, True))
