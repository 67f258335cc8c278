"""From 19.0.1.3.0: labels, views and shipped records get the present words; what a user edited in a record stays."""

from openupgradelib import openupgrade

from odoo.addons.expo_followup.hooks import MODULE, refresh_shipped_texts

#: Customers who replied in the last 30 days and were not contacted in person since then: they wait for us.
START_CLOCKS = """
    UPDATE expo_participation entry SET unanswered_since = entry.replied_on
     WHERE entry.unanswered_since IS NULL AND entry.replied_on >= now() AT TIME ZONE 'UTC' - interval '30 days'
       AND NOT EXISTS (
           SELECT FROM expo_followup done WHERE done.participation_id = entry.id AND done.state = 'done'
              AND NOT done.is_letter AND done.effect IS DISTINCT FROM 'no_answer' AND done.done_on >= entry.replied_on
       )
 RETURNING entry.id
"""


@openupgrade.migrate()
def migrate(env, version):
    """Refresh the words of shipped records, the translations of labels and views, and the rules of captures.

    An update translates what has no translation yet; a label whose English is unchanged would keep its older Chinese.
    """
    refresh_shipped_texts(env)
    start_reply_clocks(env)
    # Who exports lists stays as it was: users with the access right of Odoo only.
    openupgrade.logged_query(env.cr, "UPDATE res_company SET expo_list_export = FALSE")
    # Who captured a contact no longer changes it once it is a colleague's customer.
    openupgrade.load_data(env, MODULE, "security/capture/capture_rules.xml")
    languages = [code for code, _name in env["res.lang"].get_installed()]
    env["ir.module.module"]._load_module_terms([MODULE], languages, overwrite=True)


def start_reply_clocks(env):
    """Start the clock of recent replies, with the follow-up that asks for the answer."""
    env.cr.execute(START_CLOCKS)
    waiting = env["expo.participation"].browse(row[0] for row in env.cr.fetchall())
    waiting.invalidate_recordset()
    waiting._update_response_state()
    for entry in waiting:
        entry._ensure_reply_followup()
