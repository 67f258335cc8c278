from odoo import api, fields, models

WATCHED_FIELDS = {"state", "partner_id", "company_id", "date_order"}


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "expo.complaint.watch", "expo.linked.records"]

    expo_participation_id = fields.Many2one(
        "expo.participation",
        "Exhibition Customer",
        compute="_compute_expo_participation_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('company_id', '=', company_id)]",
        help="Exhibition from which this order comes, that is, the last one at which the customer was met.",
    )

    # Orders of remedies: replacements without charge, and agreed discounts.
    expo_remedy_ids = fields.One2many(
        "expo.complaint.remedy", "order_id", "Remedies", readonly=True, groups="sales_team.group_sale_salesman"
    )

    # Problems with an order: declared here, and its invoices are held and released together.
    expo_problem_ids = fields.One2many("expo.problem.notice", "order_id", "Problems", copy=False)
    expo_open_problems = fields.Char(
        "Open Problems", compute="_compute_expo_open_problems", groups="sales_team.group_sale_salesman"
    )

    @api.depends("partner_id", "company_id", "state")
    def _compute_expo_participation_id(self):
        """Find the last show, begun before the order, at which a person of the customer's company was met.

        Looked for again when a draft is confirmed, which is when Odoo dates the order.
        In sudo: the customer may be a colleague's, and the order still counts for the show.
        """
        candidates = (
            self.env["expo.participation"]
            .sudo()
            .search([("commercial_partner_id", "in", self.partner_id.commercial_partner_id.ids)], order="id")
            if self.partner_id
            else self.env["expo.participation"]
        )
        by_company = candidates.grouped(lambda p: (p.company_id.id, p.commercial_partner_id.id))
        for order in self:
            key = (order.company_id.id, order.partner_id.commercial_partner_id.id)
            if order.expo_participation_id.commercial_partner_id == order.partner_id.commercial_partner_id:
                # A link that fits stays, above all one made by hand.
                order.expo_participation_id = order.expo_participation_id
                continue
            ordered_on = order.date_order or fields.Datetime.now()
            shows = by_company.get(key, candidates.browse()).filtered(
                lambda p, moment=ordered_on: p.exhibition_id.date_begin <= p.exhibition_id._to_local_date(moment)
            )
            own = shows.filtered(lambda p, partner=order.partner_id: p.partner_id == partner) or shows
            order.expo_participation_id = max(own, key=lambda p: (p.exhibition_id.date_begin, p.id), default=own)

    def _expo_get_checked(self, values):
        """Check which show an order is linked to, unless it is one that its customer was met at: the code finds it too.

        That one may be a colleague's; it comes back from the form of the order.
        """
        checked = super()._expo_get_checked(values)
        entry = self._expo_to_record("expo_participation_id", values)
        partners = self._expo_to_record("partner_id", values)._filtered_access("read")
        # In sudo: only whether it is the same customer's is told.
        known = entry.sudo()
        if (
            known.company_id in self.env.companies
            and known.commercial_partner_id == partners.sudo().commercial_partner_id
        ):
            checked.pop("expo_participation_id", None)
        return checked

    def _expo_to_record(self, name, values):
        field = self._fields[name]
        if name not in values:
            return self[name] if name == "partner_id" else self.env[field.comodel_name]
        return field.convert_to_record(field.convert_to_cache(values[name], self, validate=False), self)

    # -- An order shows the complaints about it.

    def _get_watched(self):
        return "order_id", self

    def _get_complaint_defaults(self):
        return {"default_partner_id": self.partner_id.id, "default_order_id": self.id}

    # -- orders of remedies

    def _action_confirm(self):
        res = super()._action_confirm()
        # In sudo: the customer may be a colleague's, and the goods of the order are to be followed all the same.
        self.filtered(lambda order: not order._expo_is_replacement()).sudo().expo_participation_id._note_order()
        return res

    def _action_cancel(self):
        remedies = self.env["expo.complaint.remedy"]._find_done(self, "order_id")
        res = super()._action_cancel()
        remedies._notify_undone()
        return res

    @api.private
    def _expo_is_replacement(self):
        """Tell whether an order only replaces goods of a complaint, without a new purchase."""
        self.ensure_one()
        # In sudo: what an order is for is no secret of the complaint's.
        return "replacement" in self.sudo().expo_remedy_ids.mapped("kind")

    @api.private
    def _expo_get_invoices(self):
        """Return the posted invoices of these orders, but for those that a credit note cancelled."""
        return self.order_line.invoice_lines.move_id.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice" and move.payment_state != "reversed"
        )

    @api.private
    def _expo_is_paid(self):
        """Tell whether an order is fully invoiced and all its invoices are settled."""
        invoices = self._expo_get_invoices()
        settled = all(move.payment_state in ("paid", "in_payment") for move in invoices)
        return bool(invoices) and settled and self.invoice_status in ("invoiced", "upselling")

    # -- existing and potential customers

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == "sale")._get_expo_files()._refresh_customer_since()
        return orders

    def write(self, vals):
        if not WATCHED_FIELDS & vals.keys():
            return super().write(vals)
        files = self._get_expo_files()
        res = super().write(vals)
        (files | self._get_expo_files())._refresh_customer_since()
        return res

    def _get_expo_files(self):
        """Return the customer files that these orders count for."""
        if not self.partner_id:
            return self.env["expo.customer.file"].sudo()
        # The salesperson of the order need not see the file.
        return (
            self.env["expo.customer.file"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                ]
            )
        )

    # -- order problems

    @api.depends("expo_problem_ids.is_open", "expo_problem_ids.told_at")
    @api.depends_context("lang")
    def _compute_expo_open_problems(self):
        """Name the declared problems that are open. In sudo: every user of the order is to know."""
        for order in self:
            notices = order.sudo().expo_problem_ids.filtered("is_open")
            kinds = dict(notices._fields["kind"]._description_selection(self.env))
            told, untold = (
                self.env._("the customer has been informed"),
                self.env._("the customer has not been informed"),
            )
            order.expo_open_problems = ", ".join(
                f"{kinds[notice.kind]} ({told if notice.told_at else untold})" for notice in notices
            )

    def _expo_get_warning(self):
        """Return in words why these orders should not be asked to be paid now; empty if they may."""
        # In sudo: that there is a problem is for every user who asks for money; only its number is told.
        orders = self.sudo()
        found = [
            *orders.env["expo.complaint"]._find_holding(orders, orders.env["account.move"]),
            *orders.expo_problem_ids.filtered("is_open"),
        ]
        return orders.env["account.move"]._expo_show_problems(found)

    def _expo_sync_holds(self):
        """Hold or release the invoices of these orders. Called in sudo."""
        if not self:
            return
        moves = self.env["account.move"].sudo()
        # Those of colleagues of other companies are theirs: an order and its invoices are of one company.
        lines = self.env["account.move.line"].sudo().search([("sale_line_ids.order_id", "in", self.ids)])
        (moves | lines.move_id)._expo_sync_holds()

    def action_declare_problem(self):
        """Declare a problem of this order, or see those that are open."""
        self.ensure_one()
        lists = [(False, "list"), (False, "kanban")]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Problems with %s", self.name),
            "res_model": "expo.problem.notice",
            "views": [*lists, (False, "form")] if self.sudo().expo_problem_ids else [(False, "form")],
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id},
        }
