"""Random histories of customers: whatever happens, each has a user in charge, and a next step or a reason for none.

``EXPO_HISTORIES`` sets how many customers there are, ``EXPO_HISTORIES_SEED`` which histories: a failure names its seed.
"""

import os
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from random import Random

from freezegun import freeze_time

from odoo import fields
from odoo.addons.expo_followup.models.participation.care import Care
from odoo.addons.expo_followup.tools.cadence import has_room
from odoo.tests import new_test_user, tagged

from ..common import ExpoCase

COUNT = int(os.environ.get("EXPO_HISTORIES", "60"))
SEED = int(os.environ.get("EXPO_HISTORIES_SEED", "14"))
COUNTRIES = ("de", "it", "cn", "sa", "us", "tr", None)
FIRST, LAST = date(2026, 4, 17), date(2027, 1, 15)
OPEN = ("planned", "due")
ENGINE = ("plan", "cadence", "memory")
#: What may happen with a customer on a day, and how often compared with the rest.
EVENTS = {
    "work": 60, "reply": 6, "judge": 5, "reassign": 4, "skip": 4, "agree": 4, "classify": 6, "order": 4, "invoice": 2,
    "end": 5, "refuse": 1, "bounce": 3, "call": 3, "archive": 2, "meet": 4,
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestHistories(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = Random(SEED)
        cls.env.company.expo_memory_days = "0, 3, 7, 15"
        cls.leaver = new_test_user(cls.env, "leaver", "sales_team.group_sale_salesman", email="leaver@ours.example")
        cls.places = {}
        cls.users = cls.seller | cls.colleague | cls.leaver
        # Two weeks in August are our company's holidays.
        cls.env["resource.calendar.leaves"].create(
            {"name": "Works holidays", "date_from": "2026-08-02 22:00:00", "date_to": "2026-08-16 21:59:59"}
        )
        cls.summer = cls._make_show(
            name="Summer Fair", code="SU26", date_begin=date(2026, 6, 11), date_end=date(2026, 6, 14)
        )
        cls.late = cls._make_show(name="Late Fair", code="LA26", date_begin=FIRST, date_end=date(2026, 4, 21))
        cls.closing = {date(2026, 4, 20): cls.show, date(2026, 5, 27): cls.late, date(2026, 6, 15): cls.summer}
        cls.people = cls._make_people()
        cls.buyers = cls._make_buyers()

    @classmethod
    def _make_people(cls):
        """Contacts of shows: some alone, some of one company, some without address or number."""
        people = cls.env["res.partner"]
        for number in range(COUNT):
            country = cls.random.choice(COUNTRIES)
            name = f"Person {number}"
            parent = cls.random.choice(people).parent_id if people and cls.random.random() < 0.3 else people.browse()
            if not parent and cls.random.random() < 0.5:
                parent = cls._make_partner(f"Company {number}", is_company=True, country=country, email="")
            people |= cls._make_partner(
                name,
                country=country,
                email="" if cls.random.random() < 0.15 else None,
                phone="" if cls.random.random() < 0.3 else f"+49 30 5550{number:03}",
                parent_id=parent.id,
            )
        return people

    @classmethod
    def _make_buyers(cls):
        """Customers with turnover who were never met."""
        buyers = cls.env["res.partner"].union(
            *(
                cls._make_partner(f"Buyer {number}", is_company=True, user_id=cls.random.choice(cls.users).id)
                for number in range(max(COUNT // 10, 3))
            )
        )
        for buyer in buyers:
            buyer.sudo().with_company(cls.env.company).expo_abc_class = cls.random.choice("abc")
        return buyers

    # -- what happens

    def _meet(self, partner, show):
        entries = self.env["expo.participation"].with_context(active_test=False)
        if entries.search_count([("exhibition_id", "=", show.id), ("partner_id", "=", partner.id)]):
            return
        self.env["expo.participation"].create(
            {
                "exhibition_id": show.id,
                "partner_id": partner.id,
                "tier_id": self.random.choice(list(self.tiers.values())).id,
                "user_id": self.random.choice([*self.users, self.env["res.users"]]).id,
                "captured_on": fields.Datetime.now(),
            }
        )

    def _happen(self, entry):
        """Let one thing happen with a customer."""
        [event] = self.random.choices(list(EVENTS), EVENTS.values())
        getattr(self, f"_let_{event}")(entry)

    def _let_work(self, entry):
        for row in entry.followup_ids.filtered(lambda one: one.state == "due" and not one.mail_state):
            # One answer may end another that is asked for.
            if row.state == "due":
                self._work(row)

    def _let_reply(self, entry):
        entry._note_reply()

    def _let_judge(self, entry):
        entry.set_tier(self.random.choice(list(self.tiers)), "Judged anew")

    def _let_reassign(self, entry):
        entry.set_owner(self.random.choice((self.seller, self.colleague)), "Moved")

    def _let_skip(self, entry):
        entry.followup_ids.filtered(lambda one: one.state in OPEN)[:1].action_skip()

    def _let_agree(self, entry):
        day = entry.exhibition_id._today() + timedelta(days=self.random.choice((1, 5, 20)))
        self.env["expo.followup"].with_user(self.manager)._create_manual(entry, day)

    def _let_classify(self, entry):
        partner = entry.commercial_partner_id.sudo().with_company(entry.company_id)
        partner.expo_abc_class = self.random.choice("abc")

    def _let_order(self, entry):
        order = self.env["sale.order"].create(
            {"partner_id": entry.partner_id.id, "order_line": [fields.Command.create({"product_id": self.goods.id})]}
        )
        order.action_confirm()

    def _let_invoice(self, entry):
        entry._note_invoice()

    def _let_end(self, entry):
        entry.outcome = self.random.choice(("lost", "lost", "open"))

    def _let_refuse(self, entry):
        entry.contact_consent = "refused"

    def _let_bounce(self, entry):
        entry.partner_id.message_bounce += 1

    def _let_call(self, entry):
        entry.partner_id.phone = self.random.choice((False, "+49 30 5559999"))

    def _let_archive(self, entry):
        entry.active = not entry.active

    def _let_meet(self, entry):
        self._meet(entry.partner_id, self.random.choice((self.summer, self.late)))

    def _work(self, row):
        if row.is_letter:
            row.action_send_letter()
            row._letter_sent()
        else:
            row.record_outcome("Talked", self.random.choice(("positive", "neutral", "negative", "no_answer")))

    def _morning(self):
        for name in ("sync", "open", "escalate"):
            self._run_cron(name)
        with self.enter_registry_test_mode(), self.env.registry.cursor() as cursor:
            Care(self.env.company.with_env(self.env(cr=cursor))).run()
        self.env.invalidate_all()
        queued = self.env["expo.followup"].search([("mail_state", "=", "outgoing")])
        queued.filtered(lambda row: self.random.random() < 0.9)._letter_sent()

    # -- what always holds

    def _check(self, today):
        followups = self.env["expo.followup"].search([])
        rows = followups.filtered(lambda row: row.state in OPEN)
        self._check_in_charge(rows)
        self._check_next_step()
        # After a letter that is still to leave, the plan looks for a day from a later one on: that is no placing anew.
        placed = rows.filtered(
            lambda row: (
                row.origin in ENGINE
                and row.placed_on == today
                and self.places.get(row.id) != (row.window_start, row.placed_on)
            )
        )
        self.places = {row.id: (row.window_start, row.placed_on) for row in rows}
        self._check_days(placed)
        self._check_limit(placed, followups, today)
        cadence = Counter(
            (row.partner_id.commercial_partner_id, row.company_id)
            for row in rows.filtered(lambda row: row.origin in ("memory", "cadence"))
        )
        self.assertLessEqual(max(cadence.values(), default=0), 1, "one follow-up of the cadence per company")

    def _check_in_charge(self, rows):
        for row in rows:
            self.assertTrue(row.user_id._expo_working(row.company_id), f"{row.display_name}: {row.user_id.name}")

    def _check_next_step(self):
        entries = self.env["expo.participation"].with_context(active_test=False).search([])
        planned = self.env["expo.followup"].search([("state", "in", OPEN)]).partner_id.commercial_partner_id
        for one in entries.filtered(lambda entry: entry.exhibition_id.state != "running"):
            if one.commercial_partner_id not in planned:
                rows = [(row.origin, row.state, str(row.window_start)) for row in one.followup_ids]
                self.assertTrue(one.idle_reason, f"{one.display_name} {one.outcome} {one.tier_id.code} {rows}")
        for buyer in self.buyers - planned:
            self.assertTrue(buyer.expo_idle_reason, buyer.name)

    def _check_days(self, rows):
        is_working = self.env.company._expo_calendar().is_working
        for row in rows:
            self.assertTrue(is_working(row.window_start), f"{row.display_name}: {row.window_start} is a day off")

    def _check_limit(self, placed, followups, today):
        """What was placed today has room among what was known by then."""
        known, calls = defaultdict(list), defaultdict(set)
        for row in followups:
            if row.state == "done" and row.done_on.date() < today:
                known[row.partner_id].append(row.done_on.date())
            elif row.state in OPEN and row.placed_on and row.placed_on < today < row.window_start:
                known[row.partner_id].append(row.window_start)
                if row.activity_type_id.category == "phonecall":
                    calls[row.partner_id.commercial_partner_id].add(row.window_start)
        for row in placed:
            self.assertTrue(
                has_room(row.window_start, known[row.partner_id], self.env.company.expo_touch_limit),
                f"{row.display_name}: {row.window_start} among {known[row.partner_id]}",
            )
            if row.activity_type_id.category == "phonecall":
                self.assertNotIn(row.window_start, calls[row.partner_id.commercial_partner_id], row.display_name)

    def test_each_customer_has_a_user_in_charge_and_a_next_step_or_a_reason(self):
        self.goods = self.env["product.product"].create({"name": "Pump", "list_price": 250, "taxes_id": False})
        with freeze_time(f"{FIRST} 09:00:00"):
            for partner in self.people:
                self._meet(partner, self.random.choice((self.show, self.late)))
        day = FIRST
        while day <= LAST:
            day += timedelta(days=self.random.choice((1, 2, 3) if day < date(2026, 6, 20) else (5, 9, 14)))
            with self.subTest(day=day, seed=SEED):
                moment = datetime.combine(day, datetime.min.time())
                with freeze_time(moment.replace(hour=4)):
                    self._morning()
                with freeze_time(moment.replace(hour=9)):
                    self._spend_day(day)
                    self._run_cron("sync")
                    self._check(day)

    def _spend_day(self, day):
        for closed_on in [known for known in self.closing if known <= day]:
            self.closing.pop(closed_on).close_show()
        if day > date(2026, 9, 1) and self.leaver.active:
            self.leaver.action_archive()
        entries = self.env["expo.participation"].with_context(active_test=False).search([])
        for entry in self.random.sample(entries, max(len(entries) // 4, 1)):
            self._happen(entry)
        for row in self.env["expo.followup"].search([("partner_id", "in", self.buyers.ids), ("state", "=", "due")]):
            if self.random.random() < 0.5:
                self._work(row)
