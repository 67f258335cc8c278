"""The customer card: a file on one page, and as electronic cards for a phone."""

import io

import vobject

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from tests.common import ExpoCase

REPORT = "expo_followup.report_customer_card"


@tagged("post_install", "-at_install")
class TestReportCustomerCard(ExpoCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.keeper = new_test_user(cls.env, "expo_keeper", "expo_followup.group_file_keeper", lang="zh_CN")
        company = cls._make_partner(
            "宁波海星贸易有限公司", country="cn", email="info@haixing.example", is_company=True, phone="+86 574 1234",
            street="中山路 8 号", city="宁波", expo_foreign_notes="不要送钟。",
        )  # fmt: skip
        wang = cls._make_partner("王伟", country="cn", email="wang@haixing.example", parent_id=company.id)
        cls.entry = cls._make_participation(partner=wang, user=cls.seller)
        cls.file = cls.entry.file_id
        cls.file.write({"business_scope": "五金工具的进出口", "needed_products": "Cordless drills"})
        cls.file.person_ids.write({"decides": "yes", "position": "采购经理", "address_form": "王经理"})
        cls.file.preference_ids = [(0, 0, {"text": "Green tea, no sugar"})]
        cls.other = cls._make_participation("Foreign Customer", user=cls.colleague).file_id

    def _html(self, files, user):
        report = self.env["ir.actions.report"].with_user(user).with_context(lang=user.lang)
        content, _kind = report._render_qweb_html(REPORT, files.ids)
        return " ".join(content.decode().split())

    def test_card_shows_the_facts_for_a_meeting(self):
        card = self._html(self.file, self.seller)
        for words in (
            "宁波海星贸易有限公司", "王经理",
            "采购经理", "Has decision power", "不要送钟。", "Green tea, no sugar", "五金工具的进出口",
            "中山路 8 号", "[SF26] Spring Fair", "Intends to order", "Potential customer", "Salesperson",
        ):  # fmt: skip
            with self.subTest(words=words):
                self.assertIn(words, card)

    def test_file_of_a_colleague_cannot_be_printed(self):
        with self.assertRaises(AccessError):
            self._html(self.other, self.seller)

    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_each_card_is_one_page_with_chinese_letters_however_much_there_is(self):
        self.file.person_ids = [(0, 0, {"name": f"Person {number}"}) for number in range(20)]
        self.file.preference_ids = [(0, 0, {"text": "很长的偏好 " * 200}) for _number in range(9)]
        self.file.write(dict.fromkeys(("business_scope", "standing", "competitors"), "长 " * 3000))
        self.file.foreign_notes = "小心 " * 999
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = report._render_qweb_pdf(REPORT, (self.file | self.other).ids)
        self.assertEqual(kind, "pdf")
        pages = PdfFileReader(io.BytesIO(content)).pages
        self.assertEqual(len(pages), 2)
        self.assertIn("宁波海星贸易有限公司", pages[0].extract_text())
        self.assertIn("Foreign Customer", " ".join(pages[1].extract_text().split()))

    def test_the_electronic_cards_are_the_company_and_its_people(self):
        content = self.file.with_user(self.seller)._get_vcards()
        company, wang = vobject.readComponents(content.decode())
        self.assertEqual((company.fn.value, company.email.value), ("宁波海星贸易有限公司", "info@haixing.example"))
        self.assertEqual((wang.fn.value, wang.org.value[0]), ("王伟", "宁波海星贸易有限公司"))
        self.assertEqual(wang.title.value, "采购经理")
        self.assertNotIn("photo", company.contents)

    def test_a_person_without_contact_has_a_card_as_well(self):
        self.file.person_ids = [(0, 0, {"name": "Li Na", "email": "li@haixing.example", "birthday": "1990-05-17"})]
        li = list(vobject.readComponents(self.file._get_vcards().decode()))[-1]
        self.assertEqual((li.fn.value, li.bday.value), ("Li Na", "1990-05-17"))

    def test_download_does_not_reveal_another_file(self):
        self.authenticate("expo_seller", "expo_seller")
        answer = self.url_open(f"/expo/customer_file/vcard?ids={self.file.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertEqual(answer.content.count(b"BEGIN:VCARD"), 2)
        missing = self.url_open("/expo/customer_file/vcard?ids=999999999")
        theirs = self.url_open(f"/expo/customer_file/vcard?ids={self.other.id}")
        mixed = self.url_open(f"/expo/customer_file/vcard?ids={self.file.id},{self.other.id}")
        for refused in (missing, theirs, mixed, self.url_open("/expo/customer_file/vcard?ids=x")):
            self.assertEqual(refused.status_code, 404)
        self.assertEqual(missing.text, theirs.text)

    def test_the_other_owner_and_people_outside_sales_get_nothing(self):
        new_test_user(self.env, "expo_clerk", "base.group_user")
        for login in ("expo_colleague", "expo_clerk"):
            with self.subTest(login=login):
                self.authenticate(login, login)
                answer = self.url_open(f"/expo/customer_file/vcard?ids={self.file.id}")
                self.assertEqual(answer.status_code, 404)
