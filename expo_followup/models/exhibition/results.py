from odoo.fields import Domain

from ...tools.editions import get_series

MANAGER = "sales_team.group_sale_manager"
ALL_CUSTOMERS = "sales_team.group_sale_salesman_all_leads"
PAID = Domain("payment_state", "=", "paid")
ORDERED = PAID | Domain("ordered_on", "!=", False)
QUOTED = ORDERED | Domain("order_ids.state", "in", ["draft", "sent", "sale"])
REPLIED = QUOTED | Domain("replied_on", "!=", False)
#: What each stage of the funnel counts: customers who reached it or a later one.
STAGES = {"contacts": Domain.TRUE, "replied": REPLIED, "quoted": QUOTED, "ordered": ORDERED, "paid": PAID}
DIMENSIONS = ("tier_id", "country_id", "user_id")
INVOICES = ("out_invoice", "out_refund")


class Results:
    """What a show brought, as plain data, beside the last show: constant queries, with the user's rights.

    The figures are those of the exhibition's own fields; money is for managers, who alone read those.
    """

    def __init__(self, show):
        self.env = show.env
        self.show = show
        self.last, self.is_edition = self._find_last()
        self.is_manager = self.env.user.has_group(MANAGER)

    def get(self):
        """Return the funnel, the figures in money, and the funnel by tier, country and salesperson."""
        counts = {stage: self._count(domain) for stage, domain in STAGES.items()}
        return {
            "id": self.show.id,
            "name": self.show.display_name,
            "last": bool(self.last)
            and {"id": self.last.id, "name": self.last.display_name, "is_edition": self.is_edition},
            "is_own": not self.env.user.has_group(ALL_CUSTOMERS),
            "waiting": self.show.waiting_capture_count,
            "currency_id": self.show.currency_id.id,
            "stages": self._get_stages(counts),
            "figures": self._get_figures(counts) if self.is_manager else [],
            "tables": [self._get_table(name, position, counts) for position, name in enumerate(DIMENSIONS)],
        }

    def _find_last(self):
        """Return the last show of the company before this one, of the same series where there is one, and whether."""
        before = self.show.search(
            [
                ("company_id", "=", self.show.company_id.id),
                ("date_begin", "<", self.show.date_begin),
                ("state", "!=", "preparation"),
                ("participation_ids", "!=", False),
            ]
        )
        series = get_series(self.show.name, self.show.code)
        editions = before.filtered(lambda show: get_series(show.name, show.code) == series)
        return (editions or before)[:1], bool(editions)

    def _count(self, domain):
        """Return ``[(show, (tier, country, salesperson), customers)]`` of both shows."""
        of_shows = Domain("exhibition_id", "in", (self.show | self.last).ids)
        rows = self.env["expo.participation"]._read_group(
            of_shows & domain, ["exhibition_id", *DIMENSIONS], ["__count"]
        )
        return [(show, values, count) for show, *values, count in rows]

    def _sum(self, rows, show):
        return sum(count for of_show, _values, count in rows if of_show == show)

    def _get_stages(self, counts):
        names = {
            "contacts": self.env._("Contacts"),
            "replied": self.env._("Replied"),
            "quoted": self.env._("Quoted"),
            "ordered": self.env._("Ordered"),
            "paid": self.env._("Paid"),
        }
        return [
            {
                "key": stage,
                "name": names[stage],
                "count": self._sum(rows, self.show),
                "last": self._sum(rows, self.last),
                "domain": list(STAGES[stage] & Domain("exhibition_id", "=", self.show.id)),
            }
            for stage, rows in counts.items()
        ]

    def _get_table(self, name, position, counts):
        """Return the rows of one dimension: a record, its name and its customers by stage; the largest first."""
        totals = {}
        for stage, rows in counts.items():
            for show, values, count in rows:
                if show == self.show:
                    row = totals.setdefault(values[position], dict.fromkeys(STAGES, 0))
                    row[stage] += count
        order = {record: number for number, record in enumerate(self.env["expo.tier"].search([]))}
        found = sorted(totals.items(), key=lambda item: (order.get(item[0], 0), -item[1]["contacts"], item[0].id))
        return {
            "field": name,
            "name": self.env["expo.participation"]._fields[name]._description_string(self.env),
            "rows": [
                {"id": record.id, "name": record.display_name or self.env._("None"), "counts": row}
                for record, row in found
            ],
        }

    def _get_figures(self, counts):
        """Return the figures in money: key, name, unit, value and that of the last show, None where there is none."""
        now, before = (self._compute_figures(show, counts["contacts"]) for show in (self.show, self.last))
        names = {
            "turnover": self._describe("turnover"),
            "cost": self._describe("total_cost"),
            "samples": self._describe("sample_cost"),
            "result": self._describe("result"),
            "return": self.env._("Return on costs"),
            "contact_cost": self.env._("Cost per contact"),
            "order_cost": self.env._("Cost per order"),
            "expected": self._describe("expected_revenue"),
            "won": self._describe("won_revenue"),
        }
        return [
            {"key": key, "name": name, "value": now[key], "last": before.get(key), "is_percent": key == "return"}
            for key, name in names.items()
        ]

    def _describe(self, name):
        return self.show._fields[name]._description_string(self.env)

    def _compute_figures(self, show, contacts):
        if not show:
            return {}
        cost = show.total_cost + show.sample_cost
        customers = self._sum(contacts, show)
        orders = self.env["sale.order"].search_count(self.get_order_domain(show))
        return {
            "turnover": show.turnover,
            "cost": show.total_cost,
            "samples": show.sample_cost,
            "result": show.result,
            "return": 100 * show.result / cost if cost else None,
            "contact_cost": cost / customers if customers else None,
            "order_cost": cost / orders if orders else None,
            "expected": show.expected_revenue,
            "won": show.won_revenue,
        }

    @staticmethod
    def get_order_domain(show):
        """Confirmed orders of the show's customers, but for those that replace goods of a complaint."""
        return [
            ("expo_participation_id.exhibition_id", "=", show.id),
            ("state", "=", "sale"),
            ("expo_remedy_ids", "not any", [("kind", "=", "replacement")]),
        ]

    def get_action(self, key):
        """Return the action that lists what a figure is made of."""
        of_show = [("exhibition_id", "=", self.show.id)]
        model, domain = {
            "turnover": (
                "account.move",
                [
                    ("move_type", "in", INVOICES),
                    ("state", "=", "posted"),
                    ("line_ids.sale_line_ids.order_id.expo_participation_id.exhibition_id", "=", self.show.id),
                ],
            ),
            "cost": ("expo.exhibition.cost", of_show),
            "samples": ("expo.sample", [*of_show, ("company_cost", "!=", 0)]),
            "contact_cost": ("expo.participation", of_show),
            "order_cost": ("sale.order", self.get_order_domain(self.show)),
            "expected": (
                "crm.lead",
                [("expo_participation_ids.exhibition_id", "=", self.show.id), ("won_status", "=", "pending")],
            ),
            "won": (
                "crm.lead",
                [("expo_participation_ids.exhibition_id", "=", self.show.id), ("won_status", "=", "won")],
            ),
        }.get(key, ("expo.exhibition", [("id", "in", (self.show | self.last).ids)]))
        view = "expo_followup.expo_exhibition_view_list_revenue" if model == "expo.exhibition" else False
        return {
            "type": "ir.actions.act_window",
            "name": self.show.display_name,
            "res_model": model,
            "domain": domain,
            "context": {"create": False, "active_test": model != "crm.lead"},
            "views": [(view and self.env["ir.model.data"]._xmlid_to_res_id(view), "list"), (False, "form")],
        }
