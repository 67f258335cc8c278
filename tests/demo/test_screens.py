"""Every screen in the browser with the demo data: accessible, in reach of fingers, and nothing in the console.

What counts as ours: what our templates and views write themselves. Core's widgets, its menus and its labels look the
same on core's own pages and are left out (:data:`CORE`).
"""

import json

from odoo.tests import HttpCase, tagged

from devkit.lint import node_tools
from tests.common_browser import Page

DESK, PHONE = (1280, 900), (390, 844)
#: Where our views and templates write.
OURS = ("[class*='o_expo_']", ".o_form_sheet", ".o_form_view .alert", ".modal-body .o_form_view", "#booth")
#: What core draws there: field widgets, labels, tabs, status bars, chatter, the frame of lists and boards.
CORE = (
    ".o_field_widget:not([class*='o_field_expo_'])", ".o_form_label", ".o_notebook_headers", ".o_form_statusbar",
    ".o-mail-Form-chatter", ".o_control_panel", ".o_list_table > thead", ".o_kanban_header", ".o_list_optional_columns",
    ".o_form_button_box", ".o_widget_web_ribbon", ".o_arrow_button", ".o_status", ".o_list_table > tfoot",
)  # fmt: skip
#: Controls of ours that fingers must find.
CONTROLS = ("a[href]", "button", "select", "textarea", "input:not([type=hidden])", "summary", "label.booth-way")
#: Elements in which all controls are ours.
COMPONENTS = (
    ".o_expo_today", ".o_expo_pages", ".o_expo_setup", ".o_expo_timeline", ".o_expo_chips", ".o_field_expo_missing",
    ".o_expo_questions", ".o_expo_postpone", ".o_expo_messengers", ".o_expo_card_actions", ".o_expo_complaint",
    ".o_expo_hints", ".o_expo_at_hand", "#booth",
)  # fmt: skip
INSPECT = """(async () => {
    const [ours, core, controls, components, isPhone] = %s;
    const faults = [];
    const isOurs = (el) => {
        const [inside, around] = [el.closest(core), el.closest(ours)];
        return around && !(inside && around.contains(inside));
    };
    const result = await axe.run(document, { resultTypes: ["violations"], rules: { region: { enabled: false } } });
    for (const { id, impact, nodes } of result.violations) {
        for (const { target, any, all, none, html } of nodes) {
            const el = target.length === 1 && document.querySelector(target[0]);
            if (["serious", "critical"].includes(impact) && el && isOurs(el)) {
                const [check] = [...any, ...all, ...none];
                faults.push(`${id}: ${html.slice(0, 160)} ${check?.message || ""}`);
            }
        }
    }
    for (const root of isPhone ? document.querySelectorAll(components) : []) {
        for (const el of [root, ...root.querySelectorAll(controls)]) {
            // A link in a sentence is as high as the sentence.
            const isInline = getComputedStyle(el).display === "inline";
            // A box is as large as the label that it belongs to.
            const shown = (el.matches("[type=checkbox], [type=radio], [type=file]") && el.closest("label")) || el;
            const { width, height } = shown.getBoundingClientRect();
            if (el.matches(controls) && isOurs(el) && !isInline && el.checkVisibility() && width && height) {
                if (Math.min(width, height) < 43.5) {
                    faults.push(`${Math.round(width)} x ${Math.round(height)}: ${el.outerHTML.slice(0, 160)}`);
                }
            }
        }
    }
    if (document.documentElement.scrollWidth > window.innerWidth + 1) {
        faults.push(`the page is ${document.documentElement.scrollWidth} wide`);
    }
    return [...new Set(faults)];
})()"""
#: What the browser itself says when a test leaves a page without a click on it.
OF_BROWSER = "Blocked attempt to show a 'beforeunload' confirmation panel"
#: The page has answered all that it asked for, and shows no form that is still loading.
IS_QUIET = """(() => {
    const entries = performance.getEntriesByType("resource").length;
    const isQuiet = window.expoEntries === entries && document.readyState === "complete";
    window.expoEntries = entries;
    return isQuiet && !document.querySelector(".o_blockUI, .o_view_nocontent_smiling_face.o_loading");
})()"""


