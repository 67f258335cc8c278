"""What is not set up is told with what it breaks and the way there; what is set up is not told."""

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import config

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-21 12:00:00")
class TestSetup(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.company
        cls.boss = new_test_user(
            cls.env, "setup_boss", "sales_team.group_sale_manager,base.group_system", email="boss@ours.example"
        )
        cls.domain = company.alias_domain_id or cls.env["mail.alias.domain"].create({"name": "ours.example"})
        company.write(
            {"street": "Road 1", "city": "Ningbo", "country_id": cls.env.ref("base.cn").id, "expo_keeper_id": cls.boss}
        )
        company.alias_domain_id = cls.domain
        cls.server = cls.env["ir.mail_server"].create({"name": "Ours", "smtp_host": "mail.ours.example"})
        # As Odoo has it where the configuration names no mail server.
        cls.startClassPatcher(patch.dict(config.options, {"smtp_server": "localhost"}))
        for year in (2026, 2027):
            company._expo_add_holidays(year)
        cls.team = cls.env.ref("expo_followup.complaint_team")
        cls.team.write({"alias_name": "complaints-test", "company_id": company.id})

    def _get_gaps(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        gaps = self.env["res.company"].with_user(user or self.boss).expo_get_setup_gaps()
        return {gap["key"]: gap for gap in gaps}

    def test_nothing_is_told_where_everything_is_set_up(self):
        self.assertEqual(self._get_gaps(), {})

    def test_each_gap_is_told_alone_and_its_action_opens(self):
        company = self.env.company
        leaves = self.env["resource.calendar.leaves"].search([("resource_id", "=", False)])
        schedule = self.env["resource.calendar"].create({"name": "Empty", "attendance_ids": [(5, 0, 0)]})
        gaps = {
            "address": lambda: company.write({"city": False}),
            "mail_server": lambda: self.env["ir.mail_server"].search([]).write({"active": False}),
            "alias_domain": lambda: company.write({"alias_domain_id": False}),
            "feedback_form": lambda: self._make_show(
                name="Next", code="NX", survey_id=False, date_begin=date(2026, 5, 1), date_end=date(2026, 5, 3)
            ),
            "schedule": lambda: company.write({"resource_calendar_id": schedule.id}),
            "holidays": lambda: leaves.write({"date_from": "2020-01-01", "date_to": "2020-01-01 20:00:00"}),
            "keeper": lambda: company.write({"expo_keeper_id": False}),
            "complaint_address": lambda: self.team.write({"alias_name": False}),
        }
        # A schedule without hours has no holidays either.
        hanging_together = {"schedule": ["holidays"]}
        for key, take_away in gaps.items():
            with self.subTest(gap=key):
                savepoint = self.env.cr.savepoint()
                take_away()
                found = self._get_gaps()
                self.assertEqual(set(found), {key, *hanging_together.get(key, ())})
                action = found[key]["action"]
                self.assertTrue(found[key]["effect"])
                if isinstance(action, str):
                    action = self.env["ir.actions.actions"]._for_xml_id(action)
                records = self.env[action["res_model"]].with_user(self.boss)
                for _id, kind in action["views"]:
                    self.assertTrue(records.get_view(view_type=kind)["arch"])
                can_set = "create" if records._transient else "write"
                self.assertTrue(records.has_access(can_set))
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

    def test_a_mail_server_of_the_configuration_counts(self):
        self.env["ir.mail_server"].search([]).active = False
        self.assertIn("mail_server", self._get_gaps())
        with patch.dict(config.options, {"smtp_server": "mail.ours.example"}):
            self.assertNotIn("mail_server", self._get_gaps())

    def test_a_manager_without_rights_on_settings_is_told_to_ask(self):
        manager = new_test_user(self.env, "setup_manager", "sales_team.group_sale_manager", email="m@ours.example")
        self.env.company.expo_keeper_id = False
        self.assertFalse(self._get_gaps(manager)["keeper"]["action"])

    def test_a_salesperson_is_told_nothing(self):
        seller = new_test_user(self.env, "setup_seller", "sales_team.group_sale_salesman", email="s@ours.example")
        with self.assertRaises(AccessError):
            self._get_gaps(seller)

    def test_the_preview_of_closing_tells_what_its_exhibition_lacks(self):
        show = self._make_show(name="Soon", code="SO", survey_id=False)
        show.state = "running"
        wizard = self.env["expo.close.show"].with_user(self.boss).create({"exhibition_id": show.id})
        self.assertEqual([gap["key"] for gap in wizard.setup_gaps], ["feedback_form"])
