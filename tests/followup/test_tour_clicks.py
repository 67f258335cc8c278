"""The jobs of the day in the browser, with the clicks that they take; and every dialog of ours by the keyboard."""

import json
from datetime import datetime, time, timedelta

from odoo.addons.expo_followup.tools.postponing import get_postponed_day
from odoo.addons.expo_followup.tools.workdays import CompanyCalendar, both_working
from odoo.tests import HttpCase, tagged

from tests.common import ExpoCase
from tests.followup.test_tour_followup import ExpoTourCase

# Opens each dialog and looks where the focus is, and what Tab would reach first.
LOOK_AT_DIALOGS = """
    const names = %s;
    const focusable = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])";
    const seen = (el) => el.checkVisibility() && !el.disabled;
    const pause = (ms) => new Promise((done) => setTimeout(done, ms));
    const { action } = odoo.__WOWL_DEBUG__.root.env.services;
    (async () => {
        const faults = [];
        for (const [model, id, name] of names) {
            await action.doAction({
                type: "ir.actions.act_window", name: model, res_model: model, res_id: id, views: [[false, "form"]],
                target: "new",
            });
            const selector = `.modal:not(.o_inactive_modal) .o_form_view`;
            for (let turn = 0; turn < 100 && !document.querySelector(selector); turn++) {
                await pause(50);
            }
            await pause(150);
            const dialog = document.querySelector(".modal:not(.o_inactive_modal)");
            const first = [...dialog.querySelectorAll(".modal-body " + focusable.split(", ").join(", .modal-body "))];
            const reached = first.filter(seen)[0];
            for (const [what, el] of [["focus", document.activeElement], ["first in the tab order", reached]]) {
                if (el?.closest(".o_expo_hints_field")) {
                    faults.push(`${model}: hints have the ${what}`);
                }
            }
            if (name && !document.activeElement.closest(`[name=${name}]`)) {
                faults.push(`${model}: the focus is in ${document.activeElement.outerHTML.slice(0, 80)}`);
            }
            await action.doAction({ type: "ir.actions.act_window_close" });
            await pause(50);
        }
        if (faults.length) {
            console.error(faults.join("; "));
        } else {
            console.log("test successful");
        }
    })();
"""


