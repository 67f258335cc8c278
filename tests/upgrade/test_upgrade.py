"""A database of every released version becomes a current one: nothing of it is lost, and it is built like a new one."""

import contextlib
import inspect
import json
import os
import re
import tempfile
from functools import cache
from pathlib import Path
from unittest import TestCase
from zipfile import ZipFile

from odoo.addons.expo_followup import hooks

from tests.common_server import clone_database, evaluate, install, query, upgrade

RELEASES = Path(__file__).parent / "releases"
SHIPPED_TEXTS = Path(hooks.__file__).parent / "migrations" / "shipped_texts.json"
#: Texts of shipped records in English and Chinese; a release has no such function yet.
READ_TEXTS = f"""
env["res.lang"]._activate_lang("zh_CN")
env["ir.module.module"].search([("name", "=", "expo_followup")])._update_translations(["zh_CN"])
env.flush_all()
{inspect.getsource(hooks.read_shipped_texts)}
result = read_shipped_texts(env)
"""
#: Labels, views, menus: what an update writes anew.
READ_LABELS = READ_TEXTS.replace("read_shipped_texts(env)\n", "read_shipped_texts(env, noupdate=False)\n")
ADDON = "expo_followup"
#: Some rows of every kind that 19.0.1.0.0 knows, as people make them.
MAKE_ROWS = """
from datetime import date, datetime, timedelta
from odoo.fields import Command
from odoo.tests import new_test_user
today = date.today()
env.company.country_id = env.ref("base.de")
env.company.write({name: 9 for name in ("expo_amber_days", "expo_red_days") if name in env.company})
anna = new_test_user(env, "anna", "sales_team.group_sale_salesman", email="anna@ours.example")
boss = new_test_user(env, "boss", "sales_team.group_sale_manager", email="boss@ours.example")
other = env["res.company"].create({"name": "The other company"})
env.user.company_ids += other
products = env["product.product"].create([{"name": "Pump"}, {"name": "Valve"}])
show, old, foreign = env["expo.exhibition"].create([
    {"name": "Spring Fair", "code": "SF", "date_begin": today - timedelta(days=4),
     "date_end": today - timedelta(days=1),
     "state": "running", "user_id": boss.id, "member_ids": [Command.set((anna | boss).ids)],
     "product_ids": [Command.set(products.ids)], "cost_ids": [Command.create({"name": "Stand", "amount": 9000})]},
    {"name": "Autumn Fair", "code": "AF", "date_begin": today - timedelta(days=200),
     "date_end": today - timedelta(days=195), "state": "done"},
    {"name": "Abroad", "code": "AB", "date_begin": today, "date_end": today, "company_id": other.id},
])
acme = env["res.partner"].create({"name": "Acme Trading Co., Ltd.", "is_company": True, "website": "https://acme.example"})
people = env["res.partner"].create([
    {"name": f"Customer {n}", "email": f"customer{n}@acme{n}.example", "phone": f"+49 30 12345{n:02}",
     "parent_id": acme.id if n < 3 else False, "country_id": env.ref("base.it" if n % 2 else "base.cn").id,
     "lang": "zh_CN" if n % 2 == 0 else "en_US", "expo_foreign_notes": "No red ink", "expo_abc_class": "a"}
    for n in range(12)
])
people[11].active = False
tiers = env["expo.tier"].search([])
entries = env["expo.participation"].create([
    {"exhibition_id": show.id, "partner_id": person.id, "tier_id": tiers[n % 5].id,
     "role": "exhibitor" if n % 3 == 0 else "visitor", "user_id": [anna.id, boss.id, False][n % 3],
     "captured_on": datetime.now() - timedelta(days=3), "conversation": f"Talked about {n}", "booth": "4.1 B",
     "product_ids": [Command.set(products.ids)], "contact_consent": "refused" if n == 7 else "granted",
     "request_purpose": "buyer", "sample_agreed_on": today if n == 1 else False}
    for n, person in enumerate(people)
])
late = env["expo.participation"].create([
    {"exhibition_id": old.id, "partner_id": people[0].id, "outcome": "lost", "active": False},
    {"exhibition_id": foreign.id, "partner_id": people[1].id, "user_id": False},
])
env["mail.blacklist"].create({"email": people[8].email})
orders = env["sale.order"].create([
    {"partner_id": person.id, "expo_participation_id": entry.id,
     "order_line": [Command.create({"product_id": products[0].id, "product_uom_qty": 2, "price_unit": 50})]}
    for person, entry in zip(people[:2], entries)
])
orders[0].action_confirm()
show.close_show()
touches = entries.followup_ids.filtered(lambda f: not f.is_letter and f.state == "planned")
touches._open_reminders()
touches[0].record_outcome("Wants a price", "positive", tier="signed", next_on=today + timedelta(days=9))
touches[-1].record_outcome("Not in", "no_answer")
env["expo.followup"]._create_manual(entries[4])
entries[5].set_tier("none", "A peer")
entries[6].user_id = anna
entries[6].message_post(body="A note")
env["ir.attachment"].create({"name": "card.txt", "raw": b"card", "res_model": entries._name, "res_id": entries[6].id})
lead = env["crm.lead"].create({"name": "A deal", "partner_id": people[2].id})
entries[2].lead_id = lead
env.ref("expo_followup.mail_template_thank_you").subject = "Our own words"
for letter in env["mail.template"].search([("model", "like", "expo.%")]):
    letter.copy({"name": f"ours {letter.name}"})
env.ref("expo_followup.plan_step_visit").delay_count = 30
env.ref("expo_followup.plan_step_look_up").unlink()
"""
#: What 19.0.1.1.0 knows besides: captured contacts, files with their rows, lists, salespeople with reasons.
MAKE_MORE_ROWS = """
from datetime import date
from odoo.fields import Command, Datetime
entries = env["expo.participation"].search([("exhibition_id.code", "=", "SF")], order="id")
entries[1].set_owner(env.ref("base.user_admin"), "Speaks German")
file = entries[0].file_id
file.write({
    "short_name": "Acme", "business_scope": "Pumps", "credit_limit": 5000, "keeper_id": env.ref("base.user_admin").id,
    "person_ids": [Command.create({"name": "Rosa Rossi", "decides": "yes", "birthday": date(1980, 11, 30)})],
    "account_ids": [Command.create({"kind": "wechat", "account": "rosa"})],
    "plan_ids": [Command.create({"name": "Pumps for spring"})],
})
env["expo.customer.preference"].create({"file_id": file.id, "text": "Green tea", "person_id": file.person_ids[0].id})
file.action_verify()
show = entries.exhibition_id
env["expo.capture"].create([
    {"exhibition_id": show.id, "name": f"Visitor {n}", "email": f"visitor{n}@stand.example"} for n in range(3)
])
env["expo.capture"].search([], limit=1).action_enter()
env.ref("expo_followup.etiquette_ar").unlink()
env["expo.etiquette"].search([], limit=1).greeting = "Our own words"
"""
#: What 19.0.1.2.0 knows besides: samples, visits with minutes, reports, gifts, opinions, classes with their history.
MAKE_LATEST_ROWS = """
from datetime import datetime, timedelta
from odoo.fields import Command
entries = env["expo.participation"].search([("exhibition_id.code", "=", "SF")], order="id")
file, today = entries[1].file_id, env.company._expo_today()
sample = env["expo.sample"].create({
    "participation_id": entries[1].id, "details": "Blue",
    "line_ids": [Command.create({"name": "Plates", "quantity": 2, "details": "Glazed"})],
})
sample.agree("Maria", "phone", today)
env["expo.sample"].create({"partner_id": entries[2].partner_id.id, "line_ids": [Command.create({"name": "Cups"})]})
visit = env["expo.visit"].create({
    "participation_id": entries[1].id, "aim": "An order", "plan": "Show the lids",
    "start": datetime.now() - timedelta(days=1), "user_id": env.ref("base.user_admin").id,
    "person_ids": [Command.create({"name": "Rosa Rossi"})],
})
visit.action_submit()
visit.sudo().write({"state": "approved"})
visit.action_hold()
visit.write({"discussed": "Lids", "agreed": "Two containers", "effect": "positive"})
entries[:3]._issue_reports()
env["expo.gift"].create({"file_id": file.id, "name": "Tea", "cost": 20})
env["expo.suggestion"].create({"file_id": file.id, "text": "More chairs at the stand"})
env["expo.abc.change"].create({"partner_id": file.partner_id.id, "company_id": env.company.id, "class_after": "b"})
file.write({"company_day": today + timedelta(days=2), "company_day_name": "Founders' day"})
env["expo.customer.file"]._cron_care()
env.ref("expo_followup.festival_christmas").unlink()
env["expo.question"].search([], limit=1).name = "Our own question?"
"""
#: What 19.0.1.3.0 knows besides: complaints with everything that hangs on them, as people make them.
MAKE_COMPLAINT_ROWS = """
from base64 import b64encode
from email.message import EmailMessage
from io import BytesIO
from odoo.fields import Command
entries = env["expo.participation"].search([("exhibition_id.code", "=", "SF")], order="id")
anna, boss = (env["res.users"].search([("login", "=", login)]) for login in ("anna", "boss"))
team = env.ref("expo_followup.complaint_team")
team.write({"name": "Our own desk", "member_ids": [Command.set(anna.ids)], "leader_id": boss.id})
env.ref("expo_followup.complaint_cause_misuse").unlink()
env.ref("expo_followup.mail_template_complaint_acknowledge").subject = "Our own words"
env.ref("expo_followup.complaint_authority_salesman").amount = 700
kiln = env["expo.complaint.department"].create({"name": "Kiln"})
order = env["sale.order"].search([("state", "=", "sale")], limit=1)
order.order_line.qty_delivered = 2
env["expo.customer.file"].search([], limit=1).action_verify()

def complain(number, **values):
    return env["expo.complaint"].create({
        "subject": f"Cracked {number}", "story": "Two are cracked", "partner_id": entries[number].partner_id.id,
        "participation_id": entries[number].id, "user_id": anna.id, "department_id": kiln.id, **values,
    })

complaint = complain(0, order_id=order.id, severity="serious", source="goods")
complaint.action_acknowledge_by_phone()
complaint.action_add_lines()
complaint.line_ids.write({"claimed_quantity": 1, "accepted_quantity": 1})
complaint.facts = "One of two is cracked."
complaint.action_restate_by_phone()
complaint._add_evidence("photo", [("photo.txt", b"Cracks")], "mail")
complaint.waive_evidence("inspection", "Known to us")
complaint.write({"extent": "batch", "party": "production"})
complaint.cause_id = env.ref("expo_followup.complaint_cause_other")
complaint._move_to("evaluating")
complaint.action_start_review()
complaint.review_ids.write({"conclusion": "Kiln too hot", "decision": "justified"})
complaint.review_ids.action_conclude()
complaint.decision = "justified"
complaint._move_to("negotiating")
complaint.demand_ids = [Command.create({"kind": "compensation", "amount": 90})]
remedy = env["expo.complaint.remedy"].create(
    {"complaint_id": complaint.id, "kind": "credit", "amount": 40, "line_id": complaint.line_ids[:1].id}
)
remedy.action_submit()
complaint._send_letter("offer", automatic=False)
complaint._accept_offer("phone", "Rosa Rossi")
complaint._portal_ensure_token()
# One that has ended, one merged with another, one cancelled, one whose customer has to answer.
ended = complain(1, severity="low")
ended.action_acknowledge_by_phone()
ended._move_to("closed")
ended._rate(5, "Quick and fair.")
twin = complain(2)
complain(2)._merge_into(twin)
cancelled = complain(3, cancel_reason="By mistake")
cancelled._move_to("cancelled")
waiting = complain(4)
waiting._send_letter("ask_photos", automatic=False)
notice = env["expo.problem.notice"].create({"order_id": order.id, "kind": "delay", "text": "The ship is late"})
notice.action_told_by_phone()
mail = EmailMessage()
mail["From"], mail["To"], mail["Subject"] = "Rosa Rossi <rosa@customer.example>", "complaints@ours.example", "Late"
mail["Message-ID"] = "<1@customer.example>"
mail.set_content("It is late.")
register = env["expo.complaint.mail"]
envelope, desks, _others = register._find_desks(bytes(mail), "expo.complaint", {"team_id": team.id})
for desk in desks:
    register._store(bytes(mail), envelope, desk, False)._handle_all()
env["expo.followup"]._cron_open()
env["expo.participation"]._cron_escalate()
env["expo.duplicate"].create({"partner_a_id": entries[2].partner_id.id, "partner_b_id": entries[3].partner_id.id,
    "reason": "name"}).action_different()
listed = env["expo.import"].create({
    "exhibition_id": entries.exhibition_id.id, "filename": "list.csv",
    "file": b64encode(b"Name,E-mail\\nMaria,maria@list.example\\nJohn,john@list.example"),
})
listed.action_read()
listed.action_check()
env["expo.capture"].search([], limit=1).write({"product_ids": [Command.set(order.order_line.product_id.ids)]})
env["expo.capture"].search([], limit=1).near_ids = entries[2].partner_id
entries.exhibition_id.letter_attachment_ids = env["ir.attachment"].create({"name": "brochure.txt", "raw": b"Lids"})
entries[2].co_recorder_ids = anna
env["expo.visit"].search([], limit=1).sudo().write({"member_ids": [Command.set(anna.ids)]})
later = env["sale.order"].create({"partner_id": order.partner_id.id, "order_line": [Command.create(
    {"product_id": order.order_line.product_id.id, "product_uom_qty": 4, "price_unit": 50})]})
discount = env["expo.complaint.remedy"].create({
    "complaint_id": complaint.id, "kind": "discount", "percent": 5, "target_id": later.id, "amount": 10,
    "line_id": complaint.line_ids[:1].id,
})
discount.discount_line_ids = later.order_line
# A thousand customers of three years, whom no exhibition follows up.
env.cr.execute('''
    WITH made AS (
        INSERT INTO res_partner (
            name, complete_name, is_company, active, type, autopost_bills, user_id, expo_abc_class
        )
        SELECT 'Buyer ' || n, 'Buyer ' || n, TRUE, TRUE, 'contact', 'ask', %s, jsonb_build_object(%s, 'b')
          FROM generate_series(1, 1000) n RETURNING id
    ) SELECT array_agg(id) FROM made
''', [anna.id, str(env.company.id)])
[ids] = env.cr.fetchone()
env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)", [ids])
target = BytesIO()
env["expo.archive.export"].create({"reason": "Backup"})._build(target)
result = b64encode(target.getvalue()).decode()
env["expo.privacy.erase"].create({"partner_id": entries[9].partner_id.id, "reason": "Asked for"}).action_erase()
# Views of the company's own that extend views of the addon which are part of others today.
extended = env["ir.ui.view"].create([
    {"name": f"ours {number}", "model": env.ref(f"expo_followup.{name}").model,
     "inherit_id": env.ref(f"expo_followup.{name}").id,
     "arch": f"<xpath expr=\\"//{tag}\\" position=\\"inside\\"><!-- ours --></xpath>"}
    for number, (name, tag) in enumerate({
        "expo_complaint_view_form_letter": "header", "expo_participation_view_form_visit": "sheet",
        "expo_customer_file_view_form_preferred_time": "sheet",
    }.items())
])
"""
#: Restores a backup where nothing is yet.
RESTORE = """
from odoo.tests import new_test_user
boss = new_test_user(env, "boss", "sales_team.group_sale_manager,base.group_system")
anna = new_test_user(env, "anna", "sales_team.group_sale_salesman")
wizard = env["expo.archive.restore"].with_user(boss).create({"data": data, "reason": "Test"})
wizard.action_check()
wizard.action_restore()
result = wizard.report
"""
#: What people do next, with the current version.
GO_ON = """
# What customers are found by is what a new one would get.
partners = env["res.partner"].with_context(active_test=False).search([])
keys = partners.mapped(lambda partner: (partner.expo_company_key, partner.expo_web_domain))
assert any(key for key, _domain in keys) and any(domain for _key, domain in keys)
partners._compute_expo_company_key()
partners._compute_expo_web_domain()
assert keys == partners.mapped(lambda partner: (partner.expo_company_key, partner.expo_web_domain))
from odoo.addons.expo_followup.models.participation.care import Care
# Customers with turnover enter the contact cadence after a manager has seen them, so many a day.
care, followups = Care(env.company), env["expo.followup"]
assert not env.company.expo_cadence_started
steps = {name: env.ref(f"expo_followup.plan_step_{name}") for name in ("delivery", "payment", "visit_ordered")}
assert not steps["delivery"].expo_tier_ids and steps["payment"].expo_since and steps["visit_ordered"].expo_since
buyers = care.find_entrants().filtered(lambda partner: partner.name.startswith("Buyer"))
care.run()
env["expo.participation"]._cron_sync()
assert not followups.search([("partner_id", "in", buyers.ids)])
assert env["mail.activity"].search([("activity_type_id", "=", env.ref("expo_followup.activity_cadence_start").id)])
env["expo.cadence.start"].create({}).action_start()
rows = followups.search([("partner_id", "in", buyers.ids)])
assert len(rows) == len(buyers) in (0, 1000), len(buyers)
days = rows.mapped("window_start")
assert all(days.count(day) <= env.company.expo_daily_limit and day >= env.company._expo_today() for day in set(days))
entries = env["expo.participation"].search([("exhibition_id.code", "=", "SF")], order="id")
planned = entries.followup_ids.filtered(lambda followup: followup.origin == "plan")
entries._sync_followups()
more = entries.followup_ids.filtered(lambda followup: followup.origin == "plan") - planned
# Greetings come with the days of the year.
count = lambda: len(entries.followup_ids.filtered(lambda followup: followup.origin != "greeting"))
before = count()
entries._sync_followups()
entries[0].set_owner(env.ref("base.user_admin"), "Speaks Italian")
env["expo.followup"]._cron_open()
env["expo.participation"]._cron_escalate()
env["expo.customer.file"]._cron_care()
complaint = env["expo.complaint"].create({"subject": "Cracked", "partner_id": entries[0].partner_id.id})
complaint.action_acknowledge_by_phone()
complaint._move_to("confirmed")
team = env.ref("expo_followup.complaint_team")
assert (complaint.team_id, team.alias_name, complaint.name[:1]) == (team, "complaints", "C")
assert team.assignment == "load", "complaints are assigned as before"
# A company that was there before has of complaints what one made today has.
houses = env["res.company"].search([("name", "=", "The other company")])
houses += env["res.company"].create({"name": "A new house"})
env.user.company_ids += houses
made = []
for house in houses:
    late = env["expo.complaint"].with_context(allowed_company_ids=house.ids).create({"subject": "Late"})
    assert late.company_id == house and late.clock_ids.company_id == house
    settings = [house[name] for name in house._fields if name.startswith("expo_complaint")]
    limits = env["expo.complaint.authority"]._get_rows(house).ids
    made.append([late.name, late.team_id.id, late.clock_ids.limit_hours, settings, limits])
assert made[0] == made[1], made
# A company reports on the customers of the same tiers as before; a new one on all: it has chosen none.
assert set(houses[0].expo_report_tier_ids.mapped("code")) == {"signed", "intent"}, houses[0].expo_report_tier_ids
assert not houses[1].expo_report_tier_ids
assert houses.mapped("expo_list_export") == [False, True], "who exports lists stays as it was"
assert houses.mapped("expo_letters_per_hour") == [0, 60], "letters leave as before"
assert env.ref("expo_followup.mail_template_thank_you").subject == "Our own words"
# What stored data name still works: edited copies of letters render, scheduled actions run.
for letter in env["mail.template"].search([("name", "like", "ours %")]):
    record = env[letter.model].search([], limit=1)
    assert record, letter.model
    assert letter._render_field("body_html", record.ids)[record.id], letter.name
for cron in env["ir.cron"].search([("ir_actions_server_id.model_id.model", "like", "expo.%")]):
    env.cr.commit()  # it runs in a transaction of its own
    cron.method_direct_trigger()
result = [len(entries), len(more) + count() - before, entries[0].owner_change_ids.mapped("reason")]
"""
#: Copies the rows of each table of the addon until there are a thousand; what makes a row unique is changed.
MULTIPLY = """
buyer = "(SELECT id FROM res_partner WHERE name = 'Buyer ' || copies.round)"
changed = {
    "expo_capture": {"client_key": "client_key || '-' || copies.round"},
    "expo_complaint": {"name": "name || '-' || copies.round", "portal_key": "portal_key || '-' || copies.round"},
    "expo_complaint_clock": {"round": "made.id * 1000 + copies.round"},
    "expo_complaint_mail": {"key": "key || '-' || copies.round"},
    "expo_customer_file": {"partner_id": buyer},
    "expo_duplicate": {"partner_b_id": buyer},
    "expo_exhibition": {"code": "code || '-' || copies.round"},
    "expo_followup": {"occasion_key": "occasion_key || '-' || copies.round", "round": "made.id * 1000 + copies.round",
        "origin": "'plan'", "step_id": "COALESCE(step_id, (SELECT min(id) FROM mail_activity_plan_template))"},
    "expo_participation": {"partner_id": buyer},
    "expo_progress_report": {"state": "'done'"},
}
few = {"expo_complaint_authority", "expo_complaint_cause", "expo_complaint_review", "expo_complaint_stage"}
few |= {"expo_etiquette", "expo_tier"}
env.cr.execute("SELECT replace(model, '.', '_') FROM ir_model WHERE transient")
few |= {name for (name,) in env.cr.fetchall()}
env.cr.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'expo\\\\_%%' ORDER BY tablename")
result = {}
for (table,) in env.cr.fetchall():
    env.cr.execute("SELECT array_agg(column_name::text) FROM information_schema.columns WHERE table_name = %s", [table])
    [columns] = env.cr.fetchone()
    if table in few or "id" not in columns:
        continue
    names = [name for name in columns if name != "id"]
    values = [changed.get(table, {}).get(name) or f'made."{name}"' for name in names]
    env.cr.execute(f"SELECT 1000 - count(*), count(*) FROM {table}")
    lacking, count = env.cr.fetchone()
    if not lacking > 0:
        continue
    # Of what one customer has once only one row is copied.
    only = "ORDER BY id DESC LIMIT 1" if buyer in changed.get(table, {}).values() else ""
    text = ", ".join(f'"{name}"' for name in names)
    env.cr.execute(f"INSERT INTO {table} ({text}) SELECT {', '.join(values)} FROM (SELECT * FROM {table} {only}) AS"
        f" made, generate_series(1, 1000) AS copies(round) ORDER BY copies.round LIMIT {lacking}")
    result[table] = count + env.cr.rowcount
"""
SCHEMA = {
    "tables": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
    "columns": "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    # Core declares the groups of access rules from both sides, with different rules of deletion: the last one wins.
    " WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid <> 'rule_group_rel'::regclass",
    "indexes": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}
