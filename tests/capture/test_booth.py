"""The booth page on the server: who may use it, what it is told, and what it hands over."""

import base64
import json
import uuid

from odoo.addons.expo_followup.controllers.capture import booth
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from tests.common import ExpoCase

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class BoothCase(ExpoCase, HttpCase):
    """A salesperson at the stand of a running show."""

    def _call(self, path, **params):
        """The answer of a JSON route: its result, or its error as ``{"error": …}``."""
        answer = self.url_open(path, data=json.dumps({"params": params}), headers={"Content-Type": "application/json"})
        content = answer.json()
        return content["result"] if "result" in content else {"error": content["error"]}

    def _send(self, *payloads, owner=None):
        return self._call("/expo/booth/capture", owner=owner or self._owner(), payloads=list(payloads))

    def _owner(self, user=None):
        return f"{self.env.cr.dbname}:{(user or self.seller).id}"

    def _payload(self, **values):
        return {
            "client_key": str(uuid.uuid4()),
            "exhibition_id": self.show.id,
            "channel": "typed",
            "name": "Maria Rossi",
            "email": "maria@rossi.example",
            "tier_id": self.tiers["intent"].id,
            "device_time": "2026-04-17T09:00:00.000Z",
            "sent_time": "2026-04-17T09:00:05.000Z",
            **values,
        }

    def _captures(self):
        return self.env["expo.capture"].search([("exhibition_id", "=", self.show.id)])


@tagged("post_install", "-at_install")
class TestBoothPage(BoothCase):
    def test_a_salesperson_gets_the_page_and_nothing_personal_in_it(self):
        self.authenticate("expo_seller", "expo_seller")
        page = self.url_open("/expo/booth")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn(self.seller.name, page.text)
        self.authenticate("expo_manager", "expo_manager")
        self.assertEqual(self.url_open("/expo/booth").text, page.text)

    def test_others_get_a_friendly_refusal(self):
        new_test_user(self.env, "expo_portal", "base.group_portal")
        new_test_user(self.env, "expo_clerk", "base.group_user")
        for login in ("expo_portal", "expo_clerk"):
            self.authenticate(login, login)
            page = self.url_open("/expo/booth")
            self.assertEqual(page.status_code, 403)
            self.assertIn("This page is for salespeople", page.text)
            with mute_logger("odoo.http"):
                answers = [self._call("/expo/booth/data"), self._send(self._payload())]
            for answer in answers:
                self.assertEqual(answer["error"]["data"]["name"], "odoo.exceptions.AccessError")
        self.assertFalse(self._captures())

    @mute_logger("odoo.http")
    def test_booth_gives_nothing_without_login(self):
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/expo/booth").url)
        self.assertEqual(self._call("/expo/booth/data")["error"]["code"], 100)
        self.assertEqual(self._send(self._payload())["error"]["code"], 100)

    def test_the_worker_keeps_the_page_and_files_that_are_there(self):
        self.authenticate("expo_seller", "expo_seller")
        answer = self.url_open("/expo/booth/service-worker.js")
        self.assertEqual(answer.headers["Service-Worker-Allowed"], "/expo/booth")
        first_line = answer.text.partition(";\n")[0]
        kept = json.loads(first_line.removeprefix("self.BOOTH = "))
        self.assertIn("/web/static/lib/zxing-library/zxing-library.js", kept["files"])
        page = self.url_open(kept["page"]).text
        bundles = [file for file in kept["files"] if "assets_booth" in file]
        self.assertEqual(len(bundles), 2)
        for bundle in bundles:
            self.assertIn(bundle, page)
        for file in kept["files"]:
            self.assertEqual(self.url_open(file).status_code, 200, file)
        self.authenticate(None, None)
        self.assertEqual(self.url_open("/expo/booth/service-worker.js").text, answer.text)

    def test_it_is_an_app_of_its_own(self):
        manifest = self.url_open("/web/manifest.scoped_app_manifest?app_id=expo_followup&path=/expo/booth").json()
        self.assertEqual((manifest["scope"], manifest["start_url"]), ("/expo/booth", "/expo/booth"))
        self.assertEqual([icon["sizes"] for icon in manifest["icons"]], ["192x192", "512x512"])
        for icon in manifest["icons"]:
            self.assertEqual(self.url_open(icon["src"]).status_code, 200)

    def test_the_lists_are_those_of_the_user(self):
        served = self._make_show(name="Autumn Fair", code="AF26", member_ids=self.seller.ids)
        self._make_show(name="Old Fair", code="OF26", state="done")
        stranger = self.env["res.company"].create({"name": "Another One"})
        self._make_show(name="Of Others", code="OO26", company_id=stranger.id, user_id=False)
        self.show.product_ids = self.env["product.product"].create({"name": "Yellow Lamp"})
        self.authenticate("expo_seller", "expo_seller")
        data = self._call("/expo/booth/data")
        self.assertEqual(data["owner"], self._owner())
        self.assertEqual([show["id"] for show in data["shows"]], [served.id, self.show.id])
        self.assertEqual(data["products"][0]["name"], "Yellow Lamp")
        codes = [tier["code"] for tier in data["tiers"]]
        self.assertEqual(codes, ["signed", "intent", "no_agreement", "materials", "none"])

    def test_the_lists_speak_the_language_of_the_user(self):
        self.seller.lang = "zh_CN"
        self.authenticate("expo_seller", "expo_seller")
        data = self._call("/expo/booth/data")
        self.assertEqual((data["lang"], data["locale"]), ("zh_CN", "zh-CN"))
        self.assertEqual(data["tiers"][0]["name"], "现场签约客户")
        self.assertIn({"id": self.env.ref("base.de").id, "code": "DE", "name": "德国"}, data["countries"])
        self.assertEqual(set(data["consent"]), {"en_US", "zh_CN"})


