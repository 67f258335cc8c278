"""From 19.0.1.1.0: the data that a company edits, and deletes for good, comes once."""

from openupgradelib import openupgrade

# Not made again by any later upgrade: what a company deletes stays deleted.
DATA = ("expo_festival_data",)


@openupgrade.migrate()
def migrate(env, version):
    """Bring the data that is new in this version; what customers write in our feedback form becomes an opinion."""
    for name in DATA:
        openupgrade.load_data(env, "expo_followup", f"data/{name}.xml", mode="init")
    question = env.ref("expo_followup.survey_feedback_better", raise_if_not_found=False)
    if question and not question.expo_about:
        question.expo_about = "other"
