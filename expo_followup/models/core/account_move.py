from collections import defaultdict

from odoo import api, fields, models

UNPAID = ("not_paid", "partial")


class AccountMove(models.Model):
    """Invoices move the follow-up of their customers: the first wins the customer, payment changes the plan."""

    _inherit = "account.move"

    # Tell the customer of a problem before asking for money (rules.md §5).
    expo_is_held = fields.Boolean("Reminders on Hold", readonly=True, copy=False, index="btree_not_null")
    expo_was_excluded = fields.Boolean(
        "Previously Excluded",
        readonly=True,
        copy=False,
        help="Set when payment reminders were already paused manually before the problem was recorded.",
    )

    def write(self, vals):
        """Note what was excluded by hand while reminders are held; tell which credit notes of complaints are undone."""
        if "no_followup" in vals and "expo_is_held" not in vals and (held := self.filtered("expo_is_held")):
            super(AccountMove, held).write({"expo_was_excluded": vals["no_followup"]})
        undone = vals.get("state") in ("draft", "cancel")
        remedies = self.env["expo.complaint.remedy"]._find_done(self if undone else self.browse(), "move_id")
        res = super().write(vals)
        remedies._notify_undone()
        return res

    def _post(self, soft=True):
        """The first invoice wins a customer; an open problem holds its reminders (rules.md §4 and §5)."""
        remedies = self.env["expo.complaint.remedy"]._find_done(self.reversed_entry_id, "move_id")
        posted = super()._post(soft=soft)
        # In sudo: the clerk who posts an invoice need not see the exhibition customer, nor complaints.
        invoices = posted.sudo().filtered(lambda move: move.move_type == "out_invoice")
        invoices.line_ids.sale_line_ids.order_id.expo_participation_id._note_invoice()
        remedies._notify_undone()
        # Changed as a draft, it may have got new lines.
        invoices.filtered("expo_is_held").write({"no_followup": True, "expo_is_held": True})
        invoices._expo_sync_holds()
        return posted

    def _invoice_paid_hook(self):
        """A paid invoice moves the follow-up plan of its customer: plan anew as soon as possible."""
        res = super()._invoice_paid_hook()
        # The clerk who books the payment need not see the follow-up of the customer.
        self.env["expo.participation"].sudo()._trigger_sync()
        return res

    def _expo_is_taken_back(self):
        """Tell whether a posted document was reversed as a whole: the customer has nothing of it any more."""
        self.ensure_one()
        return any(
            move.state == "posted" and self.currency_id.compare_amounts(move.amount_total, self.amount_total) >= 0
            for move in self.reversal_move_ids
            if move.currency_id == self.currency_id
        )

    def _expo_sync_holds(self):
        """Hold what has an open problem, release what has none any more. Called in sudo; idempotent."""
        problems = self._expo_get_problems()
        released = self.filtered(lambda move: move.expo_is_held and not problems[move])
        held = self.filtered(lambda move: problems[move] and not move.expo_is_held and move._expo_is_asking())
        # Core's check of the entries would read these of each invoice alone.
        (released | held).line_ids.mapped("tax_ids")
        for before, moves in released.grouped("expo_was_excluded").items():
            moves._expo_exclude(before)
        released.write({"expo_is_held": False, "expo_was_excluded": False})
        groups = held.grouped("no_followup")
        # Before they are held: from then on, what is written there is a user's decision.
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
        # In sudo: that there is a problem is for every user who asks for money; its content is only for its readers.
        moves = self.sudo()
        orders = {move: move.line_ids.sale_line_ids.order_id for move in moves}
        everything = self.env["sale.order"].sudo().union(*orders.values())
        complaints = self.env["expo.complaint"].sudo()._find_holding(everything, moves)
        notices = (
            self.env["expo.problem.notice"].sudo().search([("is_open", "=", True), ("order_id", "in", everything.ids)])
        )
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
        """Return the numbers of the customer's own open complaints about an invoice to be paid."""
        self.ensure_one()
        # In sudo: the reader of the invoice's page is the customer, and the complaints are the customer's own.
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
            "There is an open problem: %s. Inform the customer before you ask for payment; payment "
            "reminders are on hold.",
            ", ".join(names),
        )

    def _get_alerts(self):
        alerts = super()._get_alerts()
        if self._expo_is_asking() and (warning := self._expo_get_warning()):
            alerts["expo_problem"] = {"level": "warning", "message": warning}
        return alerts
