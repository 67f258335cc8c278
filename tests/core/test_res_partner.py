"""What a partner shows of its exhibitions."""

from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestPartner(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._make_partner("Maria Rossi")
        cls.never_met = cls._make_partner("Never Met", country="de")
        cls.former = cls._make_participation(partner=cls.partner, tier="signed")
        autumn = cls._make_show(name="Autumn", code="AF26")
        cls.latest = cls._make_participation(
            partner=cls.partner, tier="none", show=autumn, role="exhibitor", captured_on=datetime(2026, 4, 19, 9, 0)
        )

    def _search(self, *domain):
        found = self.env["res.partner"].search([*domain, ("id", "in", (self.partner | self.never_met).ids)])
        return set(found.mapped("name"))

    def test_role_and_tier_are_those_of_the_latest_show(self):
        self.assertEqual((self.partner.expo_tier_id.code, self.partner.expo_role), ("none", "exhibitor"))
        self.assertFalse(self.never_met.expo_tier_id)

    def test_partners_are_found_by_their_present_tier_not_by_a_former_one(self):
        self.assertEqual(self._search(("expo_tier_id.code", "=", "none")), {"Maria Rossi"})
        self.assertEqual(self._search(("expo_tier_id", "=", self.tiers["none"].id)), {"Maria Rossi"})
        self.assertEqual(self._search(("expo_tier_id", "=", self.tiers["signed"].id)), set())
        self.assertEqual(self._search(("expo_role", "=", "exhibitor")), {"Maria Rossi"})

    def test_partners_who_were_never_met_are_found_as_such(self):
        self.assertEqual(self._search(("expo_tier_id", "=", False)), {"Never Met"})
        self.assertEqual(self._search(("expo_tier_id", "!=", False)), {"Maria Rossi"})

    def test_foreign_is_who_lives_in_another_country_than_the_company(self):
        self.assertTrue(self.partner.expo_is_foreign)
        self.assertFalse(self.never_met.expo_is_foreign)
        self.assertEqual(self._search(("expo_is_foreign", "=", True)), {"Maria Rossi"})
        self.assertEqual(self._search(("expo_is_foreign", "=", False)), {"Never Met"})

    def test_the_next_follow_up_of_any_show_is_shown(self):
        self.former.exhibition_id.with_user(self.manager).close_show()
        self.assertEqual(self.partner.expo_next_followup_on, self.former.next_followup_on)
        self.assertTrue(self.former.next_followup_on)
        self.assertEqual(self._search(("expo_next_followup_on", "<=", "2026-04-21")), {"Maria Rossi"})

    def test_a_partner_met_at_a_show_is_archived_not_deleted(self):
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.partner.unlink()
        self.never_met.unlink()

    def test_a_company_shows_the_exhibitions_of_its_people(self):
        company = self._make_partner("Rossi Giardini", is_company=True)
        person = self._make_partner("Maria Rossi", parent_id=company.id)
        other = self._make_partner("Hans Becker")
        entries = [self._make_participation(partner=one) for one in (company, person, other)]
        company, person = company.with_user(self.seller), person.with_user(self.seller)
        self.assertEqual(set(company.expo_shown_participation_ids.ids), {entries[0].id, entries[1].id})
        self.assertEqual((company.expo_participation_count, person.expo_participation_count), (2, 1))
        listed = self.env["expo.participation"].search(company.action_open_expo_participations()["domain"])
        self.assertEqual(set(listed.ids), {entries[0].id, entries[1].id})
