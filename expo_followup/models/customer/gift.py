from odoo import api, fields, models

from ..mixins.record_keeping import RecordKeeping


class ExpoGift(models.Model):
    """A gift to a customer: what, on which occasion, and whether he said thank you (rules.md §4: long-term care)."""

    _name = "expo.gift"
    _description = "Gift to a Customer"
    _inherit = ["expo.customer.file.personal", "expo.linked.records"]
    _order = "given_on desc, id desc"
    _record_keeping = RecordKeeping(
        archive="gifts",
        archive_order=120,
        archive_parent="file_id",
        personal="erase",
        personal_links=("person_id", "file_id"),
        erase_order=130,
        salesperson="file_id.participation_ids.user_id",
    )

    name = fields.Char("What", required=True)
    customer_id = fields.Many2one(related="file_id.partner_id", string="Customer", store=True, index=True)
    person_id = fields.Many2one(string="For")
    occasion = fields.Char(help="e.g. visit, birthday, Mid-Autumn Festival.")
    given_on = fields.Date(required=True, default=fields.Date.context_today, index=True)
    given_by_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, ondelete="set null", domain="[('share', '=', False)]"
    )
    currency_id = fields.Many2one(related="file_id.currency_id")
    cost = fields.Monetary()
    thanked_on = fields.Date("Thanks Received On")
    note = fields.Char()
    customs = fields.Text("Gifts over There", compute="_compute_customs", help="What the notes on the country say.")

    _cost_range = models.Constraint("CHECK(cost >= 0)", "The cost of a gift is not negative.")

    @api.depends("file_id.country_id")
    @api.depends_context("lang")
    def _compute_customs(self):
        for gift in self:
            gift.customs = gift.file_id.etiquette_id.gifts