class ScreenCase(HttpCase):
    """A user of the demo and a browser, for each size of screen."""

    size = DESK
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.axe = (node_tools() / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

    def _open(self, page, path, selector):
        page.open(f"{self.base_url()}{path}")
        self._settle(page, selector)

    def _settle(self, page, selector):
        page.wait_for(f"Boolean(document.querySelector({json.dumps(selector)}))", f"no {selector}")
        page.wait_for(IS_QUIET, "the page does not come to rest")

    def _inspect(self, page, name):
        """Fail for what is not accessible on the page that is open."""
        page.run(f"typeof axe === 'undefined' && ({{}}, eval)({json.dumps(self.axe)}); null")
        scope = [", ".join(OURS), ", ".join(CORE), ", ".join(CONTROLS), ", ".join(COMPONENTS), self.size == PHONE]
        with self.subTest(screen=name):
            self.assertEqual(page.run(INSPECT % json.dumps(scope)), [])


class AccessibleScreens:
    def _get_paths(self):
        """Return address and what to wait for, by name of the screen."""
        customer = self.env["expo.participation"].search([("user_id.login", "=", "lena"), ("file_id", "!=", False)])[:1]
        complaint = self.env["expo.complaint"].search([("state", "=", "negotiating")])[:1]
        capture = self.env["expo.capture"].search([("state", "=", "new")])[:1]
        listed = self.env.ref("expo_followup.import_organizer")
        followup = customer.followup_ids.filtered(lambda touch: touch.state in ("planned", "due"))[:1]
        return {
            "board": ("/odoo/my-followups", ".o_kanban_record"),
            "follow-up": (f"/odoo/followups/{followup.id}", ".o_form_sheet"),
            "customer": (f"/odoo/exhibition-customers/{customer.id}", ".o_form_sheet"),
            "file": (f"/odoo/customer-files/{customer.file_id.id}", ".o_form_sheet"),
            "contact": (f"/odoo/res.partner/{customer.partner_id.id}", ".o_form_sheet"),
            "complaint": (f"/odoo/expo.complaint/{complaint.id}", ".o_form_sheet"),
            "captures": ("/odoo/action-expo_followup.action_capture", ".o_view_controller"),
            "capture": (f"/odoo/expo.capture/{capture.id}", ".o_form_sheet"),
            "import": (f"/odoo/expo.import/{listed.id}", ".o_form_sheet"),
            "more lists": ("/odoo/action-expo_followup.action_more_reports", ".o_expo_pages"),
        }

    def test_screens_of_users_are_accessible(self):
        with Page(self, "grace") as page, self.allow_requests(page.browser):
            page.resize(*self.size)
            self._open(page, "/odoo/expo-today", ".o_expo_today section")
            self._inspect(page, "today")
            page.click("Team")
            self._settle(page, ".o_expo_today .o_expo_no_answer")
            self._inspect(page, "team")
            page.run("document.querySelector('.o_expo_record').click()")
            self._settle(page, ".modal .o_expo_chips")
            self._inspect(page, "outcome")
            for name, (path, selector) in self._get_paths().items():
                self._open(page, path, selector)
                self._inspect(page, name)

    def test_booth_page_is_accessible(self):
        with Page(self, "lena") as page, self.allow_requests(page.browser):
            page.resize(*self.size)
            self._open(page, "/expo/booth", ".booth-main")
            if page.run("!document.querySelector('.booth-start')"):
                self._inspect(page, "exhibitions")
                page.run("document.querySelector('.booth-choice').click()")
            self._settle(page, ".booth-start")
            self._inspect(page, "booth")
            page.click("Type in")
            self._settle(page, ".booth-form")
            self._inspect(page, "form")
            page.click("Intends to order")
            page.type("name", "Maria Rossi")
            page.click("Save and new")
            page.wait_for_text("Saved: Maria Rossi")
            page.run("document.querySelector('.booth-count').click()")
            self._settle(page, ".booth-record")
            self._inspect(page, "list")

    def test_pages_of_customers_are_accessible(self):
        complaints = self.env["expo.complaint"].search([])
        by_state = {complaint.state: complaint for complaint in complaints}
        customer = self.env["expo.participation"].search([("exhibition_id.survey_id", "!=", False)])[:1]
        pages = {state: (one.get_portal_url(), ".o_expo_complaint") for state, one in by_state.items()}
        token = customer._get_unsubscribe_token()
        pages["unsubscribe"] = (f"/expo/unsubscribe/{customer.id}?token={token}", "main")
        pages["feedback"] = (customer.exhibition_id.survey_id.get_start_url(), "main, .o_survey_form")
        with Page(self, None) as page, self.allow_requests(page.browser):
            page.resize(*self.size)
            for name, (path, selector) in pages.items():
                self._open(page, path.removeprefix(self.base_url()), selector)
                self._inspect(page, name)


@tagged("post_install", "-at_install")
class TestAccessibleScreens(AccessibleScreens, ScreenCase):
    pass


@tagged("post_install", "-at_install")
class TestAccessibleScreensOnThePhone(AccessibleScreens, ScreenCase):
    size = PHONE


class SilentScreens:
    def _open_all(self, lang):
        """Open each page of the menus, and the first record of it, and return what the console says."""
        user = self.env.ref("expo_followup.user_grace")
        user.lang = lang
        root = self.env.ref("expo_followup.menu_expo_root")
        menus = self.env["ir.ui.menu"].with_context(active_test=False).search([("id", "child_of", root.id)])
        faults = {}
        with Page(self, "grace") as page, self.allow_requests(page.browser):
            page.browser.error_checker = lambda _message: False
            page.resize(*self.size)
            self._open(page, "/odoo/expo-today", ".o_expo_today")
            for menu in menus.filtered(lambda menu: menu.action and menu.action.type != "ir.actions.act_url"):
                self._open(page, f"/odoo/action-{menu.action.id}", ".o_action_manager > *, .modal")
                page.run(
                    "document.querySelector('.o_data_row .o_data_cell, .o_kanban_record:not(.o_kanban_ghost)')?.click()"
                )
                page.wait_for(IS_QUIET, "the page does not come to rest")
                if said := [text for text in page.messages if not text.startswith(OF_BROWSER)]:
                    faults[menu.complete_name] = said
                page.messages.clear()
        return faults

    def test_console_is_silent_in_english(self):
        self.assertEqual(self._open_all("en_US"), {})

    def test_console_is_silent_in_chinese(self):
        self.assertEqual(self._open_all("zh_CN"), {})


@tagged("post_install", "-at_install")
class TestSilentScreens(SilentScreens, ScreenCase):
    pass


@tagged("post_install", "-at_install")
class TestSilentScreensOnThePhone(SilentScreens, ScreenCase):
    size = PHONE
