"""A salesperson in the browser: a list uploaded, its columns told, checked, imported; then the same list again."""

from pathlib import Path

from odoo.tests import tagged

from tests.followup.test_tour_followup import ExpoTourCase

LIST = Path(__file__).resolve().parents[1] / "data" / "lists" / "booth_gbk.csv"


@tagged("post_install", "-at_install")
class TestTourImport(ExpoTourCase):
    def test_a_salesperson_imports_a_list_and_the_same_list_again_changes_nothing(self):
        text = LIST.read_bytes().decode("gbk")

        self._start_tour("/odoo/exhibition-imports", "expo_followup_import", "expo_seller", {"list": text})

        first, again = self.env["expo.import"].search([], order="id")
        self.assertEqual((first.state, first.kind, first.user_id), ("done", "csv", self.seller))
        entries = self.show.participation_ids
        self.assertEqual(len(entries), first.created_count)
        wang = entries.partner_id.filtered(lambda partner: partner.name == "王 伟")
        self.assertEqual((wang.function, wang.phone), ("采购经理", "13800138000"))
        self.assertEqual((again.state, again.todo_count), ("checked", 0))
