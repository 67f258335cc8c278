"""From the stand into the show: captured once, entered once, owned by who recorded first."""

import json
from ast import literal_eval
from datetime import datetime
from pathlib import Path

from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from tests.common import ExpoCase

EXAMPLES = json.loads((Path(__file__).parents[1] / "data" / "addresses.json").read_text(encoding="utf-8"))


@tagged("post_install", "-at_install")
@freeze_time("2026-04-17 12:00:00")
class TestExpoCapture(ExpoCase):
    def _payload(self, key="key-00000001", **values):
        return {
            "client_key": key,
            "exhibition_id": self.show.id,
            "channel": "typed",
            "name": "Maria Rossi",
            "company_name": "Acme S.p.A.",
            "email": "maria@acme.example",
            "country_code": "IT",
            "tier_code": "intent",
            "device_time": "2026-04-17T09:00:00Z",
            "sent_time": "2026-04-17T12:00:00Z",
            **values,
        }

    def _store_payloads(self, *payloads, user=None):
        return self.env["expo.capture"].with_user(user or self.seller)._store_payloads(list(payloads))

    def _captures(self, *answers):
        return self.env["expo.capture"].browse([answer["id"] for answer in answers])

    def _capture(self, user=None, **values):
        return self._captures(*self._store_payloads(self._payload(**values), user=user))

    def test_what_a_phone_sends_twice_is_stored_once(self):
        first = self._store_payloads(self._payload())
        again = self._store_payloads(self._payload())
        self.assertEqual([first[0]["status"], again[0]["status"]], ["stored", "known"])
        self.assertEqual(first[0]["id"], again[0]["id"])

    def test_capture_with_an_address_of_any_sign_keeps_it_whole_or_remarks_it(self):
        for number, (text, addresses) in enumerate(EXAMPLES):
            if not text:
                continue
            card = f"MECARD:N:Maria;EMAIL:{text.replace(':', chr(92) + ':').replace(';', chr(92) + ';')};;"
            typed = self._capture(key=f"key-typed-{number:04}", email=text)
            scanned = self._capture(key=f"key-scanned-{number:04}", email="", raw_text=card)
            edited = self._capture(key=f"key-edited-{number:04}", email="")
            edited.with_user(self.seller).email = text
            for capture in typed | scanned | edited:
                with self.subTest(text, key=capture.client_key):
                    self.assertIn(capture.email and capture.email.lower(), [False, *(one.lower() for one in addresses)])
                    whole = len(addresses) == 1
                    self.assertTrue(capture.email if whole else capture.email or capture.extra)
        remarked = self._capture(key="key-remarked-1", email="Sean o'brien\" @x.example")
        self.assertFalse(remarked.email)
        self.assertIn("Email to check: Sean o'brien\" @x.example", remarked.extra)
        remarked._enter_customers()
        self.assertFalse(remarked.partner_id.email)

    def test_a_bad_contact_among_others_is_refused_alone_and_says_why(self):
        answers = self._store_payloads(
            self._payload("key-good-0001"),
            self._payload("key-bad-00001", photo="no picture at all"),
            self._payload("key-bad-00002", exhibition_id=0),
            {"client_key": "key-empty-001", "exhibition_id": self.show.id},
            self._payload("x"),
            self._payload("key-good-0002", name="Luca\x00 Bianchi", device_time="yesterday"),
            self._payload("key-good-0003", note="Half an emoji \ud83d", device_time="0001-01-01T00:00:00+14:00"),
            self._payload("x"),
        )
        self.assertEqual(
            [answer["status"] for answer in answers],
            ["stored", "refused", "refused", "refused", "refused", "stored", "stored", "refused"],
        )
        self.assertTrue(all(answer["message"] for answer in answers if answer["status"] == "refused"))

    def test_scanned_card_fills_empty_fields(self):
        card = (
            "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Maria Rossi\r\nORG:Acme S.p.A.\r\nEMAIL:maria@acme.example\r\nEND:VCARD"
        )
        scans = [
            {"client_key": f"key-scan-000{n}", "exhibition_id": self.show.id, "channel": "scan", **values}
            for n, values in enumerate(
                (
                    {"raw_text": card},
                    {"raw_text": "MECARD:N:Wang,Wei;TEL:+862012345678;;", "name": "Wei Wang (buyer)"},
                    {"raw_text": "https://www.example.com/card?id=1", "name": "Some Contact"},
                )
            )
        ]
        vcard, mecard, url = self._captures(*self._store_payloads(*scans))
        self.assertEqual(
            (vcard.name, vcard.company_name, vcard.email), ("Maria Rossi", "Acme S.p.A.", "maria@acme.example")
        )
        self.assertEqual((mecard.name, mecard.phone), ("Wei Wang (buyer)", "+862012345678"))
        self.assertEqual(
            (url.name, url.email, url.raw_text), ("Some Contact", False, "https://www.example.com/card?id=1")
        )

    def test_qualifying_creates_a_customer_at_the_company_with_tier_and_salesperson(self):
        capture = self._capture(note="Wants 500 lamps", contact_consent="granted")
        capture.with_user(self.seller).action_enter()
        entry = capture.participation_id
        partner = entry.partner_id
        self.assertEqual(partner.parent_id.name, "Acme S.p.A.")
        self.assertEqual((partner.email, partner.country_id.code), ("maria@acme.example", "IT"))
        self.assertEqual((entry.user_id, entry.tier_id.code), (self.seller, "intent"))
        self.assertEqual((entry.conversation, entry.contact_consent), ("Wants 500 lamps", "granted"))
        self.assertEqual(entry.captured_on, datetime(2026, 4, 17, 9))
        self.assertEqual((capture.state, capture.result), ("entered", "created"))

    def test_customer_known_by_e_mail_is_completed_and_not_overwritten(self):
        partner = self._make_partner("Maria Rossi", email="Maria@Acme.example", phone=False)
        capture = self._capture(name="Maria R.", phone="+39 02 1234567")
        self.assertEqual(capture.with_user(self.seller).proposed_partner_id, partner)
        capture.with_user(self.seller).action_enter()
        self.assertEqual(capture.participation_id.partner_id, partner)
        self.assertEqual((partner.name, partner.phone), ("Maria Rossi", "+39 02 1234567"))
        self.assertEqual(capture.result, "updated")

    def test_a_customer_of_another_company_stays_theirs(self):
        other_company = self.env["res.company"].create({"name": "Another Exporter"})
        theirs = self._make_partner("Maria Rossi", email="maria@acme.example", company_id=other_company.id)
        capture = self._capture()
        capture.with_user(self.seller).action_enter()
        self.assertNotEqual(capture.partner_id, theirs)

    def test_invoice_address_is_no_contact_to_meet(self):
        company = self._make_partner("Acme SpA", is_company=True)
        address = {"name": "Invoices", "type": "invoice", "parent_id": company.id, "email": "maria@acme.example"}
        self.env["res.partner"].create(address)
        capture = self._capture()
        capture.with_user(self.seller).action_enter()
        self.assertEqual(capture.partner_id.name, "Maria Rossi")

    def test_who_looks_alike_is_proposed_and_not_united(self):
        company = self._make_partner(
            "Acme International", email="", website="https://www.acme.example", is_company=True
        )
        capture = self._capture()
        self.assertEqual(capture.with_user(self.seller).similar_ids, company)
        capture.with_user(self.seller).action_enter()
        self.assertEqual((capture.near_ids, capture.match_reason), (company, "domain"))
        self.assertEqual(capture.result, "created")

    def test_two_contacts_of_one_person_in_one_go_make_one_customer_of_one_company(self):
        first = self._capture(key="key-first-001", note="Lamps")
        second = self._capture(
            key="key-second-01", note="Chairs", device_time="2026-04-17T09:10:00Z", phone="+39 02 1234567"
        )
        third = self._capture(
            key="key-third-001", name="Luca Bianchi", email="luca@acme.example", company_name="ACME SPA"
        )
        (first | second | third).with_user(self.seller).action_enter()
        self.assertEqual(first.participation_id, second.participation_id)
        self.assertEqual(first.participation_id.conversation, "Lamps\n\nChairs")
        self.assertEqual(first.partner_id.phone, "+39 02 1234567")
        self.assertEqual(third.partner_id.parent_id, first.partner_id.parent_id)

    def test_merging_contacts_keeps_all_records_of_both_and_the_first_owns(self):
        first = self._capture(user=self.colleague)
        second = self._capture(
            key="key-second-01",
            name="M. Rossi",
            email="m.rossi@gmail.com",
            company_name="",
            device_time="2026-04-17T10:00:00Z",
        )
        (first | second).with_user(self.manager).action_enter()
        self.assertNotEqual(first.partner_id, second.partner_id)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((first | second).partner_id.ids, dst_partner=second.partner_id)
        self.assertEqual(first.participation_id, second.participation_id)
        self.assertEqual(first.partner_id, second.partner_id)
        self.assertEqual(first.participation_id.user_id, self.colleague)
        self.assertEqual(first.participation_id.co_recorder_ids, self.seller)

    def test_the_first_record_wins_and_the_later_one_is_co_recorder(self):
        later = self._capture(key="key-later-001", device_time="2026-04-17T10:00:00Z", user=self.seller)
        later.with_user(self.seller).action_enter()
        self.assertEqual(later.participation_id.user_id, self.seller)
        earlier = self._capture(key="key-early-001", device_time="2026-04-17T09:30:00Z", user=self.colleague)
        earlier.with_user(self.colleague).action_enter()
        entry = later.participation_id
        self.assertEqual(earlier.participation_id, entry)
        self.assertEqual((entry.user_id, entry.co_recorder_ids), (self.colleague, self.seller))
        self.assertEqual(entry.captured_by_id, self.colleague)
        self.assertIn("First record: expo_colleague", entry.owner_change_ids.sorted("id")[-1].reason)

    def test_claimed_day_is_no_first_record(self):
        backdated = self._make_participation(
            "Maria Rossi", email="maria@acme.example", user=self.seller, captured_on=datetime(2026, 4, 16, 8)
        )
        scanned = self._capture(user=self.colleague)
        scanned.with_user(self.colleague).action_enter()
        self.assertEqual(scanned.participation_id, backdated)
        self.assertEqual(backdated.user_id, self.colleague)

    def test_one_of_us_is_no_customer(self):
        capture = self._capture(email="anna@ours.example", name="Anna")
        with self.assertRaisesRegex(UserError, "belongs to a user"):
            capture.with_user(self.seller).action_enter()

    def test_a_show_goes_with_its_lists_and_their_files(self):
        empty = self._make_show(name="Never held", code="NH26")
        listed = (
            self.env["expo.import"]
            .with_user(self.seller)
            .create({"exhibition_id": empty.id, "filename": "list.csv", "file": b"TmFtZQpNYXJpYQo="})
        )
        files = self.env["ir.attachment"].search([("res_model", "=", listed._name), ("res_field", "!=", False)])
        self.assertTrue(files)
        empty.with_user(self.manager).unlink()
        self.assertFalse(files.exists())

    def test_who_was_archived_and_comes_again_is_alive(self):
        first = self._capture(key="key-first-001")
        first.with_user(self.seller).action_enter()
        first.participation_id.active = False
        again = self._capture(key="key-again-001", note="Came back")
        again.with_user(self.seller).action_enter()
        self.assertEqual(again.participation_id, first.participation_id)
        self.assertTrue(first.participation_id.active)

    def test_writing_the_owner_anew_does_not_keep_the_first_record_away(self):
        later = self._capture(key="key-later-001", device_time="2026-04-17T10:00:00Z", user=self.seller)
        later.with_user(self.seller).action_enter()
        later.participation_id.with_user(self.seller).user_id = self.seller
        earlier = self._capture(key="key-early-001", device_time="2026-04-17T09:30:00Z", user=self.colleague)
        earlier.with_user(self.colleague).action_enter()
        self.assertEqual(earlier.participation_id.user_id, self.colleague)

    def test_the_manager_overrides_the_first_record_and_it_stays(self):
        later = self._capture(key="key-later-001", device_time="2026-04-17T10:00:00Z", user=self.seller)
        later.with_user(self.seller).action_enter()
        entry = later.participation_id
        entry.with_user(self.manager).user_id = self.manager
        earlier = self._capture(key="key-early-001", device_time="2026-04-17T09:30:00Z", user=self.colleague)
        earlier.with_user(self.colleague).action_enter()
        self.assertEqual(entry.user_id, self.manager)
        self.assertEqual(entry.co_recorder_ids, self.seller | self.colleague)

    def test_a_clock_that_is_wrong_tells_so_when_it_sends(self):
        fast = self._capture(device_time="2026-04-17T21:00:00Z", sent_time="2026-04-17T23:00:00Z")
        self.assertEqual((fast.captured_on, fast.clock), (datetime(2026, 4, 17, 10), "corrected"))

    def test_contacts_are_to_be_entered_within_two_working_days(self):
        capture = self._capture()  # on a Friday
        self.assertEqual(str(capture.entry_deadline), "2026-04-21")
        self.assertFalse(capture.is_late)
        with freeze_time("2026-04-22 12:00:00"):
            capture.invalidate_recordset(["is_late"])
            self.assertIn(capture, self.env["expo.capture"].search([("is_late", "=", True)]))
            capture.with_user(self.seller).action_enter()
            self.assertTrue(capture.is_late)

    def test_messenger_accounts_go_into_the_customers_file_once(self):
        capture = self._capture(account="WeChat: maria88; wa: +39 333 1234567")
        again = self._capture(key="key-again-001", account="微信：maria88")
        (capture | again).with_user(self.seller).action_enter()
        accounts = capture.participation_id.file_id.account_ids
        self.assertEqual(
            [(account.kind, account.account) for account in accounts.sorted("kind")],
            [("wechat", "maria88"), ("whatsapp", "+39 333 1234567")],
        )
        self.assertEqual(accounts.person_id.partner_id, capture.partner_id)

    def test_only_the_manager_approves_and_only_what_was_entered(self):
        capture = self._capture()
        with self.assertRaises(AccessError):
            capture.with_user(self.seller).action_approve()
        capture.with_user(self.manager).action_approve()
        self.assertEqual(capture.state, "new")
        capture.with_user(self.seller).action_enter()
        capture.with_user(self.manager).action_approve()
        self.assertEqual((capture.state, capture.approved_by_id), ("approved", self.manager))

    # -- review before the contact is qualified -----------------------------------------------------------

    def test_contact_is_qualified_after_the_review_where_the_company_says_so(self):
        self.env.company.expo_capture_review_first = True
        capture = self._capture()
        with self.assertRaisesRegex(UserError, "has not reviewed it yet"):
            capture.with_user(self.seller).action_enter()
        with self.assertRaises(AccessError):
            capture.with_user(self.seller).action_approve()
        self.assertEqual((capture.state, len(capture.participation_id)), ("new", 0))
        to_review = self.env.ref("expo_followup.expo_capture_view_search")
        domain = literal_eval(etree.fromstring(to_review.arch).find(".//filter[@name='entered']").get("domain"))
        self.assertIn(capture, self.env["expo.capture"].with_user(self.manager).search(domain))
        capture.with_user(self.manager).action_approve()
        self.assertNotIn(capture, self.env["expo.capture"].with_user(self.manager).search(domain))
        self.assertEqual((capture.state, capture.approved_by_id), ("new", self.manager))
        capture.with_user(self.seller).action_enter()
        self.assertEqual((capture.state, capture.entered_by_id), ("approved", self.seller))
        self.assertEqual(capture.participation_id.user_id, self.seller)

    def test_contact_changed_by_a_salesperson_after_the_review_is_reviewed_again(self):
        self.env.company.expo_capture_review_first = True
        capture = self._capture()
        capture.with_user(self.manager).action_approve()
        capture.with_user(self.manager).note = "Wants prices"
        self.assertFalse(capture.needs_review)
        capture.with_user(self.seller).name = "Mario Rossi"
        self.assertTrue(capture.needs_review)
        self.assertFalse(capture.approved_by_id)

    def test_a_manager_who_qualifies_has_reviewed(self):
        self.env.company.expo_capture_review_first = True
        captures = self._capture() | self._capture(key="key-other-0001", name="Carla", email="carla@x.example")
        captures.with_user(self.manager).action_enter()
        self.assertEqual(captures.mapped("state"), ["approved", "approved"])
        self.assertEqual(captures.approved_by_id, self.manager)

    def test_automatic_qualification_waits_for_the_review(self):
        self.env.company.write({"expo_capture_review_first": True, "expo_capture_at_once": True})
        capture = self._capture()
        self._run_cron("capture")
        self.assertEqual(capture.state, "new")
        capture.with_user(self.manager).action_approve()
        self._run_cron("capture")
        self.assertEqual(capture.state, "approved")

    def test_review_has_the_contact_qualified_at_once_where_that_is_automatic(self):
        self.env.company.write({"expo_capture_review_first": True, "expo_capture_at_once": True})
        capture = self._capture()
        action = self.env.ref("expo_followup.ir_cron_capture")
        self._run_cron("capture")
        self.env["ir.cron.trigger"].search([("cron_id", "=", action.id)]).unlink()
        capture.with_user(self.manager).action_approve()
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", action.id)]))

    def test_by_default_contacts_are_reviewed_afterwards(self):
        capture = self._capture()
        self.assertFalse(capture.needs_review)
        capture.with_user(self.seller).action_enter()
        self.assertEqual(capture.state, "entered")

    # -- what marketing gets --------------------------------------------------------------------------------

    def _marketing_list(self, user):
        return self.env["mail.activity"].search([("user_id", "=", user.id), ("res_model", "=", False)])

    def test_marketing_gets_the_customers_reviewed_the_day_before_once(self):
        marketing = new_test_user(self.env, "expo_marketing", "base.group_user", email="mia@ours.example")
        self.env.company.expo_marketing_user_id = marketing
        first, second = self._capture(), self._capture(key="key-other-0001", name="Carla", email="carla@x.example")
        again = self._capture(key="key-again-0001")
        waiting = self._capture(key="key-third-0001", name="Dora", email="dora@y.example")
        (first | second | again | waiting).with_user(self.seller).action_enter()
        (first | again).with_user(self.manager).action_approve()  # on a Friday
        self._run_cron("capture")
        self.assertFalse(self._marketing_list(marketing))
        with freeze_time("2026-04-18 08:00:00"):
            self._run_cron("capture")
            self.assertFalse(self._marketing_list(marketing))
            second.with_user(self.manager).action_approve()
        with freeze_time("2026-04-20 08:00:00"):
            self._run_cron("capture")
            self._run_cron("capture")
            told = self._marketing_list(marketing)
            self.assertEqual(len(told), 1)
            self.assertEqual(told.summary, "Reviewed customers: 2")
            for capture in (first, second):
                self.assertIn(f"/odoo/exhibition-customers/{capture.participation_id.id}", told.note)
            self.assertNotIn("Dora", told.note)
            self.assertEqual(str(first.marketing_on), "2026-04-20")
        with freeze_time("2026-04-21 08:00:00"):
            self._run_cron("capture")
            self.assertEqual(self._marketing_list(marketing), told)

    def test_a_marketing_contact_set_later_gets_no_old_news_and_one_who_left_gets_none(self):
        capture = self._capture()
        capture.with_user(self.seller).action_enter()
        capture.with_user(self.manager).action_approve()
        self.env.company.expo_marketing_user_id = self.colleague
        with freeze_time("2026-06-01 08:00:00"):
            self._run_cron("capture")
            self.assertFalse(self._marketing_list(self.colleague))
        self.colleague.action_archive()
        with freeze_time("2026-04-20 08:00:00"):
            self._run_cron("capture")
            self.assertFalse(self._marketing_list(self.colleague))

    def test_erasing_a_person_takes_the_lists_that_name_them(self):
        self.env.company.expo_marketing_user_id = self.colleague
        capture = self._capture()
        capture.with_user(self.seller).action_enter()
        capture.with_user(self.manager).action_approve()
        with freeze_time("2026-04-20 08:00:00"):
            self._run_cron("capture")
            self.assertIn("Maria Rossi", self._marketing_list(self.colleague).note)
            self.env["expo.privacy.erase"].create(
                {"partner_id": capture.partner_id.id, "reason": "Asked for"}
            ).action_erase()
            self.assertFalse(self._marketing_list(self.colleague).exists())

    def test_evidence_and_what_was_entered_is_not_changed_by_hand(self):
        capture = self._capture(raw_text="MECARD:N:Rossi;;")
        mine = capture.with_user(self.seller)
        for values in (
            {"raw_text": "Something else"},
            {"captured_on": "2026-04-01 00:00:00"},
            {"captured_by_id": self.colleague.id},
            {"state": "approved"},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                mine.write(values)
        mine.name = "Maria Rossi-Verdi"
        mine.action_enter()
        with self.assertRaises(AccessError):
            mine.name = "Another"
        with self.assertRaises(UserError):
            capture.with_user(self.manager).unlink()

    def test_companies_that_review_nothing_enter_at_once(self):
        self.env.company.expo_capture_at_once = True
        capture = self._capture()
        self._run_cron("capture")
        self.assertEqual(capture.state, "entered")

    def test_unidentified_contact_stays_with_the_reason_and_blocks_no_other(self):
        nameless = self._capture(key="key-nameless-01", name="", company_name="", email="", note="tall, glasses")
        good = self._capture()
        answer = (nameless | good).with_user(self.seller).action_enter()
        self.assertEqual(answer["params"]["type"], "warning")
        self.assertEqual((nameless.state, good.state), ("new", "entered"))
        self.assertTrue(nameless.problem)
        with self.assertRaises(UserError):
            nameless.with_user(self.seller).action_enter()

    def test_entering_a_thousand_takes_a_constant_number_of_queries(self):
        captures = self.env["expo.capture"].create(
            [
                {
                    "exhibition_id": self.show.id,
                    "name": f"Person {n}",
                    "company_name": f"Firm {n % 700}",
                    "email": f"person{n}@firm{n % 700}.example",
                    "country_id": self.env.ref("base.it").id,
                }
                for n in range(1000)
            ]
        )
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        captures._enter_customers()
        self.env.flush_all()
        queries = self.env.cr.sql_log_count - before
        self.assertEqual(len(captures.participation_id), 1000)
        # One of them per person with a company is core's own, which looks up the companies for each.
        self.assertLess(queries - 1000, 250)
