"""Every screen opens for every role that has it, with every field and filter on it."""

import base64
import json
import re

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from tests.common import ExpoCase
from tests.common_turnover import book

SALES_ACTIONS = (
    "action_exhibition",
    "action_participation",
    "action_import",
    "action_import_line",
    "action_duplicate",
    "action_followup",
    "action_followup_all",
    "action_visit",
    "action_participation_report",
    "action_followup_report",
    "action_progress_report",
    "action_progress_report_all",
    "action_touch_report",
    "action_followup_load",
    "action_participation_waiting",
)
# Confidential: salesperson, file manager and manager.
FILE_ACTIONS = ("action_customer_file", "action_customer_file_potential", "action_etiquette")
MANAGER_ACTIONS = (
    "action_abc_report",
    "action_abc_report_a",
    "action_abc_change",
    "action_tier",
    "action_visit_check",
    "action_mail_activity_plan_expo",
    "action_mail_template_expo",
    "action_participation_ownerless",
    "action_participation_not_contacted",
    "action_progress_report_late",
)


@tagged("post_install", "-at_install")
class TestViews(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.all_documents = new_test_user(cls.env, "expo_all", "sales_team.group_sale_salesman_all_leads")
        cls.customer = cls._make_participation(tier="signed", expo_foreign_notes="No calls on Friday")
        cls.env["expo.visit"].create({"participation_id": cls.customer.id, "aim": "Sell"})
        cls._make_participation("Unassigned", user=False)
        cls._make_participation("Forgotten").response_state = "red"
        look_alikes = cls._make_partner("Maria Rosi") | cls._make_partner("Maria Rossi", email="")
        cls.env["expo.duplicate"]._propose([(*look_alikes.ids, "name")])
        book(cls.env.company, [(cls.customer.partner_id, "out_invoice", "posted", 100, fields.Date.today())])
        cls.env["expo.abc.change"]._classify(cls.env.company)
        cls.show.close_show()
        cls.customer._issue_reports()
        cls.customer.followup_ids[:1].with_user(cls.seller).record_outcome("Called", "positive")
        for user in (cls.seller, cls.all_documents):
            one = (
                cls.env["expo.import"]
                .with_user(user)
                .create({"exhibition_id": cls.show.id, "file": base64.b64encode(b"Name,Company\nMaria,Acme\n")})
            )
            one.action_read()
            one.action_check()

    @classmethod
    def _make_participation(cls, *args, expo_foreign_notes=False, **values):
        participation = super()._make_participation(*args, **values)
        participation.partner_id.expo_foreign_notes = expo_foreign_notes
        return participation

    def _open(self, xmlid, user):
        """Open every view of an action as the browser does, and read a record through each."""
        env = self.env(user=user)
        action = env["ir.actions.act_window"]._for_xml_id(f"expo_followup.{xmlid}")
        model = env[action["res_model"]]
        context = safe_eval(action["context"] or "{}", {"uid": user.id})
        domain = safe_eval(action["domain"] or "[]", {"uid": user.id})
        asked = [*action["views"], (action["search_view_id"] and action["search_view_id"][0], "search")]
        got = model.with_context(**context).get_views(asked)
        for kind, view in got["views"].items():
            arch = etree.fromstring(view["arch"])
            if kind == "search":
                self._try_filters(model.search(domain), arch)
                continue
            names = [node.get("name") for node in arch.xpath("//field[not(ancestor::field)]")]
            with self.subTest(action=xmlid, user=user.login, view=kind):
                record = model.search(domain, limit=1)
                self.assertTrue(record, "there is something to look at")
                self.assertTrue(record.read(names))
        return got

    def _try_filters(self, records, arch):
        for node in arch.xpath("//filter"):
            with self.subTest(model=records._name, filter=node.get("name")):
                if node.get("domain"):
                    records.search(safe_eval(node.get("domain"), {"uid": records.env.uid}))
                group_by = safe_eval(node.get("context") or "{}").get("group_by")
                if group_by:
                    records.formatted_read_group([], groupby=[group_by])

    def test_settings_say_beside_the_number_what_zero_switches_off(self):
        fields_of = self.env["res.config.settings"]._fields
        arch = etree.fromstring(self.env["res.config.settings"].get_view(view_type="form")["arch"])
        limits = {
            name: node
            for node in arch.iter("field")
            if (name := node.get("name")).startswith("expo_")
            and re.search(r"0 means (never|no |without )", fields_of[name].help or "")
        }
        self.assertGreater(len(limits), 10)
        for name, node in limits.items():
            with self.subTest(field=name):
                [setting] = [one for one in node.iterancestors() if one.tag == "setting"]
                labels = [label.get("string") or "" for label in setting.iter("label") if label.get("for") == name]
                self.assertRegex(" ".join([setting.get("help", ""), *labels]), r"\b0(: | means )")

    def test_salesperson_opens_every_own_screen(self):
        for xmlid in (*SALES_ACTIONS, *FILE_ACTIONS):
            self._open(xmlid, self.seller)

    def test_user_of_all_documents_opens_every_own_screen(self):
        for xmlid in SALES_ACTIONS:
            self._open(xmlid, self.all_documents)

    def test_a_manager_opens_every_screen_and_the_configuration(self):
        for xmlid in (*SALES_ACTIONS, *FILE_ACTIONS, *MANAGER_ACTIONS):
            self._open(xmlid, self.manager)

    def test_a_salesperson_sees_no_costs_and_cannot_close_a_show(self):
        arch = self._form_arch("action_exhibition", self.seller)
        self.assertFalse(arch.xpath("//field[@name='cost_ids'] | //field[@name='total_cost']"))
        self.assertFalse(arch.xpath("//button[@name='action_close']"))
        with self.assertRaises(AccessError):
            self.show.with_user(self.seller).read(["total_cost"])
        self.assertTrue(self._form_arch("action_exhibition", self.manager).xpath("//field[@name='cost_ids']"))

    def _form_arch(self, xmlid, user):
        return etree.fromstring(self._open(xmlid, user)["views"]["form"]["arch"])

    def test_arguments_of_a_button_are_read_by_the_web_client(self):
        ours = [("model", "=", "ir.ui.view"), ("module", "=", "expo_followup")]
        views = self.env["ir.ui.view"].browse(self.env["ir.model.data"].search(ours).mapped("res_id"))
        found = [button for view in views for button in etree.fromstring(view.arch).xpath("//button[@args]")]
        self.assertTrue(found)
        for button in found:
            with self.subTest(button=button.get("name"), string=button.get("string")):
                self.assertIsInstance(json.loads(button.get("args").replace("'", '"')), list)

    def test_card_reads_only_fields_that_its_view_loads(self):
        boards = self.env["ir.ui.view"].search([("type", "=", "kanban"), ("model", "=like", "expo.%")])
        self.assertGreater(len(boards), 10)
        for board in boards:
            arch = etree.fromstring(board.get_combined_arch())
            loaded = {node.get("name") for node in arch.iter("field")}
            read = set(re.findall(r"\brecord\.(\w+)", etree.tostring(arch, encoding="unicode")))
            with self.subTest(view=board.xml_id):
                self.assertLessEqual(read, loaded)

    def test_menus_go_by_role(self):
        menus = {
            user: self.env["ir.ui.menu"].with_user(user).load_menus(False)
            for user in (self.seller, self.all_documents, self.manager)
        }
        work, configuration = (self.env.ref(f"expo_followup.{name}").id for name in ("menu_followup_my", "menu_plan"))
        self.assertEqual([work in menus[user] for user in menus], [True, True, True])
        self.assertEqual([configuration in menus[user] for user in menus], [False, False, True])

    def test_a_salesperson_enters_a_customer_on_the_form(self):
        partner = self._make_partner("Hans Becker", country="de")
        form = Form(
            self.env["expo.participation"].with_user(self.seller).with_context(default_exhibition_id=self.show.id)
        )
        form.partner_id = partner
        form.tier_id = self.tiers["intent"]
        form.conversation = "Wants a sample"
        entry = form.save()
        self.assertEqual((entry.user_id, entry.exhibition_id), (self.seller, self.show))
        self.assertIn("first_call", self._planned_steps(entry))

    def test_salesperson_adds_an_own_follow_up(self):
        form = Form(self.env["expo.followup"].with_user(self.seller))
        form.participation_id = self.customer
        form.title = "Ask for the drawings"
        followup = form.save()
        self.assertEqual((followup.partner_id, followup.user_id), (self.customer.partner_id, self.seller))
        self.assertEqual(followup.origin, "manual")

    def test_a_manager_changes_a_step_of_the_plan_on_its_form(self):
        view = self.env.ref("expo_followup.mail_activity_plan_view_form_expo")
        with Form(self.plan.with_user(self.manager), view=view) as form, form.template_ids.edit(1) as step:
            step.expo_window_days = 5
            step.expo_weekdays = "24"
        changed = self.plan.template_ids[1]
        self.assertEqual((changed.expo_window_days, changed.expo_weekdays), (5, "24"))

    def test_manager_creates_a_plan_with_a_letter(self):
        view = self.env.ref("expo_followup.mail_activity_plan_view_form_expo")
        plans = (
            self.env["mail.activity.plan"].with_user(self.manager).with_context(default_res_model="expo.participation")
        )
        with Form(plans, view=view) as form:
            form.name = "Short"
            with form.template_ids.new() as step:
                step.expo_title = "Letter"
                step.activity_type_id = self.env.ref("expo_followup.activity_thank_you")
                step.expo_letter_template_id = self.env.ref("expo_followup.mail_template_thank_you")
                step.expo_auto_send = True
        self.assertEqual(form.record.template_ids.expo_anchor, "show_end")
        self.assertEqual(form.record.action_sync_expo_followups()["params"]["type"], "success")

    def test_a_manager_words_a_letter_and_a_salesperson_does_not(self):
        letter = self.env.ref("expo_followup.mail_template_thank_you")
        with Form(letter.with_user(self.manager)) as form:
            form.body_html = form.body_html.replace("With kind regards", "With best wishes")
        self.assertIn("With best wishes", letter.body_html)
        with self.assertRaises(AccessError):
            letter.with_user(self.seller).subject = "Hello"

    def test_customer_shows_exhibitions_to_salespeople_only(self):
        outsider = new_test_user(self.env, "expo_outsider", "base.group_user,base.group_partner_manager")
        partner = self.customer.partner_id
        form_of = {
            user: etree.fromstring(
                partner.with_user(user).get_view(self.env.ref("base.view_partner_form").id, "form")["arch"]
            )
            for user in (self.seller, outsider)
        }
        self.assertTrue(form_of[self.seller].xpath("//page[@name='exhibitions']"))
        self.assertFalse(form_of[outsider].xpath("//page[@name='exhibitions']"))
        self.assertEqual(partner.with_user(self.seller).action_open_expo_participations()["domain"][0][2], partner.ids)
