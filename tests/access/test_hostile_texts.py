"""Scripts, markup and addresses in whatever a customer or a colleague may type: shown as text, never run or fetched."""

import http.server
import io
import json
import re
import threading
from urllib.parse import urlsplit

from lxml import html
from markupsafe import Markup

from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfFileReader

from tests.common_access import AccessCase

#: Written into every text of every record; what runs of it leaves a mark in the window.
SCRIPT = (
    "\"'><img src='data:,x' onerror='top.expoPwned=1'><script>top.expoPwned=1</script>"
    "<a href='javascript:top.expoPwned=1'>a</a><svg onload='top.expoPwned=1'></svg>"
    "{{1234567*3}}<t t-out='1234567*3'/>"
)
#: Addresses and keys, without which no letter and no page is there.
KEPT = ("email", "email_from", "tz", "lang", "access_token", "invoice_edi_format_store")
VIEWS = ("list", "kanban", "form", "pivot", "graph", "calendar")
#: Opens each view, every page of a form too, and looks for what a text has become.
OPEN_VIEWS = """
(async () => {
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const found = [];
    const look = (name) => {
        const documents = [document, ...[...document.querySelectorAll("iframe")].map((one) => one.contentDocument)];
        for (const one of documents.filter(Boolean)) {
            const bad = one.querySelectorAll("[onerror], [onload], a[href^='javascript:top' i], script:not([src])");
            const ours = [...bad].filter((node) => node.outerHTML.includes("expoPwned"));
            found.push(...ours.map((node) => `${name}: ${node.outerHTML}`));
        }
        if (window.expoPwned) {
            found.push(`${name}: ran`);
            delete window.expoPwned;
        }
    };
    for (const { name, model, view, type, id } of VIEWS) {
        await action.doAction(
            { type: "ir.actions.act_window", res_model: model, views: [[view, type]], res_id: id, name },
            { clearBreadcrumbs: true }
        );
        for (let left = 40; left && !document.querySelector(".o_action_manager .o_view_controller"); left--) {
            await wait(50);
        }
        await wait(80);
        look(name);
        for (const page of document.querySelectorAll(".o_notebook .nav-link:not(.active)")) {
            page.click();
            await wait(60);
            look(name);
        }
    }
    if (found.length) {
        console.error(`expo: ${found.join("; ").slice(0, 3000)}`);
    } else {
        console.log("test successful");
    }
})();
"""


