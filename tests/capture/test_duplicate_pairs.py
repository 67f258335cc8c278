"""Pairs of contacts, one of each kind, qualified one after the other: the database says what the rules say."""

from odoo.tests import tagged

from tests.common import ExpoCase
from tests.common_pairs import judge, read_pairs


@tagged("post_install", "-at_install")
class TestPairs(ExpoCase):
    def test_each_kind_is_qualified_as_the_rules_say(self):
        kinds = {(pair["kind"], pair["verdict"]): pair for pair in read_pairs("pairs.csv")}
        self.assertGreaterEqual(len(kinds), 25)
        for (kind, verdict), pair in kinds.items():
            with self.subTest(kind=kind, verdict=verdict), self.env.cr.savepoint() as savepoint:
                self.assertEqual(self._qualify(pair), judge(pair), pair)
                savepoint.rollback()
                self.env.invalidate_all()

    def _qualify(self, pair):
        """Return what became of the second contact: certain, possible or new."""
        captures = self.env["expo.capture"].create([self._get_values(pair, side) for side in "ab"])
        captures[0]._enter_customers()
        captures[1]._enter_customers()
        first, second = (capture.partner_id for capture in captures)
        if first == second:
            return "certain"
        ours = (first | first.commercial_partner_id).ids
        theirs = (second | second.commercial_partner_id).ids
        pairs = self.env["expo.duplicate"].search([])
        found = [{pair.partner_a_id.id, pair.partner_b_id.id} for pair in pairs]
        return "possible" if any(ids & set(ours) and ids & set(theirs) for ids in found) else "new"

    def _get_values(self, pair, side):
        values = {name[:-2]: text for name, text in pair.items() if name.endswith(f"_{side}") and text}
        if country := values.pop("country", ""):
            values["country_id"] = self.env.ref(f"base.{country.lower()}").id
        return {"exhibition_id": self.show.id, **values}
