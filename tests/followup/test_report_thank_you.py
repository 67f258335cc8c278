"""The thank-you letter on paper."""

import base64
import io

import zxingcpp
from lxml import html
from PIL import Image

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from tests.common import ExpoCase

REPORT = "expo_followup.report_thank_you"


@tagged("post_install", "-at_install")
class TestReportThankYou(ExpoCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.maria = cls._make_participation("Maria Rossi", lang="en_US")
        cls.maria.partner_id.write({"street": "Via Roma 12", "city": "Milano", "zip": "20121"})
        cls.wang = cls._make_participation("王伟", email="wang@kehu.example", lang="zh_CN")

    def _html(self, customers, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.seller)
        content, _kind = report._render_qweb_html(REPORT, customers.ids)
        return " ".join(content.decode().split())

    def test_it_has_the_address_and_the_words_of_the_mail(self):
        letter = self._html(self.maria)
        for words in (
            "Via Roma 12",
            "Dear Maria Rossi,",
            "Thank you for meeting us at Spring Fair",
            "With kind regards,",
        ):
            with self.subTest(words=words):
                self.assertIn(words, letter)

    def test_what_only_a_screen_can_do_is_left_out(self):
        letter = self._html(self.maria)
        self.assertNotIn("nsubscribe", letter)
        self.assertNotIn("o_expo_button", letter)
        self.assertNotIn(f">{self.maria.feedback_url}<".replace("&", "&amp;"), letter)

    def test_code_on_paper_leads_to_the_feedback_form_of_the_customer(self):
        letters = html.fromstring(self._html(self.maria | self.wang))
        codes = letters.xpath("//div[contains(@class, 'o_expo_letter')]//table//img[contains(@src, 'base64')]")
        self.assertEqual(len(codes), 2)
        for code, customer, words in zip(codes, (self.maria, self.wang), ("Scan the code", "扫描"), strict=True):
            image = Image.open(io.BytesIO(base64.b64decode(code.get("src").partition(",")[2])))
            self.assertEqual(zxingcpp.read_barcode(image).text, customer.feedback_url)
            self.assertIn(words, "".join(code.getparent().getparent().itertext()))

    def test_pictures_of_products_are_in_the_paper_itself(self):
        data = io.BytesIO()
        Image.new("RGB", (40, 40), "navy").save(data, "PNG")
        self.maria.product_ids = self.env["product.product"].create(
            {"name": "Mug", "image_1920": base64.b64encode(data.getvalue())}
        )
        letter = self._html(self.maria).partition("o_expo_letter")[2]
        self.assertNotIn("/web/image/", letter)
        self.assertEqual(letter.count("data:image/"), 2)

    def test_each_customer_gets_a_page_in_the_own_language(self):
        letters = self._html(self.maria | self.wang)
        self.assertEqual(letters.count("o_expo_letter"), 2)
        self.assertIn("尊敬的王伟：", letters)
        self.assertIn("Dear Maria Rossi,", letters)
        self.assertNotIn("Dear 王伟", letters)

    def test_the_signature_is_in_the_paper_itself(self):
        data = io.BytesIO()
        Image.new("RGB", (40, 10), "navy").save(data, "PNG")
        boss = self.env["res.partner"].create({"name": "Helen Wang"})
        self.show.write({"signatory_id": boss.id, "signature": base64.b64encode(data.getvalue())})
        letter = self._html(self.maria)
        self.assertIn('src="data:image/png;base64,', letter)
        self.assertNotIn("access_token", letter.partition("o_expo_letter")[2])

    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_the_pdf_has_one_letter_a_page_and_chinese_letters(self):
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = report._render_qweb_pdf(REPORT, (self.maria | self.wang).ids)
        self.assertEqual(kind, "pdf")
        pages = PdfFileReader(io.BytesIO(content)).pages
        self.assertEqual(len(pages), 2)
        words = [" ".join(page.extract_text().split()) for page in pages]
        self.assertIn("Dear Maria Rossi,", words[0])
        self.assertIn("尊敬的王伟", words[1])
