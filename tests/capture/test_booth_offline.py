"""A phone at the stand whose network is really gone: nothing is lost, and nothing arrives twice."""

import base64
import io
import json
from pathlib import Path

from PIL import Image
from reportlab.graphics.barcode import createBarcodeDrawing

from odoo.tests import tagged

from tests.capture.common_network import Cable
from tests.capture.test_booth import BoothCase
from tests.common_browser import Page

CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Ivan Petrov\nORG:Petrov Trade;Sales\nEMAIL:ivan@petrov.example\nEND:VCARD"
#: What phones and badges hold, and what the form shows of it (the server reads it again, with all rules).
CARDS = {
    CARD: {"name": "Ivan Petrov", "company_name": "Petrov Trade", "email": "ivan@petrov.example"},
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0;=E4=BC=9F\r\n"
    "TEL;CELL:+86 20 1\r\nADR:;;Road 1;Guangzhou;;510000;China\r\nEND:VCARD": {
        "name": "张伟", "phone": "+86 20 1", "country_id": 7,
    },
    "MECARD:N:Rossi,Maria;ORG:Rossi\\; Figli;TEL:+39021;EMAIL:maria@rossi.example;;": {
        "name": "Maria Rossi", "company_name": "Rossi; Figli", "phone": "+39021", "email": "maria@rossi.example",
    },
    "https://u.wechat.com/abc": {},
    "BEGIN:VCARD": {},
    "MECARD:N:Sean;EMAIL:sean o'brien@x.example@y.example;;": {"name": "Sean"},
    "BEGIN:VCARD\nFN:Sean\nEMAIL:mailto:Sean.O'Brien@X.example\nEND:VCARD": {
        "name": "Sean", "email": "sean.o'brien@x.example",
    },
    "  BEGIN:VCARD\n  FN:Li Na\n  TEL;TYPE=FAX:1\n  TEL;TYPE=CELL:2\n  EMAIL;PREF=2:b@x.example\n"
    "  EMAIL;PREF=1:a@x.example\n  ORG:Acme\\, Inc.\\; \\\"Q\\\"\n  END:VCARD": {
        "name": "Li Na", "phone": "2", "email": "a@x.example", "company_name": 'Acme, Inc.; "Q"',
    },
    "BEGIN:VCARD\nN;ENCODING=B:546LO+Wwj+aYjg==\nTEL:\n +39 02\nEND:VCARD": {"name": "王小明", "phone": "+39 02"},
    "mailto:maria@x.example?subject=Hi": {"email": "maria@x.example"},
    "tel:+39-02-1234567": {"phone": "+39-02-1234567"},
    "https://wa.me/393331234567": {"phone": "+393331234567", "account": "WhatsApp: +393331234567"},
    "Maria Rossi\nmaria@x.example": {"email": "maria@x.example"},
    "MECARD:\nN:Rossi,Maria;\nTEL:+39021;;": {"name": "Maria Rossi", "phone": "+39021"},
    "BEGIN:VCARD\nKIND:org\nFN:Acme Corp\nORG:Acme Corp\nTEL:1\nEND:VCARD": {"company_name": "Acme Corp", "phone": "1"},
    "SMSTO:+39 333 1234567:Hello there": {"phone": "+39 333 1234567"},
    "VIS^4711^Rossi^maria@x.example": {"email": "maria@x.example"},
    "name=Maria;email=maria@x.example": {"email": "maria@x.example"},
    "WIFI:T:WPA;S:Hotel;P:summer@2026.example;;": {},
    "BEGIN:VEVENT\nORGANIZER:mailto:org@fair.example\nEND:VEVENT": {},
    "https://fair.example/v?email=maria@x.example": {},
    "https://wa.me/message/1234567ABC": {},
}  # fmt: skip
READ_CARD = (
    "odoo.loader.modules.get('@expo_followup/booth/booth_card').readCard(%s, [{id: 7, code: 'CN', name: 'China'}])"
)
#: What the server finds in the same texts: tools/test_addresses.py.
ADDRESSES = Path(__file__).parents[1] / "data" / "addresses.json"
FIND_ADDRESSES = "odoo.loader.modules.get('@expo_followup/booth/booth_address').findAddresses(%s)"
#: A picture as a camera makes one: too large to be sent as it is.
TAKE_PHOTO = """(async () => {
    const canvas = new OffscreenCanvas(2400, 1200);
    const context = canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, 2400, 1200);
    const files = new DataTransfer();
    files.items.add(new File([await canvas.convertToBlob()], "card.png", { type: "image/png" }));
    const input = document.querySelector("input[type=file]");
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
})()"""
#: What iOS does to a page in the background: the connection to the database is closed, and the database gone.
DROP_DATABASE = """new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase("expo_booth");
    request.onsuccess = () => resolve(true);
    request.onerror = reject;
})"""
FAIL_TO_KEEP = """(() => {
    window.put = window.put || IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...values) {
        if (this.name === "captures") {
            throw new DOMException("Not kept", "%s");
        }
        return window.put.apply(this, values);
    };
})()"""
#: A camera that is shown a code.
HOLD_CODE = """(async () => {
    const image = new Image();
    image.src = "data:image/svg+xml;base64,%s";
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [640, 480];
    const context = canvas.getContext("2d");
    setInterval(() => {
        context.fillStyle = "white";
        context.fillRect(0, 0, 640, 480);
        context.drawImage(image, 180, 100, 280, 280);
    }, 50);
    navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream());
})()"""
IS_KEPT = """(async () => {
    const names = await caches.keys();
    return names.length === 1 && Boolean(await (await caches.open(names[0])).match("/expo/booth"));
})()"""
HEADER = "document.querySelector('header').innerText"
IS_LEAVING_ASKED = """(() => {
    const event = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(event);
    return event.defaultPrevented;
})()"""


