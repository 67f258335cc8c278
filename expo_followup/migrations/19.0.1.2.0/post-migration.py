"""From 19.0.1.1.0: the data that a company edits, and deletes for good, comes once."""

from openupgradelib import openupgrade

# Not made again by any later upgrade: what a company deletes stays deleted.
DATA = ("expo_horizon_data", "expo_question_data", "expo_festival_data", "expo_visit_check_data")
KPIS = ("kpi_expo_answered", "kpi_expo_touches", "kpi_expo_late", "kpi_expo_orders")


@openupgrade.migrate()
def migrate(env, version):
    """Bring the data that is new in this version: the last proposal, questions to ask, what to prepare, festivals.

    What customers write in our feedback form becomes an opinion; the company's digest tells of its shows.
    """
    for name in DATA:
        openupgrade.load_data(env, "expo_followup", f"data/{name}.xml", mode="init")
    question = env.ref("expo_followup.survey_feedback_better", raise_if_not_found=False)
    if question and not question.expo_about:
        question.expo_about = "other"
    if digest := env.ref("digest.digest_digest_default", raise_if_not_found=False):
        digest.write(dict.fromkeys(KPIS, True))
