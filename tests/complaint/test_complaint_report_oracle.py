"""The analysis against plain Python that knows what was made up, and nothing of the database."""

import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import Command
from odoo.tests import new_test_user, tagged

from tests.common_complaint import ComplaintCase
from tests.common_turnover import book

NUMBER, SEED = 120, 20260420
BEGIN = datetime(2025, 12, 20)
STATES = ("new", "evaluating", "negotiating", "closed", "closed", "rejected", "cancelled")
ENDED = ("closed", "rejected", "cancelled")
QUIET = {"tracking_disable": True, "mail_auto_subscribe_no_notify": True, "mail_create_nosubscribe": True}
ZONE = "Asia/Shanghai"
RATES = {"home": 1.0, "foreign": 2.0}
MEASURES = ("complaint_id:count_distinct", "cost:sum", "claimed_quantity:sum", "cost_share:sum", "days:avg")


def plain_rows(claims, turnover):
    """The analysis: one row per goods, one for a complaint without any; the cost by what was claimed."""
    whole = sum(max(amount, 0) for amount in turnover.values())
    for claim in claims:
        if claim["merged"]:
            continue
        goods = claim["goods"] or [None]
        claimed = [one["quantity"] * one["price"] if one else 0 for one in goods]
        alike = len({one["currency"] for one in goods if one}) > 1 or not sum(claimed)
        for one, amount in zip(goods, claimed, strict=True):
            cost = claim["cost"] * (1 / len(goods) if alike else amount / sum(claimed))
            yield {
                **{name: claim[name] for name in ("index", "cause", "department", "show", "country", "days", "state")},
                "month": claim["at"].replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m"),
                "at": claim["at"],
                "product": one and one["product"],
                "quantity": one["quantity"] if one else 0,
                "cost": cost,
                "cost_share": 100 * cost / whole,
                "turnover_share": 100 * max(turnover.get(claim["customer"], 0), 0) / whole,
            }


def plain_groups(rows, by):
    """Count, cost, quantity, share of turnover and average days of each group; each complaint counts once."""
    groups = defaultdict(list)
    for row in rows:
        groups[row[by]].append(row)
    result = {}
    for value, found in groups.items():
        days = {row["index"]: row["days"] for row in found if row["days"] is not None}
        sums = (sum(row[name] for row in found) for name in ("cost", "quantity", "cost_share"))
        average = sum(days.values()) / len(days) if days else 0
        result[value] = (len({row["index"] for row in found}), *sums, average)
    return result


