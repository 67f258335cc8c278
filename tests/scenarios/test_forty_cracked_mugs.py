"""The story of a complaint: forty cracked mugs, from the customer's mail to her feedback."""

from email.message import EmailMessage
from io import BytesIO

from freezegun import freeze_time
from PIL import Image

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from tests.common_intake import DESK, IntakeCase


def mail(subject, text, photo=None, **headers):
    """A mail of the customer's, as bytes."""
    message = EmailMessage()
    message["From"] = "Maria Rossi <maria.rossi@customer.example>"
    message["To"] = DESK
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if photo:
        picture = BytesIO()
        Image.new("RGB", (40, 30), photo).save(picture, "PNG")
        message.add_attachment(picture.getvalue(), maintype="image", subtype="png", filename="mugs.png")
    return message.as_bytes()


@tagged("post_install", "-at_install")
class TestFortyCrackedMugs(IntakeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_accounts()
        # No working hours are counted here: SLA targets have tests of their own.
        cls.mug = cls.env["product.product"].create(
            {"name": "Mug, glazed", "list_price": 20, "taxes_id": False, "invoice_policy": "order"}
        )
        cls.seller.group_ids |= cls.env.ref("account.group_account_invoice")
        cls.team.member_ids = cls.seller
        with freeze_time("2026-04-17 10:00:00"):
            cls.entry = cls._make_participation(partner=cls.customer, tier="signed", user=cls.seller)
            cls.order = cls.env["sale.order"].create(
                {
                    "partner_id": cls.customer.id,
                    "user_id": cls.seller.id,
                    "order_line": [fields.Command.create({"product_id": cls.mug.id, "product_uom_qty": 480})],
                }
            )
            cls.order.action_confirm()
            cls.order.order_line.qty_delivered = 480
            cls.invoice = cls.order._create_invoices()
            cls.invoice.action_post()

    def _receivable(self):
        return self.invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")

    def _kinds(self, complaint):
        return [event.kind for event in complaint.event_ids.sorted("id")]

    def test_from_the_mail_to_the_verdict(self):  # noqa: PLR0915 - a story is told in one go
        # Monday morning, a mail with a photo. It is a complaint at once, Anna's, and Maria is told that it has arrived.
        with freeze_time("2026-05-04 07:00:00"):
            [received] = self._receive(
                mail("Cracked mugs", "40 of the 480 mugs are cracked!", photo="red", Message_ID="<1@customer.example>")
            )
            self._run_intake()
        complaint = received.complaint_id.with_user(self.seller)
        self.assertEqual((complaint.user_id, complaint.channel, complaint.state), (self.seller, "email", "new"))
        self.assertIn("40 of the 480 mugs", complaint.story)
        self.assertTrue(complaint.acknowledged_on)
        self.assertEqual(complaint.evidence_ids.mapped("kind"), ["photo"])
        self.assertEqual(complaint.participation_id, self.entry)

        # Anna names the order and its goods. While the complaint is open, Maria is not to be asked for the money.
        with freeze_time("2026-05-04 08:00:00"):
            complaint.write({"order_id": self.order.id, "severity": "serious", "source": "goods"})
            complaint.action_add_lines()
            complaint.line_ids.claimed_quantity = 40
            complaint.facts = "40 of 480 mugs of order S1 are cracked in the glaze."
            complaint.action_restate_by_phone()
            complaint._move_to("evaluating")
        self.assertTrue(all(self._receivable().mapped("no_followup")))
        self.assertEqual(self.entry.expo_open_complaint_count, 1)

        # It is serious: production and inspection look at the goods, and both have to say what they found.
        complaint.write({"extent": "batch", "party": "production"})
        with self.assertRaisesRegex(UserError, "Production(.|\n)*Inspection"):
            complaint._move_to("negotiating")
        reviews = self.env["expo.complaint.review"].with_user(self.seller)
        for department in ("production", "inspection"):
            row = complaint.review_ids.filtered(lambda row, name=department: row.department == name)
            row = row or reviews.create({"complaint_id": complaint.id, "department": department})
            row.write({"conclusion": "Kiln too hot on the 12th", "decision": "justified"})
            row.action_conclude()
        complaint._move_to("negotiating")

        # Maria wants 900. Anna may promise 500 alone: more waits for her manager, and nothing is offered before.
        with freeze_time("2026-05-05 08:00:00"):
            complaint.decision = "justified"
            self.env["expo.complaint.demand"].with_user(self.seller).create(
                {"complaint_id": complaint.id, "kind": "compensation", "amount": 900}
            )
            remedy = self.env["expo.complaint.remedy"].with_user(self.seller).create(
                {"complaint_id": complaint.id, "kind": "credit", "amount": 800, "line_id": complaint.line_ids.id}
            )  # fmt: skip
            remedy.action_submit()
            self.assertEqual(remedy.state, "to_approve")
            with self.assertRaisesRegex(AccessError, "cannot approve your own"):
                remedy.action_approve()
            with self.assertRaises(UserError):
                complaint._send_letter("offer")
            remedy.with_user(self.manager).action_approve()
            complaint._send_letter("offer", automatic=False)
        self.assertTrue(complaint.offered_on)
        self.assertTrue(complaint.is_waiting)
        with self.assertRaisesRegex(UserError, "has not accepted"):
            complaint._move_to("implementing")

        # Wednesday she answers, stripped of all headers but the number; then accepts on her page.
        with freeze_time("2026-05-06 09:00:00"):
            self._receive(mail(f"AW: {complaint.name}", "Thank you, we agree.", Message_ID="<2@customer.example>"))
            self.assertFalse(complaint.is_waiting)
            self.assertIn("we agree", complaint.message_ids[0].body)
            complaint.sudo()._accept_offer("portal", "Maria Rossi")
            complaint._move_to("implementing")

        # The credit note is drafted once, however often the button is pressed, and posted by the bookkeeper.
        remedy.action_make_document()
        remedy.action_make_document()
        credit = remedy.move_id.sudo()
        self.assertEqual((credit.move_type, credit.amount_untaxed, credit.state), ("out_refund", 800, "draft"))
        with self.assertRaisesRegex(UserError, "posted"):
            complaint._move_to("feedback")
        credit.action_post()
        with freeze_time("2026-05-11 08:00:00"):
            complaint._move_to("feedback")
            complaint._send_letter("solution", automatic=False)

        # She rates it, and it is closed. Reminders of payment are as they were.
        with freeze_time("2026-05-12 08:00:00"):
            complaint.sudo()._record_rating(5, "Quick and fair.")
        self.assertEqual(complaint.state, "closed")
        self.assertFalse(any(self._receivable().mapped("no_followup")))
        self.entry.invalidate_recordset()
        self.assertEqual(self.entry.expo_open_complaint_count, 0)
        self.assertEqual(complaint.cost, 800)
        kinds = self._kinds(complaint)
        told = (
            "received", "acknowledged", "restated", "evaluated", "offered", "accepted", "implemented", "rated", "closed"
        )  # fmt: skip
        self.assertEqual([kind for kind in kinds if kind in told], list(told))

        # In July another carton is opened: too late to reopen, so a new complaint goes back to the first.
        with freeze_time("2026-07-20 08:00:00"):
            [again] = self._receive(
                mail(f"Re: {complaint.name}", "Ten more are cracked.", photo="blue", Message_ID="<3@customer.example>")
            )
        self.assertEqual(again.complaint_id.previous_id, complaint.sudo())
        self.assertEqual(complaint.state, "closed")
        self.assertEqual(again.complaint_id.state, "new")
        self.entry.invalidate_recordset()
        self.assertEqual(self.entry.expo_open_complaint_count, 1)
