"""A salesperson's day by the keyboard alone: real keys in a real browser, and a focus that is seen at each step."""

from odoo.tests import tagged

from tests.common_browser import Page
from tests.followup.test_tour_followup import ExpoTourCase

#: What has the focus, and whether it looks otherwise than a twin without it.
FOCUS = """(() => {
    const el = document.activeElement;
    const look = (one) => {
        const style = getComputedStyle(one);
        return ["outlineStyle", "outlineWidth", "boxShadow", "borderColor", "backgroundColor", "color",
            "textDecorationLine"].map((name) => style[name]).join();
    };
    // After the last element of a page the browser itself has the focus.
    if (el === document.body) {
        return { name: "", text: "", near: "", html: "", isSeen: true };
    }
    const twin = el.cloneNode(true);
    el.after(twin);
    const isSeen = el.getClientRects().length > 0 && look(el) !== look(twin);
    twin.remove();
    return {
        name: el.closest(".o_field_widget")?.getAttribute("name") || el.name || "",
        text: (el.innerText || "").trim(),
        near: el.closest("li, .modal")?.innerText || "",
        html: el.outerHTML.slice(0, 200),
        isSeen,
    };
})()"""
# What fades in is compared at its end.
NO_FADING = """
    const style = document.createElement("style");
    style.textContent = "* { transition: none !important }";
    document.head.append(style);
"""


@tagged("post_install", "-at_install")
class TestKeyboard(ExpoTourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.touches = [
            cls.env["expo.followup"]._create_manual(
                cls._make_participation(name, tier="materials"), cls.today, summary="Call"
            )
            for name in ("Maria Rossi", "Hans Becker", "Ivan Petrov")
        ]

    def _see_focus(self, page):
        focus = page.run(FOCUS)
        self.assertTrue(focus["isSeen"], f"the focus is not seen on {focus['html']}")
        return focus

    def _tab_to(self, page, key="Tab", most=60, **expected):
        """Press Tab until the focus is where ``expected`` says, seen at each step."""
        passed = []
        for _turn in range(most):
            page.press(key)
            focus = self._see_focus(page)
            passed.append(focus["name"] or focus["text"])
            if all(value in focus[what] for what, value in expected.items()):
                return focus
        return self.fail(f"{key} does not lead to {expected}, it passes {passed}")

    def _wait_for_dialog(self, page, customer):
        page.wait_for(
            f"document.querySelector('.modal:not(.o_inactive_modal)')?.innerText.includes('{customer}')"
            " && document.activeElement.matches('.modal [name=content] textarea')",
            f"no dialog about {customer} with the focus in its text",
        )
        self._see_focus(page)

    def _open_log(self, page, customer):
        self._tab_to(page, text="Log", near=customer)
        page.press("Enter")
        self._wait_for_dialog(page, customer)

    def _log_with_new_tier(self, page):
        page.write("2 samples asked for")
        self._tab_to(page, name="effect", most=1)
        page.press("2")
        page.wait_for(
            "document.querySelector('.modal [name=effect] .active')?.innerText === 'Neutral'",
            "the digit chose no effect",
        )
        self._tab_to(page, name="tier_id", most=3)
        for _turn in self.tiers:
            if not self._see_focus(page)["text"].startswith("Intends"):
                page.press("ArrowRight")
        page.press("Space")
        page.wait_for(
            "document.querySelector('.modal [name=tier_id] .active')?.innerText.startsWith('Intends')",
            "Space chose no tier",
        )

    def _go_round_the_dialog(self, page):
        self._tab_to(page, text="Save and next")
        self._tab_to(page, name="content")
        self._tab_to(page, key="Shift+Tab", text="Cancel", most=6)
        page.press("Escape")
        page.wait_for("!document.querySelector('.modal')", "Escape leaves the dialog open")

    def _postpone_and_undo(self, page, touch):
        before = touch.window_start
        self._tab_to(page, text="Postpone", near="Ivan Petrov")
        page.press("Enter")
        page.wait_for_text("Next Tuesday")
        for key in ("ArrowDown", "ArrowDown", "Enter"):
            page.press(key)
        page.wait_for_text("Postponed to")
        # The page has read the day again: what is asked here does not meet its request.
        page.wait_for("!document.querySelector('.o_expo_today').innerText.includes('Ivan Petrov')", "Ivan stays")
        touch.invalidate_recordset()
        self.assertGreater(touch.window_start, before)
        page.press("Control+z")
        page.wait_for_text("Undone.")
        page.wait_for_text("Ivan Petrov")
        touch.invalidate_recordset()
        self.assertEqual(touch.window_start, before)

    def _open_and_return(self, page):
        self._tab_to(page, text="Hans Becker")
        page.press("Enter")
        page.wait_for("Boolean(document.querySelector('.o_form_view'))", "the follow-up does not open")
        page.press("Alt+b")
        page.wait_for("Boolean(document.querySelector('.o_expo_today'))", "the keys do not lead back to Today")

    def test_a_salesperson_does_the_day_by_the_keyboard_alone(self):
        maria, hans, ivan = self.touches
        with Page(self, "expo_seller") as page, self.allow_requests(page.browser):
            page.resize(1280, 900)
            page.open(f"{self.base_url()}/odoo/expo-today")
            page.wait_for_text("Ivan Petrov")
            page.run(NO_FADING)
            self._open_log(page, "Maria Rossi")
            self._log_with_new_tier(page)
            page.press("Control+Shift+Enter")
            self._wait_for_dialog(page, "Hans Becker")
            self._go_round_the_dialog(page)
            page.wait_for("!document.querySelector('.o_expo_today').innerText.includes('Maria Rossi')", "Maria stays")
            self._postpone_and_undo(page, ivan)
            self._open_and_return(page)
            self._open_log(page, "Ivan Petrov")
            page.write("Calls back")
            self._tab_to(page, name="effect", most=1)
            page.press("1")
            page.wait_for("Boolean(document.querySelector('.modal [name=effect] .active'))", "no effect")
            page.press("Control+Enter")
            page.wait_for("!document.querySelector('.modal')", "Ctrl-Enter does not save")
            self.assertEqual(page.messages, [])

        (maria | hans | ivan).invalidate_recordset()
        self.assertEqual((maria.content, maria.effect), ("2 samples asked for", "neutral"))
        self.assertEqual(maria.participation_id.tier_id, self.tiers["intent"])
        self.assertEqual((ivan.content, ivan.effect), ("Calls back", "positive"))
        self.assertNotEqual(hans.state, "done")
