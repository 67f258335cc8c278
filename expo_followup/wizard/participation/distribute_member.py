from collections import Counter

from odoo import api, fields, models


class ExpoDistributeMember(models.TransientModel):
    """How much one of our people has to do before and after a distribution."""

    _name = "expo.distribute.member"
    _description = "Load in a Distribution"
    _inherit = ["expo.linked.records"]
    _order = "id"

    wizard_id = fields.Many2one("expo.distribute", required=True, ondelete="cascade", index=True)
    user_id = fields.Many2one("res.users", "Salesperson", required=True, readonly=True, ondelete="cascade")
    capacity = fields.Integer(readonly=True, help="Customers in 30 days, as stated in the sales team; 0 takes none.")
    load_before = fields.Integer("Before", readonly=True)
    load_after = fields.Integer("After", compute="_compute_load_after")
    is_full = fields.Boolean(compute="_compute_load_after")

    @api.depends("load_before", "wizard_id.line_ids.user_id")
    def _compute_load_after(self):
        for wizard, members in self.grouped("wizard_id").items():
            moved = wizard.line_ids.filtered(lambda line: line.user_id and line.user_id != line.owner_before_id)
            given = Counter(line.user_id.id for line in moved)
            given.subtract(line.owner_before_id.id for line in moved if line.is_counted)
            for member in members:
                member.load_after = member.load_before + given[member.user_id.id]
                member.is_full = member.load_after > member.capacity
