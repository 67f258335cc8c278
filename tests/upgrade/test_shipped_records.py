"""Records that the addon ships once (``noupdate``): what a company deletes or replaces is no obstacle to an upgrade."""

from unittest import TestCase

from tests.common_server import clone_database, evaluate, query, upgrade

#: What the code names; users cannot delete it.
NEEDED = {"expo.tier", "expo.complaint.stage", "mail.activity.type"}
#: Delete as administrator whatever can be deleted, several rounds as some depend on others; a copy takes its place.
DELETE_AND_REPLACE = """
from odoo.exceptions import UserError, AccessError, ValidationError
from odoo.tools import mute_logger
import psycopg2
env = env(user=env.ref("base.user_admin"))
names = env["ir.model.data"].sudo().search([
    ("module", "=", "expo_followup"), ("noupdate", "=", True),
    # Access rules are part of the software: a company switches one off; a deleted one comes back.
    ("model", "not in", ("ir.rule", "ir.model.fields.selection")),
])
shipped = {name.name: env[name.model].sudo(False).browse(name.res_id).exists() for name in names}
shipped = {name: record for name, record in shipped.items() if record}
values = {}
for name, record in shipped.items():
    row = record.sudo().read(load=None)[0]
    values[name] = {
        key: row[key] for key, field in record._fields.items()
        if field.store and field.type not in ("one2many", "many2many") and key not in ("id", *env["base"]._fields)
        and not field.related and key not in ("create_uid", "create_date", "write_uid", "write_date")
    }
deleted, kept = [], {}
env["expo.exhibition"].search([]).unlink()
for _round in range(5):  # some depend on others
    for name, record in list(shipped.items()):
        try:
            with env.cr.savepoint(), mute_logger("odoo.sql_db"):
                record.unlink()
        except (UserError, psycopg2.Error) as error:
            kept[name] = str(error)
        else:
            deleted.append((record._name, name))
            kept.pop(name, None)
            del shipped[name]
env.flush_all()
replaced = 0
for model, name in deleted:
    row = dict(values[name])
    for key, field in env[model]._fields.items():
        if field.type == "many2one" and row.get(key) and not env[field.comodel_name].browse(row[key]).exists():
            del row[key]
    try:
        with env.cr.savepoint(), mute_logger("odoo.sql_db"):
            env[model].sudo().create(row)
            env.flush_all()
    except Exception as error:
        continue
    replaced += 1
result = [deleted, {name: [record._name, kept[name]] for name, record in shipped.items()}, replaced]
"""
#: A day of work afterwards.
GO_ON = """
from datetime import date, timedelta
plan = env["mail.activity.plan"].create({"name": "Ours", "res_model": "expo.participation"})
env["mail.activity.plan.template"].create({
    "plan_id": plan.id, "activity_type_id": env.ref("expo_followup.activity_phone_revisit").id, "expo_title": "Call",
    "responsible_type": "expo_owner", "delay_count": 1, "expo_anchor": "show_end", "expo_window_days": 3,
})
show = env["expo.exhibition"].create({
    "name": "Fair", "plan_id": plan.id,
    "date_begin": date.today() - timedelta(days=4), "date_end": date.today() - timedelta(days=1),
    "state": "running", "user_id": env.uid,
})
partner = env["res.partner"].create({"name": "Rosa Rossi", "email": "rosa@customer.example"})
entry = env["expo.participation"].create({"exhibition_id": show.id, "partner_id": partner.id, "tier_id":
    env["expo.tier"].search([("code", "=", "signed")]).id})
show.close_show()
entry._sync_followups()
complaint = env["expo.complaint"].create({"subject": "Cracked", "partner_id": partner.id})
sample = env["expo.sample"].create({"partner_id": partner.id, "line_ids": [(0, 0, {"name": "Plates"})]})
env["expo.visit"].create({"participation_id": entry.id, "aim": "An order", "plan": "Talk", "start": show.date_end,
    "person_ids": [(0, 0, {"name": "Rosa Rossi"})]}).action_submit()
env["expo.followup"]._cron_open()
env["expo.participation"]._cron_sync()
env["expo.participation"]._cron_escalate()
env["expo.customer.file"]._cron_care()
env["expo.participation"]._trigger_sync()
env.company.expo_abc_a_percent -= 1
result = [complaint.stage_id.state, entry.tier_id.code]
"""


class TestShippedRecords(TestCase):
    def test_shipped_record_deleted_or_replaced_stays_so_after_an_upgrade(self):
        with clone_database() as database:
            deleted, kept, replaced = evaluate(database, DELETE_AND_REPLACE)
            self.assertGreater(len(deleted), 100, kept)
            self.assertGreater(replaced, 50)
            for name, (model, reason) in kept.items():
                with self.subTest(name=name):
                    self.assertIn(model, NEEDED, reason)
                    self.assertRegex(reason, "^You cannot delete|^You are not allowed to delete")

            upgrade(database)

            names = {name for _model, name in deleted}
            back = "SELECT name FROM ir_model_data WHERE module = 'expo_followup'"
            self.assertEqual(sorted(names & {name for (name,) in query(database, back)}), [])
            self.assertEqual(evaluate(database, GO_ON), ["new", "signed"])