class ClicksCase(ExpoTourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maria = cls._make_participation("Maria Rossi", tier="materials")
        cls.hans = cls._make_participation("Hans Becker", tier="materials")
        cls.ivan = cls._make_participation("Ivan Petrov", tier="materials")
        cls.touches = {
            name: cls.env["expo.followup"]._create_manual(customer, cls.today, summary="Call")
            for name, customer in (("maria", cls.maria), ("hans", cls.hans), ("ivan", cls.ivan))
        }

    def _do_the_jobs(self):
        self._start_tour("/odoo/my-followups", "expo_followup_clicks", "expo_seller")
        maria, hans, ivan = self.touches.values()
        self.assertEqual((maria.state, maria.effect), ("done", "no_answer"))
        following = self.maria.followup_ids.filtered(lambda f: f.state in ("planned", "due") and not f.is_letter)
        self.assertEqual(following.mapped("postpone_reason"), ["On holiday"])
        self.assertEqual((hans.effect, hans.content), ("positive", "Wants 4000 planters in May"))
        self.assertEqual(self.hans.tier_id, self.tiers["intent"])
        self.assertTrue(ivan.postponed_on)
        self.assertEqual(
            ivan.window_start, get_postponed_day("tuesday", self.today, both_working(CompanyCalendar(), "IT"))
        )

    def _send_letters(self, url, tour):
        kind = self.env.ref("expo_followup.activity_email_revisit")
        template = self.steps["thank_you"].expo_letter_template_id
        letters = self.env["expo.followup"]
        for number in range(20):
            customer = self._make_participation(f"Customer {number}", tier="materials")
            letters |= letters._create_manual(customer, self.today, kind, "Product letter")
        letters.letter_template_id = template
        (self.env["expo.followup"].search([]) - letters).unlink()
        self._start_tour(url, tour, "expo_seller")
        self.assertEqual(set(letters.mapped("mail_state")), {"outgoing"})
        self.assertEqual(len(letters.mail_mail_id), 20)


@tagged("post_install", "-at_install")
class TestTourClicks(ClicksCase):
    def test_jobs_of_the_day_take_no_more_clicks_than_their_goals(self):
        self._do_the_jobs()

    def test_the_outcome_dialog_is_served_by_the_keyboard(self):
        maria, hans, ivan = self.touches.values()
        maria.write({"window_start": self.today - timedelta(days=3), "deadline": self.today - timedelta(days=2)})
        ivan.write({"window_start": self.today - timedelta(days=1), "deadline": self.today - timedelta(days=1)})
        self._start_tour("/odoo/my-followups", "expo_followup_keys", "expo_seller")
        self.assertEqual((maria.effect, maria.content), ("neutral", "2 samples asked for"))
        self.assertEqual((ivan.effect, ivan.content), ("positive", "Calls back"))
        self.assertNotEqual(hans.state, "done")

    def test_a_card_dropped_on_another_column_is_postponed(self):
        self._start_tour("/odoo/my-followups", "expo_followup_drag_day", "expo_seller")
        hans = self.touches["hans"]
        self.assertGreater(hans.window_start, self.today)
        self.assertTrue(hans.postponed_on)

    def test_a_card_dropped_on_a_day_off_goes_where_the_message_says(self):
        ivan = self.touches["ivan"]
        day = get_postponed_day("tomorrow", self.today, both_working(CompanyCalendar(), "IT"))
        ivan.write({"window_start": day, "deadline": day})
        # All of today is a day off of ours.
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Company outing",
                "company_id": self.env.company.id,
                "calendar_id": self.env.company.resource_calendar_id.id,
                "date_from": datetime.combine(self.today - timedelta(days=1), time(12)),
                "date_to": datetime.combine(self.today, time(23)),
            }
        )
        # A card of the plan, whose day is always a working day.
        ivan.origin = "cadence"
        self._start_tour("/odoo/my-followups", "expo_followup_drop_day_off", "expo_seller")
        self.assertGreater(ivan.window_start, self.today)

    def test_twenty_product_letters_are_sent_with_two_clicks(self):
        self._send_letters("/odoo/my-followups?view_type=list", "expo_followup_send_letters")

    def test_all_letters_of_today_are_sent_with_two_clicks(self):
        self._send_letters("/odoo/expo-today", "expo_followup_send_letters_today")

    def test_a_customer_is_added_on_the_board_by_the_rule_of_qualifying(self):
        count = self.env["res.partner"].search_count([("name", "=", "Maria Rossi")])
        self._start_tour("/odoo/exhibition-customers", "expo_followup_quick_entry", "expo_seller")
        self.assertEqual(self.env["res.partner"].search_count([("name", "=", "Maria Rossi")]), count)
        self.assertEqual(self.maria.partner_id.phone, "+39 02 999")
        otto = self.env["expo.participation"].search([("partner_id.name", "=", "Otto Weber")])
        self.assertEqual((otto.partner_id.parent_id.name, otto.user_id), ("Weber Garten", self.seller))
        self.assertEqual(otto.capture_ids.mapped("state"), ["entered"])

    def test_deadlines_are_told_in_days_and_entries_name_the_customer(self):
        self.touches["hans"].deadline = self.today + timedelta(days=2)
        self._start_tour("/odoo/followups?view_type=kanban", "expo_followup_days", "expo_seller")


@tagged("post_install", "-at_install")
class TestTourClicksOnThePhone(ClicksCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_jobs_of_the_day_take_no_more_clicks_on_the_phone(self):
        self._do_the_jobs()

    def test_all_letters_of_today_are_sent_with_two_clicks_on_the_phone(self):
        self._send_letters("/odoo/expo-today", "expo_followup_send_letters_today")


@tagged("post_install", "-at_install")
class TestDialogs(ExpoCase, HttpCase):
    # Where the focus is to be.
    FOCUSED = {"expo.record.outcome": "content"}
    # Opens on a mail only.
    CLOSED = {"expo.mail.assign"}

    def test_hints_are_never_first_in_a_dialog(self):
        self.env.company.country_id = self.env.ref("base.cn")
        customer = self._make_participation("Maria Rossi", country="it")
        customer.partner_id.expo_foreign_notes = "No calls on Friday"
        followup = self.env["expo.followup"].create({"participation_id": customer.id, "user_id": self.manager.id})
        views = self.env["ir.ui.view"].search([("type", "=", "form"), ("model", "=like", "expo.%")])
        dialogs = sorted(
            name for name in set(views.mapped("model")) if self.env[name]._transient and name not in self.CLOSED
        )
        self.assertGreater(len(dialogs), 10)
        opened = []
        for name in dialogs:
            model = self.env[name].with_user(self.manager)
            with self.subTest(model=name):
                values = {"followup_id": followup.id} if name == "expo.record.outcome" else {}
                if name == "expo.postpone":
                    values = {"followup_ids": [(6, 0, followup.ids)]}
                opened.append((name, model.create(values).id if values else False, self.FOCUSED.get(name)))
        self.assertTrue(model.env["expo.record.outcome"].search([]).customer_hints)
        self.browser_js(
            "/odoo/my-followups?debug=1",
            LOOK_AT_DIALOGS % json.dumps(opened),
            ready="odoo.isReady",
            login="expo_manager",
            timeout=120,
        )