@tagged("post_install", "-at_install")
class TestComplaintReportOracle(ComplaintCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env, luck = cls.env, random.Random(SEED)
        cls.foreign = env["res.currency"].create({"name": "XTA", "symbol": "X", "rounding": 0.01})
        cls.other_currency = env["res.currency"].create({"name": "XTB", "symbol": "Y", "rounding": 0.01})
        other = env["res.company"].create({"name": "Other House", "currency_id": cls.other_currency.id})
        cls.companies = [env.company, other]
        (env.user | cls.manager | cls.seller).write({"company_ids": [Command.link(other.id)]})
        env["res.currency.rate"].create(
            [
                {"currency_id": currency.id, "company_id": company.id, "rate": rate, "name": "2020-01-01"}
                for company in cls.companies
                for currency, rate in ((company.currency_id, 1.0), (cls.foreign, RATES["foreign"]))
            ]
        )
        cls.alone = new_test_user(env, "expo_alone", "sales_team.group_sale_manager", email="alone@ours.example")
        teams = [cls.team, env["expo.complaint.team"].create({"name": "Desk 2", "company_id": other.id})]
        cls.customers = [cls._make_partner(f"Buyer {number}", luck.choice(("it", "us", "cn"))) for number in range(6)]
        cls.causes = env["expo.complaint.cause"].create([{"name": f"Cause {number}"} for number in range(5)])
        cls.departments = env["expo.complaint.department"].create(
            [{"name": f"Hall {number}", "company_id": False} for number in range(3)]
        )
        cls.products = env["product.product"].create([{"name": f"Ware {number}"} for number in range(4)])
        cls.shows = [cls.show, cls._make_show(name="Autumn Fair", company_id=other.id)]
        cls.entries = [
            {
                customer: env["expo.participation"].create(
                    {"exhibition_id": show.id, "partner_id": customer.id, "user_id": owner.id}
                )
                for customer, owner in zip(cls.customers[:3], (cls.seller, cls.colleague, cls.colleague), strict=True)
            }
            for show in cls.shows
        ]
        today = date.today()
        cls.turnover = [{} for _company in cls.companies]
        for which, company in enumerate(cls.companies):
            sales = [(customer, luck.randint(-300, 2000)) for customer in cls.customers[:4] for _time in range(3)]
            book(company, [(one, "out_invoice", "posted", sum_, today - timedelta(days=9)) for one, sum_ in sales])
            for customer, amount in sales:
                cls.turnover[which][customer] = cls.turnover[which].get(customer, 0) + amount
        cls.claims = [cls._make_up(luck, index) for index in range(NUMBER)]
        cls._write_down(teams)

    @classmethod
    def _make_up(cls, luck, index):
        """One complaint as it was, in plain values."""
        state, at = luck.choice(STATES), BEGIN + timedelta(minutes=luck.randint(0, 200 * 1440))
        which, customer = luck.randint(0, 1), luck.choice(cls.customers)
        remedies = [
            (luck.randint(1, 300), luck.choice(list(RATES)), luck.choice(("draft", "approved", "refused", "approved")))
            for _number in range(luck.choice((0, 0, 1, 2, 3)))
        ]
        own = luck.choice((0, 0, 15, 70))
        entry = cls.entries[which].get(customer)
        return {
            "index": index,
            "company": which,
            "customer": customer,
            "country": customer.country_id,
            "cause": luck.choice((*cls.causes, False)),
            "department": luck.choice((*cls.departments, False)),
            "show": entry and cls.shows[which],
            "owner": luck.choice((cls.seller, cls.colleague, cls.manager, False)),
            "served_by": entry and entry.user_id,
            "state": state,
            # Merged ones are cancelled.
            "merged": state == "cancelled" and luck.random() < 0.5,
            "at": at,
            "days": luck.randint(1, 40) if state == "closed" else None,
            "own": own,
            "remedies": remedies,
            "cost": own + sum(amount / RATES[kind] for amount, kind, step in remedies if step == "approved"),
            "goods": [
                {
                    "product": luck.choice(cls.products),
                    "quantity": luck.choice((0, 1, 5, 20)),
                    "price": luck.choice((1, 10, 35)),
                    "currency": luck.choice(("home", "home", "home", "foreign")),
                }
                for _number in range(luck.choice((0, 1, 1, 2, 4)))
            ],
        }

    @classmethod
    def _write_down(cls, teams):
        """Put what was made up into the database, as years of work would have left it."""
        env = cls.env(context={**cls.env.context, **QUIET})

        def currency(claim, kind):
            return cls.companies[claim["company"]].currency_id.id if kind == "home" else cls.foreign.id

        cls.complaints = env["expo.complaint"].create(
            [
                {
                    "subject": f"No. {claim['index']}",
                    "partner_id": claim["customer"].id,
                    "team_id": teams[claim["company"]].id,
                    "participation_id": claim["show"] and cls.entries[claim["company"]][claim["customer"]].id,
                    "user_id": claim["owner"] and claim["owner"].id,
                    "cause_id": claim["cause"] and claim["cause"].id,
                    "department_id": claim["department"] and claim["department"].id,
                    "received_at": claim["at"],
                    "internal_cost": claim["own"],
                    "line_ids": [
                        Command.create(
                            {
                                "product_id": one["product"].id,
                                "claimed_quantity": one["quantity"],
                                "price_unit": one["price"],
                                "currency_id": currency(claim, one["currency"]),
                            }
                        )
                        for one in claim["goods"]
                    ],
                    "remedy_ids": [
                        Command.create(
                            {
                                "kind": "credit",
                                "amount": amount,
                                "currency_id": currency(claim, kind),
                                "approval": step,
                            }
                        )
                        for amount, kind, step in claim["remedies"]
                    ],
                }
                for claim in cls.claims
            ]
        )
        env.flush_all()
        for claim, complaint in zip(cls.claims, cls.complaints, strict=True):
            # The steps are not what is counted here.
            env.cr.execute(
                "UPDATE expo_complaint SET state = %s, is_open = %s, closed_on = %s, merged_into_id = %s WHERE id = %s",
                (
                    claim["state"],
                    claim["state"] not in ENDED,
                    claim["days"] and claim["at"] + timedelta(days=claim["days"]),
                    cls.complaints[0].id if claim["merged"] else None,
                    complaint.id,
                ),
            )
        env.invalidate_all()

    def _expect(self, which, claims=None):
        claims = self.claims if claims is None else claims
        mine = [claim for claim in claims if claim["company"] == which]
        return list(plain_rows(mine, self.turnover[which]))

    def _read(self, which, groupby, user=None, domain=(), measures=MEASURES):
        reports = self.env["expo.complaint.report"].with_user(user or self.manager)
        both = [company.id for company in self.companies]
        found = reports.with_context(allowed_company_ids=both, tz=ZONE)._read_group(
            [("company_id", "=", both[which]), *domain], [groupby], measures
        )
        return {
            (value.strftime("%Y-%m") if groupby.endswith("month") else value or None): sums for value, *sums in found
        }

    def _assert_same(self, expected, found):
        expected = {key or None: values for key, values in expected.items()}
        self.assertEqual(found.keys(), expected.keys())
        for key, values in expected.items():
            for number, (wanted, got) in enumerate(zip(values, found[key], strict=True)):
                self.assertAlmostEqual(got or 0, wanted, delta=0.02, msg=f"{key}: {number}")

    def test_every_grouping_agrees(self):
        names = {
            "product": "product_id", "cause": "cause_id", "department": "department_id", "country": "country_id",
            "show": "exhibition_id", "state": "state", "month": "received_at:month",
        }  # fmt: skip
        for which in range(2):
            for name, groupby in names.items():
                with self.subTest(company=which, by=name):
                    self._assert_same(plain_groups(self._expect(which), name), self._read(which, groupby))

    def test_a_range_of_days_agrees(self):
        begin, end = datetime(2026, 1, 31, 16), datetime(2026, 3, 31, 16)
        rows = [row for row in self._expect(0) if begin <= row["at"] < end]
        found = self._read(0, "received_at:month", domain=[("received_at", ">=", begin), ("received_at", "<", end)])
        self._assert_same(plain_groups(rows, "month"), found)
        self.assertEqual(set(found), {"2026-02", "2026-03"})

    def test_what_is_at_stake_is_averaged_over_complaints(self):
        shares = defaultdict(dict)
        for row in self._expect(0):
            shares[row["product"]][row["index"]] = row["turnover_share"]
        found = self._read(0, "product_id", measures=("turnover_share:avg",))
        expected = {product: (sum(each.values()) / len(each),) for product, each in shares.items()}
        self._assert_same(expected, found)

    def test_salesperson_counts_readable_complaints_only(self):
        mine = [claim for claim in self.claims if claim["owner"] in (False, self.seller)]
        mine += [
            claim for claim in self.claims if claim["owner"] and claim not in mine and claim["served_by"] == self.seller
        ]
        measures = MEASURES[:3]
        expected = {key: values[:3] for key, values in plain_groups(self._expect(0, mine), "cause").items()}
        self._assert_same(expected, self._read(0, "cause_id", user=self.seller, measures=measures))

    def test_another_companys_complaints_are_never_counted(self):
        reports = self.env["expo.complaint.report"].with_user(self.alone)
        self.assertEqual(reports.search([]).company_id, self.companies[0])
        self.assertEqual(
            self.env["expo.complaint.pareto"].with_user(self.alone).search([]).company_id, self.companies[0]
        )

    def test_the_causes_agree(self):
        for which, company in enumerate(self.companies):
            counted = [
                claim
                for claim in self.claims
                if claim["company"] == which and not claim["merged"] and claim["state"] != "cancelled"
            ]
            number, cost = defaultdict(int), defaultdict(float)
            for claim in counted:
                number[claim["cause"] or None] += 1
                cost[claim["cause"] or None] += claim["cost"]
            causes = self.env["expo.complaint.pareto"].with_user(self.manager)
            rows = causes.with_context(allowed_company_ids=company.ids).search([])
            self.assertEqual(rows[0].number, max(number.values()))
            before = 0
            for row in rows:
                cause = row.cause_id or None
                self.assertEqual(row.number, number.pop(cause))
                self.assertAlmostEqual(row.cost, cost[cause], delta=0.02)
                self.assertAlmostEqual(row.cost_share, 100 * cost[cause] / sum(cost.values()), delta=0.02)
                self.assertEqual(row.is_vital, 100 * before < 80 * len(counted))
                before += row.number
                self.assertAlmostEqual(row.cumulated, 100 * before / len(counted), delta=0.02)
            self.assertEqual((before, dict(number)), (len(counted), {}))
