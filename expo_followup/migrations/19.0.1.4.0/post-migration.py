"""From 19.0.1.3.0: labels, views and shipped records get the present words; what a user edited in a record stays."""

from openupgradelib import openupgrade

from odoo.addons.expo_followup.hooks import MODULE, load_new_records, refresh_shipped_texts
from odoo.addons.expo_followup.tools.company_names import company_key
from odoo.addons.expo_followup.tools.domains import own_domain

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

#: Contacts whose keys are computed anew at a time.
KEY_BATCH = 5000
NEW_TYPES = ("activity_address", "activity_cadence_start", "activity_message")
NEW_STEPS = ("plan_step_payment", "plan_step_visit_ordered")


@openupgrade.migrate()
def migrate(env, version):
    """Refresh the words of shipped records, the translations of labels and views, and the rules of captures.

    An update translates what has no translation yet; a label whose English is unchanged would keep its older Chinese.
    """
    load_new_records(env, "data/followup/mail_activity_type_data.xml", names=NEW_TYPES)
    add_order_steps(env)
    refresh_shipped_texts(env)
    start_reply_clocks(env)
    keep_reported_tiers(env)
    renew_matching_keys(env)
    # Who exports lists stays as it was: users with the access right of Odoo only.
    openupgrade.logged_query(env.cr, "UPDATE res_company SET expo_list_export = FALSE")
    # The register of mails had those to complaint desks only; a mail is read as the record that it belongs to.
    openupgrade.logged_query(env.cr, "UPDATE expo_incoming_mail SET res_model = 'expo.complaint'")
    openupgrade.load_data(env, MODULE, "security/mail/incoming_mail_rules.xml")
    # Letters leave as many at once as so far.
    openupgrade.logged_query(env.cr, "UPDATE res_company SET expo_letters_per_hour = 0")
    # Complaints are assigned as so far.
    openupgrade.logged_query(env.cr, "UPDATE expo_complaint_team SET assignment = 'load'")
    # Who captured a contact no longer changes it once it is a colleague's customer.
    openupgrade.load_data(env, MODULE, "security/capture/capture_rules.xml")
    languages = [code for code, _name in env["res.lang"].get_installed()]
    env["ir.module.module"]._load_module_terms([MODULE], languages, overwrite=True)


def add_order_steps(env):
    """Follow customers who order later as those who signed: add the steps, and open that of the goods to all tiers.

    They count from today: nothing is planned for orders of the past. What a company has changed stays.
    """

    def find(name):
        return env.ref(f"{MODULE}.{name}", raise_if_not_found=False) or env["mail.activity.plan.template"]

    if not env.ref(f"{MODULE}.plan_default", raise_if_not_found=False):
        return
    load_new_records(env, "data/exhibition/mail_activity_plan_data.xml", names=NEW_STEPS)
    today = env.company._expo_today()
    for name, group in (("plan_step_phone_revisit", "payment"), ("plan_step_visit", "visit")):
        find(name).filtered(lambda step: not step.expo_alternative).expo_alternative = group
    find("plan_step_payment").expo_since = find("plan_step_visit_ordered").expo_since = today
    delivery = find("plan_step_delivery")
    if delivery.expo_payment == "paid" and delivery.expo_tier_ids == env.ref(f"{MODULE}.tier_signed"):
        delivery.write({"expo_tier_ids": [(5,)], "expo_since": today})


def start_reply_clocks(env):
    """Start the clock of recent replies, with the follow-up that asks for the answer."""
    env.cr.execute(START_CLOCKS)
    waiting = env["expo.participation"].browse(row[0] for row in env.cr.fetchall())
    waiting.invalidate_recordset()
    waiting._update_response_state()
    for entry in waiting:
        entry._ensure_reply_followup()


def keep_reported_tiers(env):
    """Report on the customers of the same tiers as so far: those that open an opportunity."""
    tiers = env["expo.tier"].with_context(active_test=False).search([("makes_opportunity", "=", True)])
    companies = env["res.company"].with_context(active_test=False).search([("expo_report_tier_ids", "=", False)])
    # No tier at all would mean every tier.
    companies.write({"expo_report_tier_ids": [(6, 0, tiers.ids)]} if tiers else {"expo_report_days": 0})


def renew_matching_keys(env):
    """Compute anew by what customers are found, batch by batch.

    By SQL: nothing else depends on the keys, contacts are not changed by it, and nothing is merged or proposed.
    """
    env.cr.execute("SELECT COALESCE(max(id), 0) FROM res_partner")
    [last] = env.cr.fetchone()
    for first in range(1, last + 1, KEY_BATCH):
        env.cr.execute(
            """
            SELECT id, CASE WHEN is_company THEN name ELSE commercial_company_name END, email, website,
                   expo_company_key, expo_web_domain
              FROM res_partner WHERE id BETWEEN %s AND %s
            """,
            (first, first + KEY_BATCH - 1),
        )
        changed = [
            (one, *keys)
            for one, name, email, website, *known in env.cr.fetchall()
            if (keys := [company_key(name) or None, own_domain(email, website) or None]) != known
        ]
        if changed:
            env.cr.execute_values(
                """
                UPDATE res_partner SET expo_company_key = new.name, expo_web_domain = new.domain
                  FROM (VALUES %s) AS new (id, name, domain) WHERE res_partner.id = new.id::int
                """,
                changed,
            )
    env["res.partner"].invalidate_model(["expo_company_key", "expo_web_domain"])
