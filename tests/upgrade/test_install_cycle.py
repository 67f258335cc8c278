"""Coming and going: uninstalling leaves partners as they were, upgrading keeps what users edited."""

from unittest import TestCase

from tests.common_server import clone_database, evaluate, query, uninstall, upgrade

MAKE_CUSTOMERS = """
from base64 import b64encode
from datetime import date, timedelta
today = date.today()
show = env["expo.exhibition"].create(
    {"name": "Fair", "date_begin": today - timedelta(days=4), "date_end": today - timedelta(days=1), "state": "running"}
)
partners = env["res.partner"].create(
    [
        {"name": f"Customer {n}", "email": f"customer{n}@customer.example", "expo_foreign_notes": "No red ink"}
        for n in range(5)
    ]
)
order = env["sale.order"].create({"partner_id": partners[0].id})
customers = env["expo.participation"].create([{"exhibition_id": show.id, "partner_id": p.id} for p in partners])
show.close_show()
calls = customers[0].followup_ids.filtered(lambda f: not f.is_letter and f.state == "planned")
calls[0].record_outcome("Talked", "positive", tier="signed")
customers.followup_ids.filtered(lambda f: not f.is_letter and f.state == "planned")._open_reminders()
env["expo.import"].create({"exhibition_id": show.id, "file": b64encode(b"Name\\nMaria")})
env["expo.capture"].create({"exhibition_id": show.id, "name": "Maria", "photo": env.company.logo})
file = customers[0].file_id
file.message_post(body="Likes tea", attachments=[("offer.txt", b"Offer")])
file.activity_schedule("mail.mail_activity_data_todo", user_id=env.uid)
env["ir.model.data"].create({"module": "expo_archive", "name": "res_partner__1", "model": "res.partner", "res_id": 1})
env["expo.sample"].create({"partner_id": partners[1].id, "line_ids": [(0, 0, {"name": "Plates"})]})
visit = env["expo.visit"].create({"partner_id": partners[1].id, "aim": "An order", "start": str(today) + " 08:00:00"})
visit._make_meeting()
complaints = env["expo.complaint"].create([{"subject": "Cracked", "partner_id": p.id} for p in partners])
complaints[0].order_id = order
complaints[0].write({"severity": "low"})
complaints[0].action_acknowledge_by_phone()
complaints[0].message_post(body="Angry", attachments=[("photo.txt", b"Photo")])
complaints[0].activity_schedule("mail.mail_activity_data_todo", user_id=env.uid)
evidence = env["expo.complaint.evidence"].create({"complaint_id": complaints[0].id, "name": "photo.txt"})
evidence._store_file("photo.txt", b"Cracks")
env["expo.incoming.mail"].create({"raw": b64encode(b"Mail"), "sender": "customer0@customer.example",
    "received_at": str(today), "company_id": env.company.id, "complaint_id": complaints[0].id})
line = env["expo.complaint.line"].create({"complaint_id": complaints[1].id, "product_name": "Mugs",
    "delivered_quantity": 9, "claimed_quantity": 1})
env["expo.complaint.remedy"].create({"complaint_id": complaints[1].id, "kind": "other", "text": "A new box",
    "line_id": line.id})
complaints[0]._move_to("closed")
env["expo.complaint.team"].create({"name": "Second desk", "alias_name": "second-desk"})
# What users and Odoo keep about our models: favourites, exports, defaults, notices, campaigns, activities of contacts.
env["ir.filters"].create([
    {"name": "Mine", "model_id": "expo.participation", "user_ids": env.user.ids},
    {"name": "Italians", "model_id": "res.partner", "domain": "[('expo_abc_class', '=', 'a')]"},
    {"name": "All", "model_id": "res.partner", "domain": "[('name', '!=', 'expo')]"},
])
env["ir.exports"].create([
    {"name": "Ours", "resource": "expo.participation", "export_fields": [(0, 0, {"name": "partner_id"})]},
    {"name": "Theirs", "resource": "res.partner", "export_fields": [
        (0, 0, {"name": "name"}), (0, 0, {"name": "expo_foreign_notes"})]},
])
# What users built of our models and fields: fields, a model, windows with menus, views, reports.
ours = env["ir.model"]._get_id("expo.participation")
partner_model = env["ir.model"]._get_id("res.partner")
env["ir.model.fields"].create([
    {"name": "x_fair", "model_id": partner_model, "ttype": "many2one", "relation": "expo.exhibition"},
    {"name": "x_notes", "model_id": partner_model, "ttype": "text", "related": "expo_foreign_notes"},
    {"name": "x_remark", "model_id": ours, "ttype": "char"},
])
env["ir.model"].create({"name": "Thing", "model": "x_thing", "field_id": [
    (0, 0, {"name": "x_name", "ttype": "char"}),
    (0, 0, {"name": "x_entry", "ttype": "many2one", "relation": "expo.participation", "on_delete": "restrict"})]})
env["x_thing"].create({"x_name": "A thing", "x_entry": customers[0].id})
windows = env["ir.actions.act_window"].create([
    {"name": "My fair", "res_model": "expo.participation", "view_mode": "list"},
    {"name": "My class A", "res_model": "res.partner", "domain": "[('expo_abc_class', '=', 'a')]"},
    {"name": "My contacts", "res_model": "res.partner"},
])
top = env["ir.ui.menu"].create({"name": "Mine", "action": f"ir.actions.act_window,{windows[0].id}"})
env["ir.ui.menu"].create([{"name": window.name, "parent_id": top.id, "action": f"ir.actions.act_window,{window.id}"}
    for window in windows[1:]])
env.user.action_id = windows[0].id
env["ir.embedded.actions"].create({"name": "Beside", "parent_action_id": windows[0].id, "action_id": windows[2].id,
    "parent_res_model": "expo.participation"})
env["ir.ui.view"].create([
    {"name": "mine.list", "model": "expo.participation", "arch": "<list><field name='partner_id'/></list>"},
    {"name": "mine.form", "model": "res.partner", "inherit_id": env.ref("base.view_partner_form").id, "arch":
        "<field name='vat' position='after'><field name='expo_foreign_notes'/></field>"},
])
env["ir.actions.report"].create({"name": "Mine", "model": "expo.participation", "report_name": "x.y"})
env["base_import.mapping"].create({"res_model": "expo.sample", "column_name": "Kunde", "field_name": "partner_id"})
env["mail.message.subtype"].create({"name": "Mine", "res_model": "expo.complaint"})
env["ir.config_parameter"].set_param("expo_followup.mine", "1")
env["ir.default"].set("expo.participation", "source", "web", user_id=True)
env["mail.activity"].create({"res_model_id": env["ir.model"]._get_id("res.partner"), "res_id": partners[2].id,
    "activity_type_id": env.ref("expo_followup.activity_phone_revisit").id, "summary": "Call"})
env["crm.lead"].create({"name": "A lead", "campaign_id": show.campaign_id.id})
empty = show.copy({"name": "Autumn fair"})
env["mail.mail"].create({"subject": "Notice", "body_html": "<p>Overdue</p>", "email_to": "boss@ours.example",
    "model": "expo.complaint", "res_id": complaints[0].id})
result = partners.ids
"""
#: Names of our models, tables, fields and records.
OURS = r"\mexpo\.[a-z]{2}|\mexpo_[a-z]{2}|[a-z]_expo_[a-z]{2}"
#: Not ours to take away: which module there is, foreign keys that Odoo notes while it drops our columns, and what it
#: writes anew at the next update or start.
KEPT_TEXTS = {
    ("ir_model_data", "name"),
    ("ir_model_constraint", "name"),
    ("ir_model", "info"),
    ("ir_attachment", "index_content"),
    # Of a view that a user made: it stays, and is not used.
    ("ir_ui_view", "arch_db"),
    ("ir_ui_view", "arch_prev"),
    # Names the database, which is called like our tables in tests.
    ("bus_bus", "channel"),
}
#: Columns of the database that hold texts, and that are neither a log nor about modules.
TEXTS = """
    SELECT table_name, column_name FROM information_schema.columns c
     WHERE table_schema = 'public' AND data_type IN ('character varying', 'text', 'jsonb')
       AND table_name NOT IN ('ir_logging', 'ir_module_module', 'ir_module_module_dependency', 'ir_profile')
       AND EXISTS (SELECT FROM pg_tables t WHERE t.tablename = c.table_name)
"""
EDIT = """
template = env.ref("expo_followup.mail_template_thank_you")
template.write({"subject": "Our own words", "body_html": "<p>Our own letter</p>"})
env.ref("expo_followup.plan_step_visit").write({"delay_count": 30, "expo_window_days": 3})
env.ref("expo_followup.tier_signed").write({"name": "Signed on the spot", "is_key": False})
env.ref("expo_followup.plan_step_look_up").unlink()
env.ref("expo_followup.ir_cron_open").write({"interval_number": 3})
"""


