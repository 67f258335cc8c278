"""From 19.0.1.3.0: the register of mails is one for all, and views that extended one of our own are part of it."""

from openupgradelib import openupgrade

#: Removed views by the view that has taken them in.
MERGED_VIEWS = {
    "digest_digest_view_form": ("digest_digest_view_form_complaint",),
    "expo_complaint_view_form": (
        "expo_complaint_view_form_letter",
        "expo_complaint_view_form_evidence",
        "expo_complaint_view_form_review",
        "expo_complaint_view_form_money",
        "expo_complaint_view_form_clock",
        "expo_complaint_view_form_mails",
        "expo_complaint_view_form_duplicate",
        "expo_complaint_view_form_feedback",
    ),
    "expo_complaint_view_kanban": ("expo_complaint_view_kanban_clock",),
    "expo_complaint_view_list": ("expo_complaint_view_list_clock",),
    "expo_complaint_view_search": ("expo_complaint_view_search_clock",),
    "expo_customer_file_view_form": (
        "expo_customer_file_view_form_preferred_time",
        "expo_customer_file_view_form_class",
        "expo_customer_file_view_form_care",
        "expo_customer_file_view_form_output",
        "expo_customer_file_view_form_visit",
        "expo_customer_file_view_form_complaint",
    ),
    "expo_customer_file_view_list": ("expo_customer_file_view_list_class",),
    "expo_customer_file_view_search": (
        "expo_customer_file_view_search_class",
        "expo_customer_file_view_search_output",
    ),
    "expo_distribute_view_form": ("expo_distribute_view_form_reassign",),
    "expo_exhibition_view_form": ("expo_exhibition_view_form_revenue",),
    "expo_followup_view_form": ("expo_followup_view_form_visit", "expo_followup_view_form_problem"),
    "expo_followup_view_kanban": ("expo_followup_view_kanban_visit",),
    "expo_followup_view_kanban_day": (
        "expo_followup_view_kanban_day_visit",
        "expo_followup_view_kanban_day_complaint",
    ),
    "expo_followup_view_search": ("expo_followup_view_search_day",),
    "expo_participation_view_form": (
        "expo_participation_view_form_report",
        "expo_participation_view_form_class",
        "expo_participation_view_form_opinions",
        "expo_participation_view_form_sample",
        "expo_participation_view_form_visit",
        "expo_participation_view_form_complaint",
    ),
    "expo_participation_view_kanban": ("expo_participation_view_kanban_class",),
    "expo_participation_view_list": ("expo_participation_view_list_class",),
    "expo_participation_view_search": (
        "expo_participation_view_search_manager",
        "expo_participation_view_search_class",
        "expo_participation_view_search_sample",
    ),
    "res_config_settings_view_form_complaint": (
        "res_config_settings_view_form_complaint_letter",
        "res_config_settings_view_form_complaint_clock",
        "res_config_settings_view_form_complaint_intake",
        "res_config_settings_view_form_complaint_feedback",
    ),
    "res_partner_view_form": ("res_partner_view_form_class", "res_partner_view_form_sample"),
    "res_partner_view_search": ("res_partner_view_search_class",),
}
VIEW_IDS = "SELECT res_id FROM ir_model_data WHERE module = 'expo_followup' AND model = 'ir.ui.view' AND name IN %s"


#: What titles of the contact cadence said so far, in the languages shipped.
CADENCE_TITLES = (
    r"^Revisit: (\d+) days after the last time$",
    r"^Keep in touch: every (\d+) days$",
    r"^回访：上次之后 (\d+) 天$",
    r"^保持联系：每 (\d+) 天一次$",
)


@openupgrade.migrate()
def migrate(env, version):
    """Keep what users wrote and what companies extended."""
    rename_register(env.cr)
    keep_own_titles(env.cr)
    # The steps that there are count for all windows, as so far: not from the day of the upgrade.
    if not openupgrade.column_exists(env.cr, "mail_activity_plan_template", "expo_since"):
        openupgrade.logged_query(env.cr, "ALTER TABLE mail_activity_plan_template ADD COLUMN expo_since date")
    merge_views(env)


