"""A message to a customer in the browser: the chat opens, the account is copied, the outcome is logged."""

from odoo.tests import tagged

from tests.followup.test_tour_followup import ExpoTourCase


@tagged("post_install", "-at_install")
class TestTourMessengers(ExpoTourCase):
    def test_message_is_written_from_the_card_and_logged(self):
        rows = {"Maria Rossi": ("whatsapp", "+39 333 123 4567"), "Li Wei": ("wechat", "liwei88")}
        for name, (kind, account) in rows.items():
            customer = self._make_participation(name, tier="materials")
            self.env["expo.followup"]._create_manual(customer, self.today, summary="Call")
            for values in ({"kind": kind, "account": account}, {"kind": "qq", "account": "javascript:alert(1)"}):
                self.env["expo.customer.account"].create({"file_id": customer.file_id.id, **values})

        self._start_tour("/odoo/my-followups", "expo_messengers", "expo_seller")

        done = self.env["expo.followup"].search([("partner_id.name", "=", "Maria Rossi"), ("state", "=", "done")])
        self.assertEqual((done.content, done.effect), ("Sent the price list", "positive"))
        self.assertEqual(done.activity_type_id, self.env.ref("expo_followup.activity_message"))