#: What Odoo keeps about the addon, by names that are the same in every database.
REGISTER = {
    "names of records": "SELECT model, name FROM ir_model_data WHERE module = 'expo_followup'"
    " AND model NOT IN ('ir.model.fields.selection')",
    "fields": "SELECT model, name, ttype, relation, store, required FROM ir_model_fields WHERE model LIKE 'expo.%%'"
    " OR name LIKE 'expo\\_%%'",
    "record rules": "SELECT d.name, r.domain_force, r.active, r.perm_read, r.perm_write, r.perm_create, r.perm_unlink"
    " FROM ir_rule r JOIN ir_model_data d ON d.model = 'ir.rule' AND d.res_id = r.id AND d.module = 'expo_followup'",
    "rights": "SELECT name, perm_read, perm_write, perm_create, perm_unlink FROM ir_model_access WHERE model_id IN"
    " (SELECT id FROM ir_model WHERE model LIKE 'expo.%%')",
    "menus": "SELECT d.name, m.active, parent.name, m.sequence, m.action IS NULL FROM ir_ui_menu m"
    " JOIN ir_model_data d ON d.model = 'ir.ui.menu' AND d.res_id = m.id AND d.module = 'expo_followup'"
    " LEFT JOIN ir_model_data parent ON parent.model = 'ir.ui.menu' AND parent.res_id = m.parent_id",
    "scheduled actions": "SELECT d.name, c.interval_number, c.interval_type, c.active, s.code FROM ir_cron c"
    " JOIN ir_act_server s ON s.id = c.ir_actions_server_id"
    " JOIN ir_model_data d ON d.model = 'ir.cron' AND d.res_id = c.id AND d.module = 'expo_followup'",
}
#: What the rows' maker deleted stays deleted.
DELETED = {
    ("mail.activity.plan.template", "plan_step_look_up"),
    ("expo.etiquette", "etiquette_ar"),
    ("expo.festival", "festival_christmas"),
    ("expo.complaint.cause", "complaint_cause_misuse"),
}
#: Tables whose first rows come with an upgrade, once.
ONCE_CARE = ("expo_festival", "expo_question", "expo_visit_check")
#: Settings that existing companies keep as they were.
KEPT_SETTINGS = ("expo_cadence_started", "expo_letters_per_hour", "expo_list_export", "expo_memory_days")
ONCE = ("expo_complaint_cause", "expo_complaint_stage", "expo_complaint_team")
FIRST, SECOND, THIRD, FOURTH = "19.0.1.0.0", "19.0.1.1.0", "19.0.1.2.0", "19.0.1.3.0"
MADE = ("expo_followup", "expo_tier_change", "expo_exhibition_cost", "mail_activity", "mail_mail")
MADE_LATER = (
    "expo_capture",
    "expo_customer_account",
    "expo_customer_file",
    "expo_customer_person",
    "expo_customer_plan",
    "expo_customer_preference",
    "expo_etiquette",
    "expo_owner_change",
)
MADE_LATEST = (
    "expo_abc_change",
    "expo_gift",
    "expo_progress_report",
    "expo_sample",
    "expo_sample_line",
    "expo_suggestion",
    "expo_visit",
    "expo_visit_item",
    "expo_visit_person",
)
KEPT_TABLES = (
    "res_partner",
    "res_company",
    "sale_order",
    "mail_mail",
    "mail_message",
    "mail_activity",
    "ir_attachment",
    "expo_tier_plan_template_rel",
)


