from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

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
        help="The show that this order came from: the last one at which its customer was met.",
    )

    @api.depends("partner_id", "company_id", "state")
    def _compute_expo_participation_id(self):
        """Find the last show, begun before the order, at which somebody of the customer's company was met.

        Looked for again when a draft is confirmed, which is when Odoo dates the order.
        In sudo: the customer may be a colleague's, and the order still counts for the show.
        """
        candidates = self.env["expo.participation"].sudo().search(
            [("commercial_partner_id", "in", self.partner_id.commercial_partner_id.ids)], order="id"
        ) if self.partner_id else self.env["expo.participation"]  # fmt: skip
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