def rename_register(cr):
    """Give the register of mails its name, which was that of mails to the complaint desk."""
    old, new = "expo.complaint.mail", "expo.incoming.mail"
    old_table, new_table = old.replace(".", "_"), new.replace(".", "_")
    if not openupgrade.table_exists(cr, old_table):
        return
    openupgrade.rename_models(cr, [(old, new)])
    openupgrade.rename_tables(cr, [(old_table, new_table)])
    cr.execute(
        "SELECT name FROM ir_model_data WHERE module = 'expo_followup' AND name ~ %s",
        ("(^(action|menu|rule|access|ir_cron)_|expo_)complaint_mail(_(?!days)|$)",),
    )
    names = [(name, name.replace("complaint_mail", "incoming_mail", 1)) for (name,) in cr.fetchall()]
    openupgrade.rename_xmlids(cr, [tuple(f"expo_followup.{one}" for one in pair) for pair in names])
    openupgrade.logged_query(
        cr,
        "UPDATE ir_model_constraint SET name = replace(name, %s, %s) WHERE starts_with(name, %s)",
        (f"{old_table}_", f"{new_table}_", f"{old_table}_"),
    )


def keep_own_titles(cr):
    """Note which planned follow-ups have a subject of a user; the others are shown in each reader's language.

    Before the data is loaded: steps may have other names then. A subject that is the name of its step in any language
    is not a user's, and neither is one of the contact cadence or of an occasion.
    """
    for column, kind in (("has_own_title", "boolean"), ("gap_days", "integer")):
        if not openupgrade.column_exists(cr, "expo_followup", column):
            openupgrade.logged_query(cr, f"ALTER TABLE expo_followup ADD COLUMN {column} {kind}")
    openupgrade.logged_query(
        cr,
        """
        UPDATE expo_followup followup SET has_own_title = TRUE
          FROM mail_activity_plan_template step
          LEFT JOIN mail_activity_type kind ON kind.id = step.activity_type_id
         WHERE followup.step_id = step.id AND followup.summary <> '' AND followup.summary IS DISTINCT FROM step.summary
           AND followup.summary NOT IN (SELECT value FROM jsonb_each_text(COALESCE(step.expo_title, '{}')))
           AND followup.summary NOT IN (SELECT value FROM jsonb_each_text(COALESCE(kind.name, '{}')))
        """,
    )
    for pattern in CADENCE_TITLES:
        openupgrade.logged_query(
            cr,
            """
            UPDATE expo_followup SET gap_days = substring(summary FROM %s)::int
             WHERE origin IN ('memory', 'cadence') AND summary ~ %s
            """,
            (pattern, pattern),
        )
    openupgrade.logged_query(
        cr,
        """
        UPDATE expo_followup SET has_own_title = TRUE
         WHERE origin IN ('memory', 'cadence') AND gap_days IS NULL AND summary <> ''
        """,
    )
    if openupgrade.column_exists(cr, "expo_followup", "occasion"):
        openupgrade.logged_query(
            cr,
            """
            UPDATE expo_followup SET has_own_title = TRUE
             WHERE origin = 'greeting' AND summary <> '' AND summary IS DISTINCT FROM occasion
            """,
        )


def merge_views(env):
    """Let views of a company that extend a removed view extend the one that has taken it in; then drop the removed.

    Before the data is loaded: a removed view would be applied to a view that holds its changes already.
    """
    for kept, removed in MERGED_VIEWS.items():
        openupgrade.logged_query(
            env.cr,
            f"UPDATE ir_ui_view SET inherit_id = ({VIEW_IDS}) WHERE inherit_id IN ({VIEW_IDS})",
            ((kept,), removed),
        )
        openupgrade.logged_query(env.cr, f"DELETE FROM ir_ui_view WHERE id IN ({VIEW_IDS})", (removed,))
        openupgrade.logged_query(
            env.cr,
            "DELETE FROM ir_model_data WHERE module = 'expo_followup' AND model = 'ir.ui.view' AND name IN %s",
            (removed,),
        )
