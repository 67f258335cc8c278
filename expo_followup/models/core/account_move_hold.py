from collections import defaultdict

from odoo import api, fields, models

UNPAID = ("not_paid", "partial")


class AccountMove(models.Model):
    """Tell the customer of a problem before asking for money (rules.md §5).

    While a complaint or a declared problem is open, the invoices of its order are left out of follow-up reports. What
    they were before is remembered, and they become that again when the last problem ends; what somebody has said by
    hand meanwhile stays.
    """

    _inherit = "account.move"

    expo_is_held = fields.Boolean("Reminders Held", readonly=True, copy=False, index="btree_not_null")
    expo_was_excluded = fields.Boolean(
        "Excluded Before", readonly=True, copy=False, help="Whether reminders were held by hand before the problem."
    )

    def write(self, vals):
        if "no_followup" in vals and "expo_is_held" not in vals and (held := self.filtered("expo_is_held")):
            super(AccountMove, held).write({"expo_was_excluded": vals["no_followup"]})
        return super().write(vals)

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        # In sudo: who posts an invoice need not see complaints.
        invoices = posted.sudo().filtered(lambda move: move.move_type == "out_invoice")
        # Changed as a draft, it may have got new lines.
        invoices.filtered("expo_is_held").write({"no_followup": True, "expo_is_held": True})
        invoices._expo_sync_holds()
        return posted

    def _expo_sync_holds(self):
        """Hold what has an open problem, release what has none any more. In sudo by whoever calls; idempotent."""
        problems = self._expo_get_problems()
        released = self.filtered(lambda move: move.expo_is_held and not problems[move])
        held = self.filtered(lambda move: problems[move] and not move.expo_is_held and move._expo_is_asking())
        # Core's check of the entries would read these of each invoice alone.
        (released | held).line_ids.mapped("tax_ids")
        for before, moves in released.grouped("expo_was_excluded").items():
            moves._expo_exclude(before)
        released.write({"expo_is_held": False, "expo_was_excluded": False})
        groups = held.grouped("no_followup")
        # Before they are held: from then on, what is written there is somebody's word.
        held._expo_exclude(True)
        for before, moves in groups.items():
            moves.write({"expo_is_held": True, "expo_was_excluded": before})

    def _expo_exclude(self, is_excluded):
        """Leave invoices out of follow-up reports, or take them in: as writing ``no_followup``, for all at once."""
        self.line_ids.filtered(lambda line: line.account_type == "asset_receivable").no_followup = is_excluded

    def _expo_is_asking(self):
        return self.move_type == "out_invoice" and self.state == "posted" and self.payment_state in UNPAID

    def _expo_get_problems(self):
        """Return ``{invoice: open complaints and problems, as a list of records in sudo}``."""
        # In sudo: that there is a problem is for whoever asks for money; what it is stays with those who may read it.
        moves = self.sudo()
        orders = {move: move.line_ids.sale_line_ids.order_id for move in moves}
        everything = self.env["sale.order"].sudo().union(*orders.values())
        complaints = self.env["expo.complaint"].sudo()._find_holding(everything, moves)
        notices = self.env["expo.problem.notice"].sudo().search(
            [("is_open", "=", True), ("order_id", "in", everything.ids)]
        )  # fmt: skip
        found = defaultdict(list)
        for complaint, (sold, billed) in complaints._get_held_each().items():
            for place in (*sold, *billed):
                found[place].append(complaint)
        for notice in notices:
            found[notice.order_id].append(notice)
        return {
            # A complaint may be about both the order and the invoice.
            move: list(dict.fromkeys(row for place in (move, *orders[move]) for row in found[place]))
            for move in moves
        }

    def _expo_get_complaint_names(self):
        """Return the numbers of the customer's own open complaints about an invoice that he is asked to pay."""
        self.ensure_one()
        # In sudo: whoever has the invoice's page is the customer, and they are his.
        move = self.sudo()
        found = move._expo_get_problems()[move] if move._expo_is_asking() else []
        own = (row for row in found if row._name == "expo.complaint")
        customer = move.commercial_partner_id
        return ", ".join(row.name for row in own if row.commercial_partner_id == customer)

    def _expo_get_warning(self):
        """Return in words why these invoices should not be asked for now; empty if they may."""
        found = dict.fromkeys(row for rows in self._expo_get_problems().values() for row in rows)
        return self._expo_show_problems(found)

    @api.model
    def _expo_show_problems(self, found):
        names = [row.name if row._name == "expo.complaint" else row.display_name for row in found]
        if not names:
            return ""
        return self.env._(
            "There is an open problem: %s. Tell the customer of it before you ask for money; reminders are held.",
            ", ".join(names),
        )

    def _get_alerts(self):
        alerts = super()._get_alerts()
        if self._expo_is_asking() and (warning := self._expo_get_warning()):
            alerts["expo_problem"] = {"level": "warning", "message": warning}
        return alerts
