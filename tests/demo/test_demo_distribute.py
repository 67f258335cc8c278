"""The demo's customers without salesperson go to members who speak their language and look after their country."""

from odoo.tests import TransactionCase


class TestDemoDistribute(TransactionCase):
    def test_the_manager_distributes_the_leads_of_marketing(self):
        manager = self.env.ref("expo_followup.user_grace")
        wizard = self.env["expo.distribute"].with_user(manager).create({"source": "marketing"})
        owners = {line.partner_id.get_external_id()[line.partner_id.id]: line.user_id.login for line in wizard.line_ids}
        expected = {
            "torino": "sofia", "sevilla": "sofia", "bogota": "sofia", "aarhus": "lena", "leipzig": "lena",
            "boston": "lena", "muscat": "omar", "pune": "omar", "kyoto": "chenyu",
        }  # fmt: skip
        self.assertEqual(owners, {f"expo_followup.partner_mk_{name}": login for name, login in expected.items()})
        wizard.action_confirm()
        self.assertFalse(wizard.line_ids.participation_id.filtered(lambda customer: not customer.user_id))