@tagged("post_install", "-at_install")
class TestBoothOffline(BoothCase):
    browser_size = "390x844"
    touch_enabled = True

    def _save(self, page, tier="Intends to order"):
        page.click(tier)
        page.click("Save and new")
        page.wait_for_text("Saved:")

    def test_three_contacts_recorded_without_network_arrive_once_each(self):
        drawing = createBarcodeDrawing("QR", value=CARD, width=300, height=300)
        code = base64.b64encode(drawing.asString("svg").encode()).decode()
        with Cable(self.http_port()) as cable, Page(self, "expo_seller") as page, self.allow_requests(page.browser):
            page.open(f"{cable.url}/expo/booth")
            page.wait_for_text("Spring Fair")
            page.wait_for(IS_KEPT, "the page is not kept on the phone")

            cable.cut()
            page.set_online(False)
            page.click("Type in")
            page.type("name", "Maria Rossi")
            page.click("Agrees")
            self._save(page, "Signed at the show")
            page.run(TAKE_PHOTO)
            page.click("Exhibitor")
            self._save(page)
            page.run(HOLD_CODE % code)
            page.click("Scan")
            page.wait_for("document.querySelector('[name=name]')?.value === 'Ivan Petrov'", "no code was read")
            self._save(page)
            page.wait_for_text("3 not sent")
            self.assertTrue(page.run(IS_LEAVING_ASKED))

            page.reload()
            page.wait_for_text("No network.")
            page.wait_for_text("3 not sent")

            cable.mend()
            cable.lose_answer("/expo/booth/capture")
            page.set_online(True)
            page.wait_for_text("All sent")
            self.assertFalse(page.run(IS_LEAVING_ASKED))
        self.assertEqual(cable.lost, 1)
        captures = self._captures()
        typed, photographed, scanned = captures.sorted(lambda one: ["typed", "photo", "scan"].index(one.channel))
        self.assertEqual((typed.name, typed.contact_consent), ("Maria Rossi", "granted"))
        self.assertEqual(typed.tier_id, self.tiers["signed"])
        self.assertIn("May we keep your contact details", typed.consent_wording)
        self.assertEqual(photographed.role, "exhibitor")
        self.assertTrue(base64.b64decode(photographed.photo).startswith(b"\xff\xd8"))
        self.assertEqual(scanned.company_name, "Petrov Trade")
        self.assertEqual(scanned.raw_text.replace("\r", ""), CARD)
        self.assertEqual(captures.captured_by_id, self.seller)

    def test_contact_is_kept_when_the_browser_has_dropped_the_database_under_the_page(self):
        with Page(self, "expo_seller") as page, self.allow_requests(page.browser):
            page.open(f"{self.base_url()}/expo/booth")
            page.wait_for_text("Spring Fair")
            page.run(DROP_DATABASE)
            page.click("Type in")
            page.type("name", "Maria Rossi")
            self._save(page)
            page.wait_for_text("All sent")
        self.assertEqual(self._captures().name, "Maria Rossi")

    def test_page_says_no_space_only_where_there_is_none_and_keeps_what_was_entered(self):
        texts = {"QuotaExceededError": "no space left", "DataError": "what you entered is still here"}
        with Page(self, "expo_seller") as page, self.allow_requests(page.browser):
            page.open(f"{self.base_url()}/expo/booth")
            page.wait_for_text("Spring Fair")
            page.click("Type in")
            page.type("name", "Maria Rossi")
            page.click("Intends to order")
            for name, text in texts.items():
                page.run(FAIL_TO_KEEP % name)
                page.click("Save and new")
                page.wait_for_text(text)
            page.run("IDBObjectStore.prototype.put = window.put")
            page.click("Save and new")
            page.wait_for_text("Saved:")
            page.wait_for_text("All sent")
        self.assertEqual(self._captures().name, "Maria Rossi")

    def test_what_was_begun_is_there_when_the_phone_ends_the_page(self):
        with Page(self, "expo_seller") as page, self.allow_requests(page.browser):
            page.open(f"{self.base_url()}/expo/booth")
            page.wait_for_text("Spring Fair")
            page.run(TAKE_PHOTO.replace("context.fillRect(0, 0, 2400, 1200);", ""))
            page.wait_for_text("Save and new")
            page.type("name", "Maria Rossi")
            page.wait_for("localStorage.getItem('expo_booth_draft')?.includes('Maria Rossi')", "the draft is not kept")
            page.run(DROP_DATABASE)
            page.reload()
            page.wait_for("document.querySelector('[name=name]')?.value === 'Maria Rossi'", "the draft is gone")
            self._save(page)
            page.wait_for_text("All sent")
            self.assertIsNone(page.run("localStorage.getItem('expo_booth_draft')"))
        photo = Image.open(io.BytesIO(base64.b64decode(self._captures().photo)))
        self.assertEqual(photo.getpixel((1, 1)), (255, 255, 255), "the ground of a transparent picture is white")

    def test_what_one_recorded_is_not_sent_by_another(self):
        own_name, name = self.seller.name, self.colleague.name
        with Cable(self.http_port()) as cable, Page(self, "expo_seller") as page:
            with self.allow_requests(page.browser):
                page.open(f"{cable.url}/expo/booth")
                page.wait_for(IS_KEPT, "the page is not kept on the phone")
                cable.cut()
                page.click("Type in")
                page.type("company_name", "Rossi SpA")
                self._save(page)

            self.authenticate("expo_colleague", "expo_colleague", browser=page.browser)
            with self.allow_requests(page.browser):
                cable.mend()
                page.run("window.dispatchEvent(new Event('online'))")
                page.wait_for_text("and not sent: 1.")
                page.wait_for_text("All sent")
                self.assertIn(name, page.run(HEADER))
                cable.cut()
            self.assertFalse(self._captures())

            self.authenticate("expo_seller", "expo_seller", browser=page.browser)
            with self.allow_requests(page.browser):
                cable.mend()
                page.reload()
                page.wait_for(
                    f"{HEADER}.includes({json.dumps(own_name)})", "the page is not of the user who is logged in"
                )
                page.click("All sent")
                page.wait_for_text("Rossi SpA")
        self.assertEqual(self._captures().captured_by_id, self.seller)

    def test_a_logged_out_phone_keeps_what_it_has(self):
        with Page(self, "expo_seller") as page:
            with self.allow_requests(page.browser):
                page.open(f"{self.base_url()}/expo/booth")
                page.wait_for_text("Spring Fair")
            self.authenticate(None, None, browser=page.browser)
            with self.allow_requests(page.browser):
                page.click("Type in")
                page.type("name", "Maria Rossi")
                self._save(page)
                page.wait_for_text("You are logged out.")
                page.wait_for_text("1 not sent")
                link = page.run("document.querySelector('.booth-banner a').getAttribute('href')")
            self.assertEqual(link, "/web/login?redirect=/expo/booth")
            self.assertFalse(self._captures())
            self.authenticate("expo_seller", "expo_seller", browser=page.browser)
            with self.allow_requests(page.browser):
                page.run("window.dispatchEvent(new Event('online'))")
                page.wait_for_text("All sent")
        self.assertEqual(self._captures().name, "Maria Rossi")

    def test_a_refused_contact_is_corrected_and_sent_again(self):
        gone = self._make_show(name="Called Off", code="CO26", member_ids=self.seller.ids)
        with Page(self, "expo_seller") as page:
            with self.allow_requests(page.browser):
                page.open(f"{self.base_url()}/expo/booth")
                page.wait_for_text("Called Off")
            gone.unlink()
            with self.allow_requests(page.browser):
                page.click("Type in")
                page.type("name", "Maria Rossi")
                self._save(page)
                page.click("To correct")
                page.wait_for_text("Refused: You cannot save this contact because its exhibition no longer exists")
                page.run("window.dispatchEvent(new Event('online'))")
                page.wait_for_text("Spring Fair")
                page.click("Correct")
                page.type("company_name", "Rossi SpA")
                page.click("Save")
                page.wait_for_text("All sent")
        self.assertEqual((self._captures().name, self._captures().company_name), ("Maria Rossi", "Rossi SpA"))

    def test_scanned_cards_fill_the_form_and_anything_else_stays_text(self):
        with Page(self, "expo_seller") as page, self.allow_requests(page.browser):
            page.open(f"{self.base_url()}/expo/booth")
            page.wait_for_text("Spring Fair")
            for text, expected in CARDS.items():
                with self.subTest(text=text):
                    self.assertEqual(page.run(READ_CARD % json.dumps(text)), expected)
            for text, addresses in json.loads(ADDRESSES.read_text(encoding="utf-8")):
                with self.subTest(text):
                    self.assertEqual(page.run(FIND_ADDRESSES % json.dumps(text)), addresses)