def columns_of(database, table):
    """The names of a table's columns, without those that say when it was written, or that it is to be synced, and
    without the keys of matching: they are computed anew.
    """
    statement = (
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name NOT LIKE 'write%%'"
        " AND column_name NOT IN ('sync_pending', 'expo_company_key', 'expo_web_domain')"
    )
    return sorted(name for (name,) in query(database, statement, [table]))


#: Models that have another name than in a release.
RENAMED = {"expo.complaint.mail": "expo.incoming.mail"}
RENAMED_TABLES = {old.replace(".", "_"): new.replace(".", "_") for old, new in RENAMED.items()}


def with_present_names(tables):
    """Return the rows of a release, by table, under the names that they have now."""

    def rename(row):
        return tuple(RENAMED.get(value, value) if isinstance(value, str) else value for value in row)

    return {RENAMED_TABLES.get(table, table): sorted(map(rename, rows), key=repr) for table, rows in tables.items()}


def read_rows(database, tables):
    """All rows of these tables, by id where there is one: ``{table: {column names: rows}}``."""
    rows = {}
    for table, columns in tables.items():
        names = ", ".join(f'"{name}"' for name in columns)
        rows[table] = sorted(query(database, f'SELECT {names} FROM "{table}"'), key=repr)
    return rows


def our_tables(database):
    """The tables with our rows and those of core that hold something of them, with their columns."""
    statement = "SELECT tablename FROM pg_tables WHERE tablename LIKE 'expo\\_%%' OR tablename LIKE '%%\\_expo\\_%%'"
    names = {name for (name,) in query(database, statement)} | set(KEPT_TABLES)
    return {name: columns_of(database, name) for name in sorted(names)}