def partners_without_the_addon(database):
    """Every column of the partners that another database without the addon has as well."""
    [[columns]] = query(
        database,
        "SELECT string_agg(column_name, ',' ORDER BY column_name) FROM information_schema.columns"
        " WHERE table_name = 'res_partner' AND column_name !~ '^(expo|write_|x_)'",
    )
    return query(database, f"SELECT {columns} FROM res_partner ORDER BY id")


class TestInstallCycle(TestCase):
    def test_uninstalling_leaves_partners_and_orders_as_they_were(self):
        with clone_database() as database:
            evaluate(database, MAKE_CUSTOMERS)
            before = partners_without_the_addon(database)
            orders = query(database, "SELECT id, partner_id, name, state FROM sale_order ORDER BY id")

            uninstall(database, "expo_followup")

            self.assertEqual(partners_without_the_addon(database), before)
            self.assertEqual(query(database, "SELECT id, partner_id, name, state FROM sale_order ORDER BY id"), orders)
            leftovers = {
                "tables": "SELECT tablename FROM pg_tables WHERE tablename LIKE 'expo\\_%%'",
                "columns": "SELECT table_name FROM information_schema.columns WHERE column_name LIKE 'expo\\_%%'",
                "models": "SELECT model FROM ir_model WHERE model LIKE 'expo.%%'",
                "records": "SELECT name FROM ir_model_data WHERE module = 'expo_followup'",
                "activities": "SELECT id FROM mail_activity WHERE res_model LIKE 'expo.%%'",
                "messages": "SELECT id FROM mail_message WHERE model LIKE 'expo.%%'",
                "attachments": "SELECT id FROM ir_attachment WHERE res_model LIKE 'expo.%%'",
                "templates": "SELECT id FROM mail_template WHERE model LIKE 'expo.%%'",
                "plans": "SELECT id FROM mail_activity_plan WHERE res_model LIKE 'expo.%%'",
                "keys": "SELECT id FROM ir_model_data WHERE module = 'expo_archive' OR model LIKE 'expo.%%'",
                "letters": "SELECT id FROM mail_mail WHERE state = 'outgoing'",
                "sequences": "SELECT id FROM ir_sequence WHERE code LIKE 'expo.%%'",
                "addresses": "SELECT id FROM mail_alias WHERE alias_name IN ('complaints', 'second-desk')",
                "ratings": "SELECT id FROM rating_rating WHERE res_model LIKE 'expo.%%'",
                "meetings": "SELECT id FROM calendar_event WHERE name LIKE 'Visit: %%'",
            }
            for name, statement in leftovers.items():
                with self.subTest(leftovers=name):
                    self.assertEqual(query(database, statement), [])
            for table, column in query(database, TEXTS):
                with self.subTest(table=table, column=column):
                    if (table, column) in KEPT_TEXTS:
                        continue
                    text = f'"{column}"::text'
                    found = query(database, f'SELECT {text} FROM "{table}" WHERE {text} ~ %s', [OURS])
                    self.assertEqual(found, [])
            self.assertEqual(query(database, "SELECT x_name FROM x_thing"), [("A thing",)])
            menus = (
                "SELECT name->>'en_US' FROM ir_ui_menu"
                " WHERE name->>'en_US' ~ '^(Mine|My (fair|class A|contacts))$' ORDER BY 1"
            )
            self.assertEqual(query(database, menus), [("Mine",), ("My contacts",)])
            self.assertEqual(query(database, "SELECT action_id FROM res_users WHERE action_id IS NOT NULL"), [])
            self.assertEqual(query(database, "SELECT name, active FROM ir_ui_view WHERE name ~ '^mine'"),
                             [("mine.form", False)])  # fmt: skip
            kept = query(database, "SELECT name FROM ir_filters ORDER BY name")
            self.assertIn(("All",), kept)
            self.assertEqual(query(database, "SELECT name FROM ir_exports_line"), [("name",)])
            kind = (
                "SELECT type.category FROM mail_activity a JOIN mail_activity_type type ON type.id = a.activity_type_id"
            )
            self.assertEqual(query(database, f"{kind} WHERE a.summary = 'Call'"), [("default",)])
            self.assertEqual(
                query(database, "SELECT count(*) FROM utm_campaign WHERE title->>'en_US' = 'Fair'"), [(1,)]
            )

    def test_upgrading_keeps_what_users_edited_and_brings_nothing_back(self):
        with clone_database() as database:
            evaluate(database, MAKE_CUSTOMERS)
            evaluate(database, EDIT)
            rows = query(database, "SELECT id, state, window_start, content FROM expo_followup ORDER BY id")
            upgrade(database)
            after = evaluate(
                database,
                "template = env.ref('expo_followup.mail_template_thank_you')\n"
                "visit = env.ref('expo_followup.plan_step_visit')\n"
                "result = [template.subject, str(template.body_html), visit.delay_count, visit.expo_window_days,"
                " env.ref('expo_followup.tier_signed').name, env.ref('expo_followup.ir_cron_open').interval_number,"
                " bool(env.ref('expo_followup.plan_step_look_up', raise_if_not_found=False))]\n",
            )
            self.assertEqual(after[:4], ["Our own words", "<p>Our own letter</p>", 30, 3])
            self.assertEqual(after[4:], ["Signed on the spot", 3, False])
            self.assertEqual(
                query(database, "SELECT id, state, window_start, content FROM expo_followup ORDER BY id"), rows
            )
