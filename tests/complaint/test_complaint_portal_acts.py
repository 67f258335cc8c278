"""The customer page: answers to our offer, replies to ended complaints, new complaints."""

from datetime import date
from urllib.parse import urlsplit

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from tests.complaint.common_portal import PortalCase, photo


@tagged("post_install", "-at_install")
class TestComplaintPortalActs(PortalCase):
    # -- our offer ---------------------------------------------------------------------------------------

    def test_the_offer_is_accepted_with_a_name_and_twice_is_harmless(self):
        complaint = self._offered()
        page = self._open(complaint, by_link=True).text
        for words in ("Our offer is awaiting your answer", "A credit of", "120.00", "with your next invoice"):
            self.assertIn(words, page)
        page = self._press(complaint, "accept", by_link=True, times=2, name="Maria  Rossi\n(Purchasing)")
        self.assertEqual((complaint.accepted_by, complaint.accepted_how), ("Maria Rossi (Purchasing)", "portal"))
        self.assertEqual(complaint.event_ids.mapped("kind").count("accepted"), 1)
        self.assertNotIn("We accept this offer", page.text)
        self.assertIn("We will now proceed as offered", page.text)

    def test_the_offer_is_declined_with_a_wish(self):
        complaint = self._offered()
        page = self._press(complaint, "decline", by_link=True, times=2, text="Send us new ones instead.")
        self.assertIn("Send us new ones instead.", page.text)
        self.assertEqual(complaint.event_ids.mapped("kind").count("declined"), 1)
        self.assertFalse(complaint.accepted_on)
        self._press(complaint, "accept", by_link=True)
        self.assertFalse(complaint.accepted_on, "there is nothing to accept any more")

    def test_what_is_not_approved_is_neither_shown_nor_accepted(self):
        complaint = self._offered()
        remedies = self.env["expo.complaint.remedy"].with_user(self.seller)
        remedies.create({"complaint_id": complaint.id, "kind": "other", "text": "A whole container"})
        complaint._log_event("offered")
        self.assertNotIn("A whole container", self._open(complaint, by_link=True).text)
        self._press(complaint, "accept", by_link=True)
        self.assertFalse(complaint.accepted_on)

    def test_what_was_not_offered_is_not_accepted(self):
        complaint = self._complain()
        for what in ("accept", "decline", "receipt"):
            self._press(complaint, what, by_link=True, text="x")
        self.assertEqual(complaint.event_ids.mapped("kind"), ["received"])

    def test_offer_changed_while_reading_is_not_accepted(self):
        complaint = self._offered()
        read = complaint._get_offer_mark()
        self.env["expo.complaint.remedy"].with_user(self.manager).browse(complaint.sudo().remedy_ids.id).action_refuse()
        remedy = self.env["expo.complaint.remedy"].with_user(self.manager).create(
            {"complaint_id": complaint.id, "kind": "credit", "amount": 12}
        )  # fmt: skip
        remedy.action_submit()
        complaint._log_event("offered")
        for what, text in (("accept", ""), ("decline", "")):
            page = self._press(complaint, what, by_link=True, offer=read, text=text)
            self.assertIn("has changed since you opened this page", page.text)
            self.assertNotIn("We will now proceed as offered", page.text)
        self.assertFalse(complaint.accepted_on)
        self.assertTrue(complaint.offered_on, "it is still open")
        self._press(complaint, "accept", by_link=True)
        self.assertTrue(complaint.accepted_on)

    def test_acceptance_of_a_withdrawn_offer_is_not_confirmed(self):
        complaint = self._offered()
        read = complaint._get_offer_mark()
        complaint.sudo()._void_offer()
        page = self._press(complaint, "accept", by_link=True, offer=read)
        self.assertIn("has changed since you opened this page", page.text)
        self.assertNotIn("We will now proceed as offered", page.text)

    def test_answer_to_a_withdrawn_offer_is_kept(self):
        complaint = self._offered()
        read = complaint._get_offer_mark()
        self._press(complaint, "accept", by_link=True)
        page = self._press(complaint, "decline", by_link=True, times=2, offer=read, text="Send us new ones instead.")
        self.assertTrue(complaint.accepted_on, "the colleague's acceptance stands until they were called")
        said = complaint.sudo().message_ids.filtered(lambda message: "new ones instead" in (message.body or ""))
        self.assertEqual(len(said), 1)
        self.assertIn("<span>We have received your message and will reply.", page.text)

    def test_who_has_accepted_reads_that_we_carry_it_out(self):
        complaint = self._offered()
        self._press(complaint, "accept", by_link=True)
        self.assertEqual(complaint.state, "negotiating")
        page = self._open(complaint, by_link=True).text
        self.assertIn("You have accepted our offer", page)
        self.assertNotIn("We will send you our offer", page)

    def test_whom_we_refuse_reads_why(self):
        complaint = self._complain(decision="unjustified", decision_reason="Not made for sparkling drinks.")
        self.assertNotIn("sparkling", self._open(complaint, by_link=True).text, "not before it is decided")
        complaint._move_to("rejected")
        self.assertIn("Not made for sparkling drinks.", self._open(complaint, by_link=True).text)

    def test_what_was_agreed_can_be_read_afterwards(self):
        complaint = self._offered()
        page = self._press(complaint, "accept", by_link=True)
        self.assertIn("Offer accepted", page.text)
        self.assertIn("with your next invoice", page.text.partition('id="facts"')[2])

    # -- what has ended ----------------------------------------------------------------------------------

    def test_a_word_to_a_closed_one_reopens_it(self):
        complaint = self._closed()
        self.assertIn("This complaint is closed", self._open(complaint, by_link=True).text)
        page = self._press(complaint, "message", by_link=True, text="Not at all settled.")
        self.assertEqual(complaint.state, "reopened")
        self.assertIn("looking into it again", page.text)

    def test_nothing_said_takes_nothing_up_again(self):
        complaint = self._closed()
        page = self._press(complaint, "message", by_link=True, text="  ", files=[("a.txt", b"no photo")])
        self.assertIn("neither a photo nor a PDF", page.text)
        page = self._press(complaint, "message", by_link=True, text="")
        self.assertIn("Nothing was sent", page.text)
        self.assertEqual(complaint.state, "closed")
        self.assertFalse(complaint.sudo().last_reply_on)

    def test_a_word_long_after_leads_to_the_new_one_and_more_words_too(self):
        complaint = self._closed()
        self.env.company.expo_complaint_reopen_days = 0
        complaint.sudo().event_ids.env.cr.execute(
            "UPDATE expo_complaint_event SET at = at - interval '1 day' WHERE complaint_id = %s", [complaint.id]
        )
        self.env.invalidate_all()
        page = self._press(complaint, "message", by_link=True, text="It broke again.")
        following = self.env["expo.complaint"].search([("previous_id", "=", complaint.id)])
        self.assertEqual(urlsplit(page.url).path, f"/my/complaints/{following.id}")
        self._press(complaint, "message", by_link=True, text="And again.")
        self.assertEqual(self.env["expo.complaint"].search([("previous_id", "=", complaint.id)]), following)
        self.assertIn("And again.", self._open(following, by_link=True).text)

    def test_a_merged_one_leads_to_where_it_goes_on(self):
        complaint, target = self._complain(), self._complain(subject="The same once more")
        complaint.sudo().write({"merged_into_id": target.id, "stage_id": self.stages["cancelled"].id})
        page = self._open(complaint, by_link=True)
        self.assertIn("The same once more", page.text)
        self._press(complaint, "message", by_link=True, text="Any news?")
        self.assertIn("Any news?", self._open(target, by_link=True).text)

    def test_one_merged_with_another_customer_s_shows_nothing_of_it(self):
        complaint, target = self._complain(), self._complain(partner=self.stranger, subject="Of Hans")
        complaint.sudo().write({"merged_into_id": target.id, "stage_id": self.stages["cancelled"].id})
        for page in (
            self._open(complaint, by_link=True),
            self._press(complaint, "message", by_link=True, text="Any news?"),
        ):
            self.assertNotIn("Of Hans", page.text)
            self.assertNotIn(self._token(target), page.text + page.url)

    def test_a_word_to_an_archived_one_brings_it_back(self):
        complaint = self._closed()
        complaint.sudo().active = False
        self._press(complaint, "message", by_link=True, text="It broke again.")
        self.assertEqual((complaint.state, complaint.active), ("reopened", True))

    def test_of_an_address_without_a_contact_the_link_works_all_the_same(self):
        complaint = self.env["expo.complaint"].create({"subject": "Lids", "email_from": "Li <li@kehu.example>"})
        page = self._press(complaint, "message", by_link=True, text="More photos follow.")
        self.assertIn("More photos follow.", page.text)
        message = complaint.message_ids.filtered(lambda message: "follow" in (message.body or ""))
        self.assertFalse(message.author_id)
        self.assertIn("li@kehu.example", message.email_from)

    def test_colleague_of_the_customer_with_a_login_finds_own_words_once(self):
        complaint = self._complain()
        self._log_in("hans")
        page = self._press(complaint, "message", by_link=True, times=2, text="I write for Maria.")
        self.assertEqual(page.text.count("I write for Maria."), 1)
        message = complaint.sudo().message_ids.filtered(lambda message: "for Maria" in (message.body or ""))
        self.assertEqual(message.author_id, self.stranger)

    def test_what_was_written_to_another_address_that_ends_alike_is_not_shown(self):
        complaint = self.env["expo.complaint"].create({"subject": "Lids", "email_from": "li@kehu.example"})
        for address, body in (("oli@kehu.example", "For Oli"), ("Li <LI@kehu.example>", "For Li")):
            complaint.message_post(
                body=body, message_type="comment", subtype_xmlid="mail.mt_comment", outgoing_email_to=address
            )
        page = self._open(complaint, by_link=True).text
        self.assertIn("For Li", page)
        self.assertNotIn("For Oli", page)

    def test_what_no_form_sends_is_no_error(self):
        complaint = self._complain()
        page = self._press(complaint, "message", by_link=True, text="Half\0way")
        self.assertIn("Halfway", page.text)
        answer = self._post(
            f"/my/complaints/{complaint.id}/message",
            self._csrf({"access_token": self._token(complaint)}),
            files=[("text", ("a.txt", b"x"))],
        )
        self.assertEqual(answer.status_code, 200)

    # -- a new one ---------------------------------------------------------------------------------------

    def test_complaint_on_the_portal_pressed_twice_is_created_once(self):
        order = self.env["sale.order"].create({"partner_id": self.rossi.id, "state": "sale"})
        theirs = self.env["sale.order"].create({"partner_id": self.stranger.id, "state": "sale"})
        self._log_in("maria")
        page = self.url_open("/my/complaints/new").text
        self.assertIn(order.name, page)
        self.assertNotIn(theirs.name, page)
        data = {
            "csrf_token": page.partition('name="csrf_token" value="')[2].partition('"')[0],
            "key": page.partition('name="key" value="')[2].partition('"')[0],
            "subject": "Lids  do not fit", "story": "None of them.", "source": "goods", "order_id": str(order.id),
            "severity": "serious", "state": "closed", "user_id": "1", "partner_id": str(self.stranger.id),
        }  # fmt: skip
        for _time in range(2):
            answer = self._post("/my/complaints/new", data, files=[("files", ("a.jpg", photo()))])
        complaint = self.env["expo.complaint"].search([("subject", "=", "Lids do not fit")])
        self.assertEqual(len(complaint), 1)
        self.assertEqual(
            (complaint.channel, complaint.partner_id, complaint.order_id, complaint.state, complaint.severity),
            ("portal", self.maria, order, "new", False),
        )
        self.assertIn(complaint.name, answer.text)
        self.assertEqual(len(self._files(complaint)), 1)
        data.update(key="another", order_id=str(theirs.id), subject="Of another's order")
        self._post("/my/complaints/new", data)
        self.assertFalse(self.env["expo.complaint"].search([("subject", "=", "Of another's order")]).order_id)

    def test_a_complaint_without_a_word_is_asked_for_again(self):
        self._log_in("maria")
        answer = self._post("/my/complaints/new", self._csrf({"subject": "Lids", "story": "  ", "key": "k"}))
        self.assertIn("what is wrong", answer.text)
        self.assertIn('value="Lids"', answer.text)

    def test_form_of_another_customer_opens_nothing(self):
        complaint = self._complain()
        complaint.sudo().portal_key = "known"
        self._log_in("hans")
        with mute_logger("odoo.http"):
            answer = self._post("/my/complaints/new", self._csrf({"subject": "x", "story": "y", "key": "known"}))
        self.assertEqual(answer.status_code, 404)

    def test_the_home_page_leads_to_the_complaints(self):
        self._log_in("maria")
        self.assertIn("/my/complaints", self.url_open("/my").text)

    def test_the_page_speaks_the_customer_s_language(self):
        self.maria.lang = "zh_CN"
        page = self._open(self._complain(), by_link=True).text
        self.assertIn('lang="zh-CN"', page)
        self.assertIn("登录", page)
        self.assertNotIn("js_change_lang", page)

    def test_language_of_an_unknown_customer_is_that_of_the_browser(self):
        complaint = self.env["expo.complaint"].create({"subject": "Lids", "email_from": "li@kehu.example"})
        page = self.url_open(self._link(complaint), headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text
        self.assertIn("登录", page)

    # -- by when -----------------------------------------------------------------------------------------

    def test_customer_reads_the_requests_and_their_date(self):
        complaint = self._complain(severity="normal")
        with freeze_time("2026-03-02 09:00:00"):
            complaint.sudo()._request_evidence("photo", date(2026, 3, 9))
            self.assertIn("Please send us photos by March 9, 2026.", self._open(complaint, by_link=True).text)
        with freeze_time("2026-03-12 09:00:00"):
            page = self._open(complaint, by_link=True).text
            self.assertIn("We are still waiting for your photos", page)
            self.assertNotIn("March 9", page)

    def test_customer_reads_the_date_of_the_awaited_answer(self):
        with freeze_time("2026-03-02 09:00:00"):
            complaint = self._offered()
            letter = complaint.sudo().with_context(lang="en_US").letter_reply_day
            self.assertIn(f"Please tell us below by {letter} whether", self._open(complaint, by_link=True).text)
        with freeze_time("2026-06-02 09:00:00"):
            self.assertIn("Please tell us below whether you accept", self._open(complaint, by_link=True).text)

    def test_day_is_that_of_the_customers_place(self):
        complaint = self._complain()
        complaint.sudo().received_at = "2026-03-02 20:30:00"
        self.assertEqual(complaint.with_context(tz="UTC")._show_date(complaint.received_at), "Mar 2, 2026")
        self.maria.tz = "Asia/Shanghai"
        self.assertIn("Mar 3, 2026", self._open(complaint, by_link=True).text)