@contextlib.contextmanager
def unpacked(wheel):
    """The folder of add-ons of a released wheel, unpacked where nothing else is."""
    with tempfile.TemporaryDirectory() as folder, ZipFile(wheel) as archive:
        archive.extractall(folder)
        yield Path(folder) / "odoo" / "addons"


@cache
def read_present_texts():
    """The texts of shipped records in a new database."""
    with clone_database() as fresh:
        return evaluate(fresh, READ_TEXTS)


@cache
def read_present_labels():
    """The labels, views and menus of a new database."""
    with clone_database() as fresh:
        return evaluate(fresh, READ_LABELS)


def without_shipped_texts(tables):
    """Return rows without the texts of a release, and without those in their place: ``_check_texts`` has them."""
    entries = [one for langs in json.loads(SHIPPED_TEXTS.read_text()).values() for one in langs.values()]
    was, now = {mark for entry in entries for mark in entry["was"]}, {entry["now"] for entry in entries}

    def strip(value):
        if not isinstance(value, dict):
            return value
        return {
            lang: text
            for lang, text in value.items()
            if text not in now and hooks.get_fingerprint(str(text)) not in was
        } or None

    return {
        name: sorted((tuple(strip(value) for value in row) for row in rows), key=repr) for name, rows in tables.items()
    }


