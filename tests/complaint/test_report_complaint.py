"""The complaint record on paper: the trade's form (rules.md §5)."""

import base64
import io

from PIL import Image

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from tests.common_complaint import ComplaintCase

REPORT = "expo_followup.report_complaint"


@tagged("post_install", "-at_install")
class TestReportComplaint(ComplaintCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.complaint = cls._complain(cls, facts="48 of 960 mugs are cracked.", extent="batch", user_id=cls.seller.id)
        cls.complaint.write(
            {
                "line_ids": [
                    (0, 0, {"product_name": "Mug 350 ml", "delivered_quantity": 960, "claimed_quantity": 48,
                            "price_unit": 2.5, "specification": "Mug 350 ml\nBlue glaze",
                            "contract_name": "PO-77", "ship_date": "2026-03-02"}),
                ],
                "demand_ids": [(0, 0, {"kind": "compensation", "amount": 120})],
            }
        )  # fmt: skip

    def _html(self, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.seller)
        content, _kind = report._render_qweb_html(REPORT, self.complaint.ids)
        return " ".join(content.decode().split())

    def test_it_has_what_the_form_of_the_trade_asks_for(self):
        paper = self._html()
        for words in (
            self.complaint.name, "Maria Rossi", "Ten of the mugs are cracked.", "48 of 960 mugs are cracked.",
            "Mug 350 ml", "960", "2,400.00", "PO-77", "A batch",
        ):  # fmt: skip
            with self.subTest(words=words):
                self.assertIn(words, paper)
        self.assertEqual(paper.count("Mug 350 ml"), 1, "the specification does not say the name again")
        self.assertIn("Blue glaze", paper)

    def test_reason_handling_and_typed_ship_date_are_on_paper(self):
        self.complaint.line_ids.ship_date = False
        self.complaint.write(
            {"customer_reason": "The crates were too weak", "handling": "site", "ship_date": "2026-03-09"}
        )
        paper = self._html()
        for words in ("The crates were too weak", "Handling method", "On site"):
            self.assertIn(words, paper)
        self.assertEqual(paper.count("03/09/2026"), 2, "of the complaint, and of its goods")

    def test_of_all_kinds_of_wishes_those_of_the_customer_are_ticked(self):
        paper = self._html()
        self.assertEqual((paper.count("☑"), paper.count("☐")), (1, 3))
        self.assertIn("☑ Compensation", paper)

    def test_photos_are_in_the_paper_itself_and_what_is_none_by_its_name(self):
        photo = io.BytesIO()
        Image.new("RGB", (900, 600), "navy").save(photo, "JPEG")
        self.complaint._add_evidence("photo", [("crack.jpg", photo.getvalue()), ("broken.jpg", photo.getvalue()[:90])])
        paper = self._html()
        self.assertEqual(paper.count('src="data:image/jpg;base64,'), 1)
        self.assertIn("broken.jpg", paper)
        small = Image.open(io.BytesIO(base64.b64decode(paper.partition("data:image/jpg;base64,")[2].partition('"')[0])))
        self.assertEqual(small.width, 420)

    def test_who_does_not_see_the_complaint_does_not_print_it(self):
        with self.assertRaises(AccessError):
            self._html(self.colleague)

    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_the_pdf_has_chinese_letters(self):
        self.complaint.story = "釉上有裂纹。"
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True, lang="zh_CN")
        content, kind = report._render_qweb_pdf(REPORT, self.complaint.ids)
        self.assertEqual(kind, "pdf")
        pages = PdfFileReader(io.BytesIO(content)).pages
        self.assertEqual(len(pages), 1)
        self.assertIn("裂纹", "".join(pages[0].extract_text().split()))
