from odoo import models
from odoo.exceptions import UserError

from ...tools.numbers import show_number
from ..mixins.taking_turns import take_turns
from .expo_complaint_line import DEAD_STATES


class ExpoComplaintRemedy(models.Model):
    """No more is credited than was invoiced, and no more replaced than is claimed, over all complaints together."""

    _inherit = "expo.complaint.remedy"

    # -- which invoice -----------------------------------------------------------------------------------

    def _find_invoice(self):
        """Return the posted invoice that a credit goes against, in sudo: the last one with room for it, else the last.

        That of the goods before that of the complaint; invoices of somebody who pays for the customer are his.
        """
        remedy = self.sudo()
        if remedy.kind not in ("credit", "discount") or remedy.target_id:
            return self.env["account.move"]
        line, complaint = remedy.line_id, remedy.complaint_id
        sources = (
            line.move_line_id.move_id,
            line.order_line_id.invoice_lines.move_id,
            complaint.invoice_id,
            complaint.order_id.invoice_ids,
            complaint.line_ids.move_line_id.move_id,
            complaint.line_ids.order_line_id.invoice_lines.move_id,
        )
        for moves in sources:
            if posted := moves.filtered(remedy._may_credit).sorted(lambda move: (move.invoice_date, move.id)):
                return posted.filtered(remedy._has_room)[-1:] or posted[-1:]
        return self.env["account.move"].sudo()

    def _may_credit(self, move):
        return (
            move.move_type == "out_invoice"
            and move.state == "posted"
            and move.company_id == self.company_id
            and self.complaint_id._is_of_customer(self.env["sale.order"], move)
        )

    def _get_invoice_lines(self):
        """Return the lines of the credited invoice that this remedy is about, else all of its goods."""
        lines = self.invoice_id.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        # What was paid in advance is taken off there, and is no sale of its own.
        lines = lines.filtered(lambda line: not line.is_downpayment) or lines
        wanted = self.line_id or self.complaint_id.line_ids
        named = lines & (wanted.move_line_id | wanted.order_line_id.invoice_lines)
        return named or lines

    # -- how much ----------------------------------------------------------------------------------------

    def _check_goods(self):
        """Refuse to credit more than was invoiced, and to replace more than is claimed, whoever promised the rest.

        :raises UserError: naming what is left
        """
        # In sudo: what colleagues promised counts, and nothing of it but what is left is told.
        remedy = self.sudo()
        if invoice := remedy.invoice_id:
            take_turns(invoice)
            if not remedy._has_room(invoice):
                remedy._refuse_credit()
        if remedy.line_id and remedy.kind in ("replacement", "credit") and remedy.quantity:
            remedy._check_line()

    def _has_room(self, invoice):
        """Tell whether an invoice came to what is promised against it in all, this remedy included."""
        others = self.search(
            [("invoice_id", "=", invoice.id), ("approval", "in", ("to_approve", "approved")), ("id", "!=", self.id)]
        )
        ours = others | self
        promised = sum(
            each.currency_id._convert(each.amount, invoice.currency_id, invoice.company_id, each.day) for each in ours
        )
        # What the accountants credited beside ours; ours counts once, with its promise.
        notes = (invoice.reversal_move_ids - ours.move_id).filtered(
            lambda note: note.state != "cancel" and not note._expo_is_taken_back()
        )
        credited = sum(
            note.currency_id._convert(note.amount_untaxed, invoice.currency_id, invoice.company_id, note.date)
            for note in notes
        )
        return invoice.currency_id.compare_amounts(promised + credited, invoice.amount_untaxed) <= 0

    def _refuse_credit(self):
        invoice = self.invoice_id
        raise UserError(
            self.env._(
                "%(invoice)s came to %(amount)s without tax: no more than that can be credited in all. "
                "What goes beyond it is another remedy: on another invoice, or “Something else”.",
                invoice=invoice.name,
                amount=invoice.currency_id.format(invoice.amount_untaxed),
            )
        )

    def _check_line(self):
        line = self.line_id
        take_turns(line)
        [[given]] = self._read_group(
            [
                ("line_id", "=", line.id), ("approval", "in", ("to_approve", "approved")), ("id", "!=", self.id),
                ("kind", "in", ("replacement", "credit")), ("complaint_id.state", "not in", DEAD_STATES),
            ], [], ["quantity:sum"],
        )  # fmt: skip
        most = line.accepted_quantity or line.claimed_quantity
        if line._is_more(given + self.quantity, most):
            raise UserError(
                self.env._(
                    "“%(article)s”: no more than %(most)s can be credited or replaced in all.",
                    article=line.product_name,
                    most=show_number(most),
                )
            )
