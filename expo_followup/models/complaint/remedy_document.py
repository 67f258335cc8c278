from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..mixins.taking_turns import take_turns


class ExpoComplaintRemedyDocument(models.AbstractModel):
    """The one document by which a remedy is carried out: credit note, replacement order, or discount on a quotation.

    Made once, however often and by however many the button is pressed: the remedy is locked, and linked to its
    document. A document that was cancelled or deleted makes room for another one.
    """

    _name = "expo.complaint.remedy.document"
    _description = "Document of a Remedy"

    has_document = fields.Boolean("Document Created", compute="_compute_has_document", compute_sudo=True)

    @api.depends("state", "kind", "move_id.state", "order_id.state", "discount_line_ids")
    def _compute_has_document(self):
        for remedy in self:
            remedy.has_document = bool(remedy._get_document())

    def action_make_document(self):
        """Make the document of approved remedies, or open the one there is."""
        for remedy in self.sorted("id"):
            if not remedy._get_document():
                remedy._make_document()
        return self[:1].action_open_document()

    def action_open_document(self):
        """Open the credit note or the order, if the user may see it; else say where it is."""
        self.ensure_one()
        self.check_access("read")
        document = self._get_document().sudo(False)
        if document and document.has_access("read"):
            return document.get_formview_action()
        # A salesperson need not see the accountants' documents.
        name = document.sudo().display_name
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s was passed to accounting.", name)
                if name
                else self.env._("The document has not been created yet."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_done(self):
        """Record that a remedy of another kind is carried out."""
        for remedy in self._lock_for_step("carry_out"):
            if remedy.kind != "other":
                raise UserError(
                    self.env._(
                        "You cannot mark “%s” as done because it is carried out by its document. Post or confirm "
                        "the document instead.",
                        remedy.display_name,
                    )
                )
            # In sudo: a fact of the step; access has been checked.
            remedy.sudo().done_on = fields.Datetime.now()
        return True

    # -- which document ----------------------------------------------------------------------------------

    def _get_document(self):
        """Return the document that stands for this remedy, in sudo; empty when there is none any more."""
        remedy = self.sudo()
        note = remedy.move_id
        if note.state == "draft" or (note.state == "posted" and not note._expo_is_taken_back()):
            return note
        is_live = remedy.order_id.state in ("draft", "sent", "sale")
        if is_live and (remedy.kind == "replacement" or remedy.discount_line_ids):
            return remedy.order_id
        return remedy.move_id.browse()

    def _is_carried_out(self):
        """Tell whether the document is posted or confirmed, with the content of the remedy."""
        document = self._get_document()
        if self.kind == "other":
            return bool(self.done_on)
        return bool(document) and document.state in ("posted", "sale")

    @api.model
    @api.private
    def _find_done(self, documents, name):
        """Return the remedies that documents have carried out, in sudo: not all users who cancel see complaints."""
        if not documents:
            return self.sudo().browse()
        return self.sudo().search([(name, "in", documents.ids), ("state", "=", "done")])

    @api.private
    def _notify_undone(self):
        """Tell the assignee that the customer has lost the remedy that was carried out."""
        for remedy in self:
            if remedy.state != "done" and remedy.complaint_id.state in ("feedback", "closed"):
                remedy._notify_people(
                    remedy.complaint_id.user_id | remedy.author_id,
                    lambda remedy: remedy.env._(
                        "“%s” is no longer marked as done because its document was cancelled.", remedy.display_name
                    ),
                )

    def _check_undocumented(self):
        """Refuse to change what a document stands for."""
        for remedy in self:
            if document := remedy._get_document():
                raise UserError(
                    self.env._(
                        "You cannot change “%(remedy)s” because it is carried out by %(document)s. Cancel that "
                        "document first.",
                        remedy=remedy.display_name,
                        document=document.display_name,
                    )
                )

    def _with_customer_language(self):
        """Return the remedy in the customer's language, as used on the documents."""
        return self.with_context(lang=self.complaint_id._get_language())

    # -- making it ---------------------------------------------------------------------------------------

    def _make_document(self):
        """Make the document.

        :raises UserError: when the remedy is not approved, or not accepted while it must be
        """
        # A second click at the same moment fails here, or is started again and finds the document.
        self._lock_for_step("carry_out")
        if self._get_document():
            return
        complaint = self.complaint_id
        self._check_complaint()
        needs = not complaint.company_id._expo_relaxed_gates() & {"acceptance"} and complaint.severity != "low"
        if needs and not complaint.accepted_on:
            raise UserError(
                self.env._(
                    "You cannot carry out this remedy because the customer has not accepted it. Record the "
                    "acceptance first."
                )
            )
        if self.kind == "other":
            raise UserError(self.env._("You cannot create a document for this remedy. Mark it as done instead."))
        if self.sudo().invoice_id.state != "posted":
            # Invoiced, or its invoice cancelled, since it was proposed.
            self.sudo().invoice_id = self._find_invoice()
        self._check_goods()
        # In sudo: salespeople make no credit notes and see not all orders. What is made follows from an approved remedy
        # of a complaint that the user may write, as a draft for the accountants or for the salesperson.
        remedy = self.sudo().with_company(self.company_id)
        if remedy.kind == "replacement":
            remedy._make_replacement()
        elif remedy.kind == "discount" and remedy.target_id:
            remedy._make_discount()
        else:
            remedy._make_credit_note()
        self.complaint_id.message_post(
            body=self.env._(
                "Created for the remedy “%(remedy)s”: %(document)s",
                remedy=self.display_name,
                document=self._get_document().display_name or self.env._("a draft credit note"),
            ),
        )

    def _make_replacement(self):
        """Make an order of the same goods that costs nothing, at the customer's show."""
        complaint = self.complaint_id
        origin = complaint._get_own_order() or self.line_id.order_line_id.order_id
        line = {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "price_unit": 0.0,
            "discount": 0.0,
            "tax_ids": False,
        }
        if self.line_id.uom_id:
            line["product_uom_id"] = self.line_id.uom_id.id
        self.order_id = self.env["sale.order"].create(
            {
                "partner_id": (origin.partner_id or complaint.partner_id).id,
                "partner_shipping_id": (origin.partner_shipping_id or complaint.partner_id).id,
                "company_id": self.company_id.id,
                "user_id": complaint.user_id.id or self.env.uid,
                "origin": complaint.name,
                "client_order_ref": origin.client_order_ref,
                "expo_participation_id": complaint.participation_id.id,
                "note": self._with_customer_language().env._(
                    "Replacement for the complaint %s, free of charge.", complaint.name
                ),
                "order_line": [Command.create(line)],
            }
        )

    def _make_discount(self):
        """Take the amount off the customer's quotation, as core does it."""
        order = self.target_id
        if order.state == "cancel":
            raise UserError(
                self.env._(
                    "You cannot discount “%s” because it is cancelled. Choose another order, or leave "
                    "the field empty for a credit note.",
                    order.name,
                )
            )
        if order.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "You cannot discount “%s” because it is confirmed. Leave the field empty for a credit note.",
                    order.name,
                )
            )
        take_turns(order)
        amount = self.currency_id._convert(self.amount, order.currency_id, self.company_id, self.day)
        if order.currency_id.compare_amounts(amount, order.amount_untaxed) > 0:
            raise UserError(
                self.env._(
                    "You cannot discount “%s” because its total is below the discount. Reduce the discount.", order.name
                )
            )
        before = order.order_line
        # Core deducts a sum with tax; our remedies are without.
        gross = amount * order.amount_total / order.amount_untaxed
        discount = self.env["sale.order.discount"].create(
            {"sale_order_id": order.id, "discount_type": "amount", "discount_amount": gross}
        )
        discount.action_apply_discount()
        lines = order.order_line - before
        for line in lines:
            line.name = f"{line.name} ({self.complaint_id.name})"
        self.write({"order_id": order.id, "discount_line_ids": [Command.set(lines.ids)]})

    def _make_credit_note(self):
        """Make a draft credit note, with the taxes and accounts of what was invoiced."""
        complaint, invoice = self.complaint_id, self.invoice_id
        partner = invoice.partner_id or complaint._get_own_order().partner_invoice_id or complaint.partner_id
        values = {
            "move_type": "out_refund",
            "partner_id": partner.id,
            "currency_id": self.currency_id.id,
            "company_id": self.company_id.id,
            "invoice_user_id": complaint.user_id.id or self.env.uid,
            "invoice_origin": complaint.name,
            "ref": ", ".join(filter(None, (complaint.name, invoice.name))),
            "reversed_entry_id": invoice.id,
            "invoice_line_ids": [Command.create(line) for line in self._prepare_credit_lines()],
        }
        if invoice.fiscal_position_id:
            values["fiscal_position_id"] = invoice.fiscal_position_id.id
        self.move_id = self.env["account.move"].create(values)

    def _prepare_credit_lines(self):
        """Return the lines of the credit note: one for each kind of taxation, in proportion to what was invoiced."""
        lines = self._get_invoice_lines()
        name = self.text or self.line_id.product_name or self._with_customer_language().env._("Credit note")
        name = f"{self.complaint_id.name}: {name}"
        if not lines:
            return [{"name": name, "quantity": 1.0, "price_unit": self.amount, "tax_ids": False}]
        groups = list(lines.grouped(lambda line: (line.tax_ids, line.account_id)).items())
        whole = sum(lines.mapped("price_subtotal"))
        rest, prepared = self.amount, []
        for number, ((taxes, account), same) in enumerate(groups, 1):
            share = sum(same.mapped("price_subtotal")) / whole if whole else 0.0
            part = rest if number == len(groups) else self.currency_id.round(self.amount * share)
            rest -= part
            prepared.append(
                {
                    "name": name,
                    "product_id": same.product_id.id if len(same.product_id) == 1 else False,
                    "quantity": 1.0,
                    "price_unit": self._get_gross(part, taxes),
                    "tax_ids": [Command.set(taxes.ids)],
                    "account_id": account.id,
                }
            )
        return [line for line in prepared if line["price_unit"]] or prepared[:1]

    def _get_gross(self, amount, taxes):
        """Return the price that comes to this amount without tax, where prices include their taxes."""
        if not any(taxes.flatten_taxes_hierarchy().mapped("price_include")):
            return amount
        found = taxes.compute_all(amount, currency=self.currency_id, handle_price_include=False)["taxes"]
        return amount + sum(tax["amount"] for tax in found if tax["price_include"])