def releases():
    """The released wheels by version."""
    return {wheel.name.split("-")[1]: wheel for wheel in sorted(RELEASES.glob("*.whl"))}


class UpgradeCase:
    """The way from one released version to the present one; what the version knew is in ``scripts``.

    One class for each release: they are shared out among processes by class.
    """

    version, scripts, made, once = FIRST, (MAKE_ROWS,), MADE, (*ONCE, *ONCE_CARE)

    def test_rows_of_every_kind_are_kept_and_the_schema_becomes_that_of_a_new_database(self):
        with unpacked(releases()[self.version]) as addons, clone_database("base") as database:
            install(database, ADDON, addons=addons)
            shipped = evaluate(database, READ_TEXTS, addons=addons)
            self._check_list_of_texts(shipped)
            for script in self.scripts:
                self.last_result = evaluate(database, script, addons=addons)
            stored = evaluate(database, READ_TEXTS, addons=addons)
            edited = {
                key: {lang: text for lang, text in texts.items() if text != shipped[key].get(lang)}
                for key, texts in stored.items()
                if texts != shipped[key]
            }
            self._check_upgrade(database, edited)

    def _check_upgrade(self, database, edited):
        tables = our_tables(database)
        rows = read_rows(database, tables)
        for table in self._get_made(database, tables):
            self.assertTrue(rows[table], f"no row of {table} was made: nothing is shown of it")

        upgrade(database)

        tables = {RENAMED_TABLES.get(table, table): columns for table, columns in tables.items()}
        before = with_present_names(rows)
        self._check_rows(without_shipped_texts(before), without_shipped_texts(read_rows(database, tables)))
        self._check_texts(evaluate(database, READ_TEXTS), edited)
        self._check_labels(evaluate(database, READ_LABELS))
        self._check_built_like_new(database)
        self._check_first_rows(database)
        self._check_settings(database)
        count, more, reasons = evaluate(database, GO_ON)
        self.assertGreaterEqual(count, 12)
        self.assertEqual(more, 0, "the engine planned something anew")
        self.assertEqual(reasons[0], "Speaks Italian")

        rows = read_rows(database, our_tables(database))
        upgrade(database)
        self._check_rows(rows, read_rows(database, our_tables(database)))

    def _check_list_of_texts(self, texts):
        """The list of changed texts names each that a release had and that a new database has not.

        With ``EXPO_SHIPPED_TEXTS=write`` in the environment the list is completed instead.
        """
        listed, present = json.loads(SHIPPED_TEXTS.read_text()), read_present_texts()
        shipped = {key.rpartition(".")[0] for key in present}
        lacking = []
        for key in texts:
            if key.rpartition(".")[0] not in shipped:
                continue
            for lang, text in texts[key].items():
                # A text that is shipped no more is listed as empty.
                now = present[key].get(lang) if key in present else ""
                known = lang in listed.get(key, {})
                if now is None or (now == text and not known):
                    continue
                entry = listed.setdefault(key, {}).setdefault(lang, {"was": [], "now": now})
                if entry["now"] != now or hooks.get_fingerprint(text) not in entry["was"]:
                    lacking.append(f"{key} ({lang})")
                    entry.update(was=sorted({*entry["was"], hooks.get_fingerprint(text)}), now=now)
        if os.environ.get("EXPO_SHIPPED_TEXTS") == "write":
            SHIPPED_TEXTS.write_text(json.dumps(listed, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
        else:
            self.assertEqual(lacking, [], "run these tests with EXPO_SHIPPED_TEXTS=write")

    def _check_texts(self, texts, edited):
        """Shipped records say what those of a new database say, except where a user edited them."""
        present = read_present_texts()
        self.assertIn("mail_template_thank_you.subject", edited)
        shipped = {key.rpartition(".")[0] for key in present}
        for key in sorted(key for key in texts if key.rpartition(".")[0] in shipped):
            with self.subTest(text=key):
                expected = {**present.get(key, {}), **edited.get(key, {})}
                self.assertEqual(texts[key], expected)

    def _check_labels(self, labels):
        """Labels, views and menus say in Chinese what those of a new database say."""
        present = read_present_labels()
        self.assertGreater(len(labels.keys() & present.keys()), 2000)
        # Buttons of a view name their action by its id, which is another in each database.
        number = re.compile(r'name="[0-9]+"')
        for key in labels.keys() & present.keys():
            with self.subTest(label=key):
                one, other = (number.sub("", texts[key].get("zh_CN", "")) for texts in (labels, present))
                self.assertEqual(one, other)

    def _get_made(self, database, tables):
        """Return the tables of which rows were made."""
        return self.made

    def _check_rows(self, before, after):
        for table, rows in before.items():
            with self.subTest(table=table):
                if table in KEPT_TABLES:  # there may be more: whom the module calls, what it tells
                    rows = [row for row in rows if row not in after[table]]
                    # The shipped step that follows the goods is for all tiers now.
                    opened = 1 if table == "expo_tier_plan_template_rel" else 0
                    self.assertLessEqual(len(rows), opened, rows)
                else:
                    self.assertEqual(after[table], rows)

    def _check_built_like_new(self, database):
        """Compare with the template that the addon was newly installed in."""
        with clone_database() as fresh:
            for name, statement in {**SCHEMA, **REGISTER}.items():
                with self.subTest(compared=name):
                    new, old = (set(query(one, statement)) for one in (fresh, database))
                    self.assertTrue(new)
                    self.assertEqual(sorted(new - old - DELETED, key=repr), [], f"{name}: lacking after the upgrade")
                    self.assertEqual(sorted(old - new, key=repr), [], f"{name}: left over by the upgrade")

    def _check_settings(self, database):
        """Companies that were there before have the same settings as new ones, and the data that comes once."""
        names = [name for name in columns_of(database, "res_company") if name.startswith("expo_")]
        statement = f"SELECT {', '.join(names)} FROM res_company ORDER BY id LIMIT 1"
        with clone_database() as fresh:
            [new] = query(fresh, statement)
            once = {table: f"SELECT count(*) FROM {table}" for table in self.once}
            made = {table: query(fresh, statement) for table, statement in once.items()}
        [old] = query(database, statement)
        changed = {name for name, now, then in zip(names, new, old, strict=True) if now != then}
        self.assertLessEqual(
            changed, {"expo_amber_days", "expo_red_days", "expo_plan_id", *KEPT_SETTINGS}, "set by hand"
        )
        self.assertEqual({table: query(database, statement) for table, statement in once.items()}, made)
        digest = (
            "SELECT kpi_expo_answered AND kpi_expo_touches AND kpi_expo_late AND kpi_expo_orders FROM digest_digest"
        )
        self.assertIn((True,), query(database, digest))
        opinions = "SELECT count(*) FROM survey_question WHERE expo_about IS NOT NULL"
        self.assertEqual(query(database, opinions), [(1,)])

    def _check_first_rows(self, database):
        """What the migration adds for customers who were there before."""


class TestEveryRelease(TestCase):
    def test_the_way_from_each_is_shown(self):
        self.assertEqual({case.version for case in UpgradeCase.__subclasses__()}, set(releases()))


class TestUpgradeFromFirst(UpgradeCase, TestCase):
    def _check_first_rows(self, database):
        """Salespeople have a history from now on, files are open, customs are known."""
        owned = "SELECT id, user_id FROM expo_participation WHERE user_id IS NOT NULL ORDER BY id"
        history = "SELECT participation_id, user_after_id FROM expo_owner_change ORDER BY participation_id"
        self.assertEqual(query(database, history), query(database, owned))
        lacking = "SELECT count(*) FROM expo_participation WHERE file_id IS NULL"
        files = (
            "SELECT count(DISTINCT (commercial_partner_id, company_id)), (SELECT count(*) FROM expo_customer_file)"
            " FROM expo_participation"
        )
        self.assertEqual(query(database, lacking), [(0,)])
        [(customers, count)] = query(database, files)
        self.assertEqual(count, customers)
        [(customs,)] = query(database, "SELECT count(*) FROM expo_etiquette WHERE greeting IS NOT NULL")
        self.assertGreaterEqual(customs, 25)
        keys = "SELECT expo_company_key FROM res_partner WHERE name = 'Acme Trading Co., Ltd.'"
        self.assertEqual(query(database, keys), [("akmtrtnk",)])


class TestUpgradeFromSecond(UpgradeCase, TestCase):
    version, scripts, made = SECOND, (MAKE_ROWS, MAKE_MORE_ROWS), (*MADE, *MADE_LATER)


class TestUpgradeFromThird(UpgradeCase, TestCase):
    version, scripts = THIRD, (MAKE_ROWS, MAKE_MORE_ROWS, MAKE_LATEST_ROWS)
    made, once = (*MADE, *MADE_LATER, *MADE_LATEST), ONCE


class TestUpgradeFromFourth(UpgradeCase, TestCase):
    """The latest release: every table of the addon has a row, so none that an upgrade loses goes unnoticed."""

    version, once = FOURTH, ("expo_complaint_stage", "expo_complaint_team")
    scripts = (MAKE_ROWS, MAKE_MORE_ROWS, MAKE_LATEST_ROWS, MAKE_COMPLAINT_ROWS)

    def _check_backup(self):
        """A backup that the release made is restored into a new database."""
        with clone_database() as target:
            report = evaluate(target, f"data = {self.last_result!r}\n{RESTORE}").splitlines()
        counts = dict(line.split(": ") for line in report if line.count(": ") == 1)
        self.assertGreaterEqual(int(counts["participations"]), 12)
        self.assertGreaterEqual(int(counts["complaints"]), 5)
        self.assertEqual(int(counts["incoming_mails"]), 1)

    def _check_first_rows(self, database):
        """Views of the company's own extend the views that have taken in those which they extended; all render."""
        self._check_backup()
        extended = "SELECT parent.name FROM ir_ui_view own JOIN ir_ui_view parent ON parent.id = own.inherit_id"
        extended += " WHERE own.name LIKE 'ours %%' ORDER BY own.name"
        parents = [name for (name,) in query(database, extended)]
        forms = ["expo.complaint.view.form", "expo.participation.view.form", "expo.customer.file.view.form"]
        self.assertEqual(parents, forms)
        shown = evaluate(
            database,
            "result = [len(env[name].get_view(view_type='form')['arch']) for name in"
            " ('expo.complaint', 'expo.participation', 'expo.customer.file')]",
        )
        self.assertTrue(all(shown))

    def test_a_thousand_rows_of_each_kind_are_kept_and_nothing_is_sent(self):
        with unpacked(releases()[self.version]) as addons, clone_database("base") as database:
            install(database, ADDON, addons=addons)
            for script in self.scripts:
                evaluate(database, script, addons=addons)
            counts = evaluate(database, MULTIPLY, addons=addons)
            many = [table for table, count in counts.items() if count >= 1000]
            self.assertGreater(len(many), 40)
            mails = query(database, "SELECT count(*) FROM mail_mail")
            tables = our_tables(database)
            rows = with_present_names(read_rows(database, tables))
            upgrade(database)
            tables = {RENAMED_TABLES.get(table, table): columns for table, columns in tables.items()}
            self._check_rows(without_shipped_texts(rows), without_shipped_texts(read_rows(database, tables)))
            self.assertEqual(query(database, "SELECT count(*) FROM mail_mail"), mails)

    def _get_made(self, database, tables):
        transient = query(database, "SELECT replace(model, '.', '_') FROM ir_model WHERE transient")
        short_lived = tuple(name for (name,) in transient if name.startswith("expo_"))
        return [table for table in tables if table.startswith("expo_") and not table.startswith(short_lived)]