class HostileCase(AccessCase, HttpCase):
    """Records of every model, whose texts are hostile."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.users["manager"]
        cls.boss.password = cls.boss.login
        cls.records = cls._make_customer(cls.boss, "own")
        cls.entry = cls.records["expo.participation"]
        cls.records["expo.exhibition"] = cls.entry.exhibition_id
        cls.records["res.partner"] = cls.entry.partner_id
        cls.entry.partner_id.country_id = cls.env.ref("base.it")
        cls.entry.partner_id.email = "maria@customer.example"

    @classmethod
    def _plant(cls, text):
        """Write a text into whatever takes one, as the system; return how many fields did."""
        count = 0
        for record in cls.records.values():
            for field in record._fields.values():
                typed = field.type in ("char", "text", "html") and field.store and record._auto
                if not typed or field.readonly or field.related or field.name in KEPT:
                    continue
                try:
                    with cls.env.cr.savepoint():
                        record[field.name] = text
                        cls.env.flush_all()
                    count += 1
                except Exception:
                    record.invalidate_recordset()
        return count

    def _get_bad_nodes(self, text):
        """What of a page would run or lead astray."""
        return [
            html.tostring(node, encoding="unicode")[:200]
            for node in html.document_fromstring(text or "<p/>").iter()
            if isinstance(node.tag, str)
            and (
                any(name.startswith("on") and "expoPwned" in value for name, value in node.attrib.items())
                or any(value.strip().lower().startswith("javascript:top") for value in node.attrib.values())
                or (node.tag == "script" and (node.text or "").strip() == "top.expoPwned=1")
            )
        ]


@tagged("post_install", "-at_install")
class TestHostileTexts(HostileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.planted = cls._plant(SCRIPT)
        cls.entry._ensure_feedback_inputs()
        answer = cls.entry.feedback_input_ids
        question = cls.env.ref("expo_followup.survey_feedback_better")
        line = {"question_id": question.id, "answer_type": "text_box", "value_text_box": SCRIPT}
        answer.write({"state": "done", "user_input_line_ids": [Command.create(line)]})
        for record in cls.records.values():
            if hasattr(record, "message_post"):
                record.message_post(body=SCRIPT, subject=SCRIPT)
                record.message_post(body=Markup(SCRIPT), attachments=[(f"{SCRIPT}.txt", b"x")])

    def test_texts_are_planted(self):
        self.assertGreater(self.planted, 120)

    def test_every_view_shows_them_as_text(self):
        views = {}
        for action in self.env["ir.actions.act_window"].search([("res_model", "in", list(self.records))], order="id"):
            for view, kind in action.views:
                if kind in VIEWS:
                    found = {"name": f"{action.xml_id} {kind}", "model": action.res_model, "view": view, "type": kind}
                    views[(action.res_model, view, kind)] = {**found, "id": self.records[action.res_model].ids[0]}
        views = list(views.values())
        self.assertGreater(len(views), 40)
        code = OPEN_VIEWS.replace("of VIEWS", f"of {json.dumps(views)}")
        ready = "Boolean(odoo.__WOWL_DEBUG__?.root?.env.services.action && document.querySelector('.o_main_navbar'))"
        self.browser_js("/odoo/exhibitions", code, ready, login=self.boss.login, timeout=300)

    def test_every_letter_holds_them_as_text(self):
        count = 0
        for template in self.env["mail.template"].search([("model", "=like", "expo.%")]):
            record = self.records.get(template.model)
            if record:
                with self.subTest(template=template.name):
                    count += 1
                    body = template._render_field("body_html", record.ids)[record.ids[0]]
                    self.assertFalse(self._get_bad_nodes(body))
                    self.assertNotIn("3703701", template._render_field("subject", record.ids)[record.ids[0]])
        self.assertGreater(count, 15)

    def test_every_report_and_page_shows_them_as_text(self):
        self.authenticate(self.boss.login, self.boss.login)
        visit, complaint = self.records["expo.visit"], self.records["expo.complaint"]
        visit.state = "sent"
        reports = self.env["ir.actions.report"].search([("report_name", "=like", "expo_followup.%")])
        urls = [
            f"/report/html/{report.report_name}/{self.records[report.model].ids[0]}"
            for report in reports
            if report.model in self.records
        ]
        self.assertGreater(len(urls), 4)
        urls += [
            complaint.get_portal_url(),
            f"/my/complaints/{complaint.id}",
            f"/expo/unsubscribe/{self.entry.id}?token={self.entry._get_unsubscribe_token()}&x={SCRIPT}",
            f"/expo/minutes/{visit.id}?token={visit._get_receipt_token()}&x={SCRIPT}",
            "/expo/booth",
            f"/web/partner/vcard?partner_ids={self.entry.partner_id.id},1,{SCRIPT}",
            "/survey/start/{survey_id.access_token}?answer_token={access_token}".format_map(
                {name: self.entry.feedback_input_ids[name] for name in ("survey_id", "access_token")}
            ),
        ]
        for url in urls:
            with self.subTest(url=url):
                answer = self.url_open(url)
                self.assertEqual(answer.status_code, 200)
                self.assertFalse(self._get_bad_nodes(answer.text))

    def test_file_that_would_run_in_the_browser_is_not_shown_in_it(self):
        self.authenticate(self.boss.login, self.boss.login)
        files = {
            "a.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>top.expoPwned=1</script></svg>",
            "a.html": b"<html><script>top.expoPwned=1</script></html>",
        }
        complaint = self.records["expo.complaint"]
        letter = complaint.message_post(
            body="See", message_type="comment", subtype_xmlid="mail.mt_comment", attachments=list(files.items()),
            partner_ids=complaint.partner_id.ids,
        )  # fmt: skip
        for file in letter.attachment_ids:
            for url in (
                f"/web/content/{file.id}",
                f"/web/image/{file.id}",
                f"/my/complaints/{complaint.id}/file/{file.id}",
                f"/my/complaints/{complaint.id}/file/{file.id}?small=1",
            ):
                with self.subTest(file=file.name, url=url):
                    headers = self.url_open(url).headers
                    is_shut = "default-src 'none'" in headers.get("Content-Security-Policy", "")
                    is_saved = headers.get("Content-Disposition", "").startswith("attachment")
                    is_other = not re.search("svg|html", headers["Content-Type"])
                    self.assertTrue(is_shut or is_saved or is_other, headers)

    def test_address_leads_to_no_other_site(self):
        away = "//evil.example/x"
        complaint = self.records["expo.complaint"]
        for user in (None, "portal", self.boss.login):
            if user == "portal":
                self.users["portal"].sudo().password = "access_portal"
                self.authenticate("access_portal", "access_portal")
            elif user:
                self.authenticate(user, user)
            for url in (
                f"/my/complaints/{complaint.id}?redirect={away}&next={away}",
                f"/my/complaints/{away}",
                f"{away}/../../my/complaints/{complaint.id}",
                f"/my/complaints/new?redirect={away}",
                f"/expo/unsubscribe/{self.entry.id}?token=x&redirect={away}",
                f"/expo/booth?redirect={away}",
                f"/expo/customer_file/vcard?ids=1,2&redirect={away}",
            ):
                with self.subTest(user=user, url=url):
                    answer = self.url_open(url, allow_redirects=False)
                    leads_to = answer.headers.get("Location", "")
                    self.assertIn(urlsplit(leads_to).netloc, ("", urlsplit(self.base_url()).netloc))

    def test_digest_shows_them_as_text(self):
        digest = self.env["digest.digest"].create({"name": SCRIPT, "company_id": self.env.company.id})
        for name in digest._fields:
            if name.startswith("kpi_expo") and not name.endswith("_value"):
                digest[name] = True
        digest.user_ids = self.boss
        digest._action_send_to_user(self.boss, tips_count=0)
        mail = self.env["mail.mail"].search([("email_to", "ilike", self.boss.email)], order="id desc", limit=1)
        self.assertIn("expoPwned", mail.body_html)
        self.assertFalse(self._get_bad_nodes(mail.body_html))


class _Listener(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args):
        """Say nothing."""


@tagged("post_install", "-at_install")
class TestHostilePaper(HostileCase):
    def test_pdf_fetches_nothing_and_reads_no_file_of_the_server(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Listener)
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        url = f"http://127.0.0.1:{server.server_port}"
        text = (
            f"<img src='{url}/img'/><iframe src='file:///etc/passwd' width='500' height='500'></iframe>"
            f"<iframe src='{url}/frame'></iframe><script>document.write(1234567*3)</script>"
            f"<link rel='stylesheet' href='{url}/css'/><img src='file:///etc/hostname'/>"
            f"<div style='background: url({url}/style)'>x</div>"
        )
        self.assertGreater(self._plant(text), 120)
        for report in self.env["ir.actions.report"].search([("report_name", "=like", "expo_followup.%")]):
            record = self.records.get(report.model)
            if not record:
                continue
            with self.subTest(report=report.report_name):
                printer = report.with_user(self.boss).with_context(force_report_rendering=True)
                content, kind = printer._render_qweb_pdf(report.report_name, record.ids)
                self.assertEqual(kind, "pdf")
                shown = "".join(page.extract_text() for page in PdfFileReader(io.BytesIO(content)).pages)
                self.assertNotIn("root:x:0", shown)
                self.assertNotIn("3703701", shown)
                asked, server.asked = server.asked, []
                self.assertEqual(asked, [])
