from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..mixins.steps import lock_or_refuse

PROMISED = ("approved", "done")
HOW = ("portal", "email", "phone", "hand")


class ExpoComplaintMoney(models.AbstractModel):
    """Goods and money of a complaint: what was claimed, requested, offered and accepted, and the cost.

    While it is open, no payment reminders are sent for its goods.
    """

    _name = "expo.complaint.money"
    _description = "Goods and Money of a Complaint"

    line_ids = fields.One2many("expo.complaint.line", "complaint_id", "Goods")
    demand_ids = fields.One2many("expo.complaint.demand", "complaint_id", "Customer Requests")
    remedy_ids = fields.One2many("expo.complaint.remedy", "complaint_id", "Remedies")
    has_unapproved = fields.Boolean(
        "Unapproved Remedies", compute="_compute_has_unapproved", help="Set while a remedy is not approved."
    )

    @api.depends("remedy_ids.state", "remedy_ids.company_amount", "internal_cost")
    def _compute_cost(self):
        for complaint in self:
            promised = complaint.remedy_ids.filtered(lambda remedy: remedy.state in PROMISED)
            complaint.remedy_cost = sum(promised.mapped("company_amount"))
            complaint.cost = complaint.remedy_cost + complaint.internal_cost

    @api.depends("remedy_ids.approval")
    def _compute_has_unapproved(self):
        for complaint in self:
            complaint.has_unapproved = any(row.approval in ("draft", "to_approve") for row in complaint.remedy_ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_promises(self):
        # Deleted, it would give back the authority that it used up.
        for complaint in self:
            if any(remedy.approval != "draft" for remedy in complaint.remedy_ids):
                raise UserError(
                    self.env._("You cannot delete “%s” because it has remedies. Cancel it instead.", complaint.name)
                )

    def _is_of_customer(self, orders, moves):
        """Tell whether orders and invoices are those of the complaint's customer, also when another partner pays."""
        customer = self.commercial_partner_id
        return all(order.partner_id.commercial_partner_id == customer for order in orders) and all(
            customer in (move.partner_id | move.line_ids.sale_line_ids.order_id.partner_id).commercial_partner_id
            for move in moves
        )

    def _get_own_order(self):
        """Return the complaint's order, if it is its customer's."""
        return (
            self.order_id if self._is_of_customer(self.order_id, self.env["account.move"]) else self.order_id.browse()
        )

    def _check_goods_of_customer(self):
        """Refuse orders, invoices and goods of another customer, and goods of another company.

        :raises UserError: when some are
        """
        # In sudo: orders of colleagues; only the refusal leaves. A merge of contacts moves both sides.
        for complaint in self.sudo() if not self._is_system() else self.browse():
            orders, moves = complaint.line_ids.order_line_id.order_id, complaint.line_ids.move_line_id.move_id
            if not complaint._is_of_customer(orders, moves) or (orders.company_id | moves.company_id) - (
                complaint.company_id
            ):
                raise UserError(
                    self.env._(
                        "You cannot change the customer because the goods were delivered to another customer. "
                        "Remove the goods first."
                    )
                )
            if complaint.partner_id and not complaint._is_of_customer(complaint.order_id, complaint.invoice_id):
                raise UserError(
                    self.env._(
                        "You cannot choose this order or invoice because it belongs to another customer. "
                        "Choose one of this customer, or none."
                    )
                )

    def _check_promised(self):
        """Refuse another customer where a remedy was carried out for the former one, and none where there is a remedy.

        :raises UserError: in each case
        """
        # In sudo: remedies of colleagues count; only the refusal is shown. A merge of contacts moves them.
        for complaint in self.sudo() if not self._is_system() else self.browse():
            promised = complaint.remedy_ids.filtered(lambda remedy: remedy.approval in ("to_approve", "approved"))
            if (promised and not complaint.partner_id) or any(
                remedy.state == "done" or remedy._get_document() for remedy in promised
            ):
                raise UserError(
                    self.env._("You cannot change the customer because remedies were proposed. Withdraw them first.")
                )

    # -- goods -------------------------------------------------------------------------------------------

    def action_add_lines(self):
        """Add what the complaint's order or invoice delivered, as far as it is not there yet.

        :raises UserError: when there is neither
        """
        self.ensure_one()
        self.check_access("write")
        # In sudo: the order is the complaint's, of any salesperson.
        complaint = self.sudo()
        if complaint.order_id:
            name, lines = "order_line_id", complaint.order_id.order_line
            lines = lines.filtered(
                lambda line: (
                    not line.display_type
                    and not line.is_downpayment
                    and line.price_unit >= 0
                    and line.product_uom_qty >= 0
                )
            )
        elif complaint.invoice_id:
            name, lines = "move_line_id", complaint.invoice_id.invoice_line_ids
            lines = lines.filtered(
                lambda line: (
                    line.display_type == "product"
                    and not line.is_downpayment
                    and line.price_unit >= 0
                    and line.quantity > 0
                )
            )
        else:
            raise UserError(
                self.env._(
                    "You cannot add delivered goods because the complaint has no order or invoice. Choose one first."
                )
            )
        new = lines - complaint.line_ids[name]
        self.env["expo.complaint.line"].create([{"complaint_id": self.id, name: line.id} for line in new])
        return True

    def _get_goods_worth(self, day):
        """Return the worth of the goods claimed, in the company's currency; else of the order or invoice itself.

        Only what comes from an order or an invoice: what was typed proves nothing.
        """
        complaint = self.sudo()
        company, ours = complaint.company_id, complaint.company_id.currency_id
        lines = complaint.line_ids.filtered("is_frozen")
        if worth := sum(line.currency_id._convert(line.claimed_amount, ours, company, day) for line in lines):
            return worth
        source = complaint.order_id.filtered(lambda order: order.state == "sale") or complaint.invoice_id
        if not source or (source._name == "account.move" and source.state != "posted"):
            return 0.0
        return source.currency_id._convert(source.amount_untaxed, ours, company, day)

    @api.private
    def _recheck_remedies(self):
        """Look again whether remedies that their authors approved themselves are still within their authority."""
        self.remedy_ids._recheck()

    # -- the offer ---------------------------------------------------------------------------------------

    @api.private
    def _accept_offer(self, how, name=False):
        """The customer accepts what we offered; saying it twice changes nothing.

        :param str how: ``portal``, ``email``, ``phone`` or ``hand``
        :param name: the contact who did, the customer unless told
        :return: whether it was accepted now, False when it had been before
        :raises UserError: when nothing is offered, or not all of it is approved
        """
        complaint = self._lock_offer()
        if how not in HOW:
            raise UserError(
                self.env._("You cannot record the acceptance because its channel is missing. Choose it first.")
            )
        if complaint.accepted_on:
            return False
        complaint._check_offer()
        complaint.write({"accepted_by": name or complaint.partner_id.name, "accepted_how": how})
        complaint._log_event("accepted", note=complaint.accepted_by)
        complaint._set_waiting(False)
        return True

    @api.private
    def _decline_offer(self, how, text=False):
        """The customer declines: another offer is to be made.

        :return: whether it was declined now, False when there was no offer any more
        """
        complaint = self._lock_offer()
        if not complaint.offered_on or complaint.accepted_on:
            return False
        complaint._log_event("declined", note=(text or "").strip() or dict(self._fields["accepted_how"].selection)[how])
        complaint.offered_on = False
        complaint._set_waiting(False)
        return True

    def _lock_offer(self):
        """Return the complaint in sudo, locked: the caller has checked that it is the customer, or a user."""
        self.ensure_one()
        complaint = self.sudo()
        lock_or_refuse(complaint)
        if not complaint.is_open:
            raise UserError(
                self.env._("You cannot change “%s” because it has ended. Reopen it first.", complaint.display_name)
            )
        return complaint

    def _check_offer(self):
        """Refuse acceptance of what was not offered, or goes beyond its author's authority.

        :raises UserError: in each case
        """
        if not self.offered_on:
            raise UserError(
                self.env._(
                    "You cannot record the customer's answer because no remedy was offered, or it has "
                    "changed since. Offer it to the customer first."
                )
            )
        facts = self._get_gate_facts()
        if not facts["remedy"] or not facts["authority"]:
            raise UserError(
                self.env._(
                    "You cannot accept the remedies because not all of them are approved. Have them approved first."
                )
            )

    @api.private
    def _void_offer(self):
        """Ask for a new offer and acceptance after a change of the remedies."""
        # In sudo: facts that the system keeps; the access to what changed has been checked.
        for complaint in self.sudo().filtered(lambda complaint: complaint.offered_on or complaint.accepted_on):
            complaint.write({"offered_on": False, "accepted_on": False, "accepted_by": False, "accepted_how": False})
            complaint.message_post(body=self.env._("The remedies have changed. Offer them to the customer again."))
            if complaint.state in ("implementing", "feedback"):
                complaint._move_to("negotiating")

    def action_offer_by_phone(self):
        """Note that the offer was made to the customer by word of mouth.

        :raises UserError: while there is nothing approved to offer
        """
        self.check_access("write")
        for complaint in self:
            facts = complaint._get_gate_facts()
            if not facts["remedy"] or not facts["authority"]:
                raise UserError(
                    self.env._(
                        "You cannot offer a remedy because none is approved, or some still await approval. "
                        "Propose a remedy and have it approved first."
                    )
                )
            if not complaint.offered_on:
                complaint._lock_offer()._log_event("offered", note=self.env._("By phone"))
        return True

    def action_accept(self):
        """Ask for the contact and the channel of the acceptance."""
        return self.env["expo.complaint.step"]._open_dialog(self, "accept")

    def action_decline(self):
        """Ask what the customer said to our offer."""
        return self.env["expo.complaint.step"]._open_dialog(self, "decline")

    # -- held invoices -----------------------------------------------------------------------------------

    def _get_held(self):
        """Return the orders and the invoices that complaints are about, in sudo, for all readers.

        Those of their goods too, and of the complaints that were merged into them.
        """
        held = self._get_held_each().values()
        return (
            self.env["sale.order"].sudo().union(*(orders for orders, _invoices in held)),
            self.env["account.move"].sudo().union(*(invoices for _orders, invoices in held)),
        )

    def _get_held_each(self):
        """Return ``{complaint: (orders, invoices)}`` as :meth:`_get_held`: constant queries for any number of them."""
        complaints = self.sudo()
        merged = complaints.search([("merged_into_id", "in", complaints.ids)]).grouped("merged_into_id")
        # Warm, for each is looked at alone below.
        goods = complaints.union(*merged.values()).line_ids
        goods.order_line_id.mapped("order_id")
        goods.move_line_id.mapped("move_id")
        held = {}
        for complaint in complaints:
            both = complaint | merged.get(complaint, complaint.browse())
            lines = both.line_ids
            orders = both.order_id | lines.order_line_id.order_id
            held[complaint] = (orders, both.invoice_id | lines.move_line_id.move_id)
        return held

    @api.model
    def _find_holding(self, orders, invoices):
        """Return the open complaints about these orders and invoices; in sudo by any caller."""
        about = (
            Domain("order_id", "in", orders.ids)
            | Domain("invoice_id", "in", invoices.ids)
            | Domain("line_ids", "any", [("order_line_id.order_id", "in", orders.ids)])
            | Domain("line_ids", "any", [("move_line_id.move_id", "in", invoices.ids)])
        )
        found = self.search(about & (Domain("is_open", "=", True) | Domain("merged_into_id.is_open", "=", True)))
        return (found | found.merged_into_id).filtered(lambda complaint: complaint.is_open and complaint.active)

    def _sync_holds(self, before=()):
        """Hold and release invoices. In sudo: they follow from complaints that the user may write."""
        orders, invoices = self._get_held()
        if before:
            orders, invoices = orders | before[0], invoices | before[1]
        orders._expo_sync_holds()
        invoices._expo_sync_holds()
