"""What customers complain of and what it costs: sums are right, and users see what they may see."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from tests.complaint.common_complaint_money import MoneyCase


@tagged("post_install", "-at_install")
class TestComplaintReport(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.causes = cls.env["expo.complaint.cause"].create([{"name": "Kiln"}, {"name": "Ink"}, {"name": "Crates"}])

    def _groups(self, groupby, aggregates, user=None, model="expo.complaint.report"):
        self.env.flush_all()
        return {
            row[0]: row[1:]
            for row in self.env[model].with_user(user or self.manager)._read_group(
                [("cause_id", "in", self.causes.ids)], [groupby], aggregates
            )
        }  # fmt: skip

    def test_the_cost_is_shared_by_what_was_claimed_and_its_sum_is_the_cost(self):
        complaint = self._complain_of_order(claimed=(6, 2), cause_id=self.causes[0].id, internal_cost=80)
        self.assertEqual(
            self._groups("product_id", ["cost:sum", "claimed_quantity:sum"]),
            {self.products[0]: (60, 6), self.products[1]: (20, 2)},
        )
        self.assertEqual(self._groups("cause_id", ["cost:sum", "complaint_id:count_distinct"])[self.causes[0]], (80, 1))
        self._promised(complaint, 40)
        self.assertEqual(self._groups("cause_id", ["cost:sum"])[self.causes[0]], (120,))

    def test_goods_of_which_nothing_is_claimed_yet_share_alike(self):
        self._complain_of_order(claimed=(0, 0), cause_id=self.causes[0].id, internal_cost=80)
        self.assertEqual(
            self._groups("product_id", ["cost:sum"]), {self.products[0]: (40,), self.products[1]: (40,)}
        )  # fmt: skip

    def test_a_complaint_without_goods_is_one_row(self):
        complaint = self._complain(source="service", cause_id=self.causes[1].id, internal_cost=30)
        [row] = self.env["expo.complaint.report"].search([("complaint_id", "=", complaint.id)])
        self.assertEqual((row.cost, row.product_id.id, row.source), (30, False, "service"))
        self.assertEqual(row.action_open_complaint()["res_id"], complaint.id)

    def test_rows_of_lines_and_of_complaints_have_numbers_of_their_own(self):
        for _number in range(3):
            self._complain_of_order(claimed=(1, 0), cause_id=self.causes[0].id)
            self._complain(cause_id=self.causes[0].id)
        rows = self.env["expo.complaint.report"].search([("cause_id", "in", self.causes.ids)])
        self.assertEqual(len(set(rows.ids)), 9)

    def test_a_complaint_of_many_goods_counts_once_in_the_days(self):
        of_two = self._complain_of_order(claimed=(6, 2), cause_id=self.causes[0].id)
        of_none = self._complain(source="service", cause_id=self.causes[0].id)
        for complaint, days in ((of_two, 10), (of_none, 40)):
            complaint.sudo().closed_on = complaint.received_at + timedelta(days=days)
        self.assertEqual(self._groups("cause_id", ["days:avg"])[self.causes[0]], (25,))

    def test_the_cost_is_told_as_a_share_of_the_turnover(self):
        whole = self.env["expo.abc.report"].search([])
        total = sum(whole.mapped("turnover"))
        self._complain_of_order(claimed=(6, 2), cause_id=self.causes[0].id, internal_cost=12)
        shares = self._groups("cause_id", ["cost_share:sum", "turnover_share:avg"])[self.causes[0]]
        self.assertAlmostEqual(shares[0], 100 * 12 / total)
        self.assertAlmostEqual(shares[1], 100 * 1200 / total)

    def test_salesperson_sees_own_complaints_and_no_turnover(self):
        mine = self._complain(cause_id=self.causes[0].id)
        theirs = self._complain(
            user=self.manager, partner=self._make_partner("Hans"), cause_id=self.causes[0].id, user_id=self.manager.id
        )
        rows = self.env["expo.complaint.report"].with_user(self.seller).search([("cause_id", "in", self.causes.ids)])
        self.assertEqual(rows.complaint_id, mine)
        row = self.env["expo.complaint.report"].search([("complaint_id", "=", theirs.id)])
        with self.assertRaises(AccessError):
            row.with_user(self.seller).read(["cost"])
        with self.assertRaises(AccessError):
            rows.read(["turnover_share"])

    def test_nothing_of_another_company_is_seen(self):
        self._complain(cause_id=self.causes[0].id)
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.company_ids |= other
        reports = self.env["expo.complaint.report"].with_user(self.manager).with_context(allowed_company_ids=other.ids)
        self.assertFalse(reports.search([]))
        self.assertFalse(self.env["expo.complaint.pareto"].with_env(reports.env).search([]))

    def test_what_was_merged_is_not_counted_twice(self):
        kept, double = (self._complain(cause_id=self.causes[0].id, internal_cost=10) for _number in range(2))
        double.sudo().write({"merged_into_id": kept.id})
        double.sudo()._move_to("cancelled")
        self.assertEqual(self._groups("cause_id", ["__count", "cost:sum"])[self.causes[0]], (1, 10))
        pareto = self._groups("cause_id", ["number:sum"], model="expo.complaint.pareto")
        self.assertEqual(pareto[self.causes[0]], (1,))


@tagged("post_install", "-at_install")
class TestComplaintPareto(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.causes = cls.env["expo.complaint.cause"].create([{"name": "Kiln"}, {"name": "Ink"}, {"name": "Crates"}])

    def _rows(self):
        self.env.flush_all()
        return (
            self.env["expo.complaint.pareto"].with_user(self.manager).search([("company_id", "=", self.env.company.id)])
        )

    def test_the_most_frequent_cause_comes_first_and_the_last_reaches_all(self):
        for cause, number in zip(self.causes, (2, 5, 3), strict=True):
            for _time in range(number):
                self._complain(cause_id=cause.id, internal_cost=10)
        rows = self._rows()
        self.assertEqual(rows.cause_id, self.causes[1] | self.causes[2] | self.causes[0])
        self.assertEqual(rows.mapped("number"), [5, 3, 2])
        self.assertEqual([round(share) for share in rows.mapped("share")], [50, 30, 20])
        self.assertEqual([round(share) for share in rows.mapped("cumulated")], [50, 80, 100])
        self.assertEqual([round(share) for share in rows.mapped("cost_share")], [50, 30, 20])
        self.assertEqual(rows.mapped("rank"), [1, 2, 3])

    def test_the_few_are_never_none(self):
        for cause, number in zip(self.causes[:2], (9, 1), strict=True):
            for _time in range(number):
                self._complain(cause_id=cause.id)
        few = self._rows().filtered_domain([("is_vital", "=", True)])
        self.assertEqual((few.cause_id, few.cumulated), (self.causes[0], 90))

    def test_what_was_archived_is_counted_and_shown(self):
        complaint = self._complain(cause_id=self.causes[0].id)
        complaint.active = False
        [row] = self._rows()
        action = row.action_open_complaints()
        found = self.env["expo.complaint"].with_context(**action["context"]).search(action["domain"])
        self.assertEqual((row.number, found), (1, complaint))

    def test_as_many_complaints_have_the_same_rank_and_the_dearer_stands_first(self):
        self._complain(cause_id=self.causes[0].id, internal_cost=10)
        self._complain(cause_id=self.causes[1].id, internal_cost=90)
        rows = self._rows()
        self.assertEqual((rows.mapped("rank"), rows[0].cause_id), ([1, 1], self.causes[1]))

    def test_what_was_cancelled_is_none_and_what_has_no_cause_is_counted(self):
        cancelled = self._complain(cause_id=self.causes[0].id)
        cancelled.cancel_reason = "The customer looked again"
        cancelled._move_to("cancelled")
        complaint = self._complain()
        [row] = self._rows()
        self.assertEqual((row.cause_id.id, row.number, row.cumulated), (False, 1, 100))
        action = row.action_open_complaints()
        self.assertEqual(self.env["expo.complaint"].search(action["domain"]), complaint)

    def test_a_salesperson_does_not_see_all_complaints_through_it(self):
        self._complain(cause_id=self.causes[0].id)
        with self.assertRaises(AccessError):
            self._rows().with_user(self.seller).read(["number"])
