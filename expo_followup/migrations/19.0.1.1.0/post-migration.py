"""From 19.0.1.0.0: what existing customers of a show have from the first day of the new tables on."""

from openupgradelib import openupgrade

from odoo.addons.expo_followup.hooks import load_new_records

FIRST_OWNERS = """
    INSERT INTO expo_owner_change (participation_id, user_after_id, changed_on, company_id, create_uid, create_date,
                                   write_uid, write_date)
    SELECT id, user_id, COALESCE(assigned_on, captured_on), company_id, 1, now() AT TIME ZONE 'UTC',
           1, now() AT TIME ZONE 'UTC'
      FROM expo_participation entry
     WHERE user_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM expo_owner_change WHERE participation_id = entry.id)
"""
ETIQUETTE = tuple(f"data/customer/etiquette_{name}.xml" for name in ("americas_africa", "asia_pacific", "europe"))
SCHEDULED_ACTIONS = ("ir_cron_capture", "ir_cron_care", "ir_cron_import")


@openupgrade.migrate()
def migrate(env, version):
    """Start the salesperson history with the present salesperson of each customer, open the customer files, and load
    the etiquette of each country and the new scheduled actions.
    """
    openupgrade.logged_query(env.cr, FIRST_OWNERS)
    env["expo.participation"].with_context(active_test=False).search([])._ensure_files()
    load_new_records(env, *ETIQUETTE)
    load_new_records(env, "data/core/ir_cron_data.xml", names=SCHEDULED_ACTIONS)