@tagged("post_install", "-at_install")
class TestBoothCapture(BoothCase):
    def setUp(self):
        super().setUp()
        self.authenticate("expo_seller", "expo_seller")

    def test_what_was_recorded_is_stored_as_it_was_and_by_whom(self):
        payload = self._payload(photo=PIXEL, contact_consent="granted", consent_wording="May we write?")
        (answer,) = self._send(payload)["answers"]
        self.assertEqual((answer["status"], answer["client_key"]), ("stored", payload["client_key"]))
        capture = self._captures()
        self.assertEqual(
            (capture.id, capture.name, capture.tier_id), (answer["id"], "Maria Rossi", self.tiers["intent"])
        )
        self.assertEqual((capture.captured_by_id, capture.user_id), (self.seller, self.seller))
        self.assertEqual(capture.consent_wording, "May we write?")
        self.assertTrue(base64.b64decode(capture.photo).startswith(b"\x89PNG"))

    def test_what_the_page_has_read_of_a_card_is_read_here_unless_the_user_has_changed_it(self):
        """A page knows fewer encodings and rules; what a user has changed or emptied stays so."""
        card = "BEGIN:VCARD\nN;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:=CD=F5;=CE=B0\nTEL;FAX:1111111\nTEL;CELL:2222222"
        card += "\nEMAIL:wang@acme.example\nORG:Acme\nADR:;;;Seoul;;;Korea, Republic of\nEND:VCARD"
        read = {"name": "x", "phone": "1111111", "email": "wang@acme.example", "company_name": "Acme"}
        typed = {**read, "email": "w@acme.example", "company_name": ""}
        self._send(self._payload(raw_text=card, read=read, **typed))
        capture = self._captures()
        self.assertEqual((capture.name, capture.phone), ("王伟", "2222222"))
        self.assertEqual((capture.email, capture.company_name), ("w@acme.example", False))
        self.assertEqual(capture.country_id, self.env.ref("base.kr"))

    def test_sending_again_changes_nothing(self):
        payload = self._payload()
        first, again = self._send(payload, payload)["answers"]
        later = self._send({**payload, "name": "Another One"})["answers"][0]
        self.assertEqual([one["status"] for one in (first, again, later)], ["stored", "known", "known"])
        self.assertEqual(self._captures().mapped("name"), ["Maria Rossi"])

    def test_one_bad_contact_does_not_hold_up_the_others(self):
        bad = self._payload(name="", email="", note="")
        answers = self._send(self._payload(), bad, "nonsense", self._payload(name="Paolo Bianchi"))["answers"]
        self.assertEqual([one["status"] for one in answers], ["stored", "refused", "refused", "stored"])
        self.assertTrue(answers[1]["message"])
        self.assertEqual(len(self._captures()), 2)

    def test_shows_of_other_companies_are_closed(self):
        stranger = self.env["res.company"].create({"name": "Another One"})
        theirs = self._make_show(name="Of Others", code="OO26", company_id=stranger.id, user_id=False)
        with mute_logger("odoo.addons.base.models.ir_rule"):
            (answer,) = self._send(self._payload(exhibition_id=theirs.id))["answers"]
        self.assertEqual(answer["status"], "refused")
        self.assertFalse(self.env["expo.capture"].search([("exhibition_id", "=", theirs.id)]))

    def test_nothing_is_handed_over_in_another_name(self):
        answer = self._send(self._payload(), owner=self._owner(self.colleague))
        self.assertEqual(answer, {"problem": "other_user", "user": self.seller.name})
        self.assertFalse(self._captures())

    def test_a_web_address_is_stored_and_not_fetched(self):
        # Any request to the outside raises in a test.
        (answer,) = self._send(self._payload(name="", email="", channel="scan", raw_text="https://u.wechat.com/x"))[
            "answers"
        ]
        self.assertEqual(answer["status"], "stored")
        self.assertEqual(self._captures().raw_text, "https://u.wechat.com/x")

    def test_what_is_too_large_is_refused_and_the_rest_is_not(self):
        huge = self._payload(photo="A" * (9 * 1024 * 1024))
        answers = self._send(huge, self._payload())["answers"]
        self.assertEqual([one["status"] for one in answers], ["refused", "stored"])

    @mute_logger("odoo.http")
    def test_a_request_beyond_all_bounds_is_not_even_read(self):
        answer = self._send(self._payload(photo="A" * (25 * 1024 * 1024)))
        self.assertIn("RequestEntityTooLarge", answer["error"]["data"]["name"])
        many = self._send(*[{"client_key": f"key-{number:06}"} for number in range(101)])
        self.assertEqual(many["problem"], "too_large")
        self.assertFalse(self._captures())

    def test_a_flood_is_slowed_down(self):
        self.patch(booth, "MOST_AN_HOUR", 2)
        self._send(self._payload(), self._payload())
        self.assertEqual(self._send(self._payload())["problem"], "busy")
        self.assertEqual(len(self._captures()), 2)
