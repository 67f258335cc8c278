"""From 19.0.1.0.0: what existing customers of a show have from the first day of the new tables on."""

from openupgradelib import openupgrade

FIRST_OWNERS = """
    INSERT INTO expo_owner_change (participation_id, user_after_id, changed_on, company_id, create_uid, create_date,
                                   write_uid, write_date)
    SELECT id, user_id, COALESCE(assigned_on, captured_on), company_id, 1, now() AT TIME ZONE 'UTC',
           1, now() AT TIME ZONE 'UTC'
      FROM expo_participation entry
     WHERE user_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM expo_owner_change WHERE participation_id = entry.id)
"""
# Not made again by any later upgrade: what a company deletes stays deleted.
ETIQUETTE = ("americas_africa", "asia_pacific", "europe")


@openupgrade.migrate()
def migrate(env, version):
    """Begin the history of owners with who serves each customer now (who gave him the customer is not known), open the
    customer files, and bring the customs of each country.
    """
    openupgrade.logged_query(env.cr, FIRST_OWNERS)
    env["expo.participation"].with_context(active_test=False).search([])._ensure_files()
    for name in ETIQUETTE:
        openupgrade.load_data(env, "expo_followup", f"data/expo_etiquette_{name}.xml", mode="init")
