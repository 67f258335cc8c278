from odoo import api, fields, models


class ExpoRecordOutcome(models.TransientModel):
    """The short dialog after a touch: method, content and effect; tier and next step if they change."""

    _name = "expo.record.outcome"
    _description = "Record What Came of a Follow-up"
    _inherit = ["expo.customer.hints"]

    followup_id = fields.Many2one("expo.followup", "Follow-up", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="followup_id.partner_id")
    company_id = fields.Many2one(related="followup_id.company_id")
    # In sudo: who was asked to do the touch need not see the customer, and the dialog opens for who may record it.
    has_participation = fields.Boolean(compute="_compute_has_participation", compute_sudo=True)
    current_tier_id = fields.Many2one(related="followup_id.tier_id", string="Present Tier")
    tier_description = fields.Text(related="followup_id.tier_id.description")
    touch = fields.Integer(compute="_compute_touch", compute_sudo=True)
    activity_type_id = fields.Many2one(
        "mail.activity.type", "Method", compute="_compute_from_followup", store=True, readonly=False, required=True,
        precompute=True, domain="[('res_model', 'in', (False, 'expo.participation'))]",
    )  # fmt: skip
    content = fields.Text(
        "What Was Said and Done", compute="_compute_from_followup", store=True, readonly=False, precompute=True
    )
    effect = fields.Selection(
        selection=lambda self: self.env["expo.followup"]._fields["effect"]._description_selection(self.env)
    )
    tier_id = fields.Many2one("expo.tier", "New Tier", help="Empty: the tier stays as it is.")
    next_on = fields.Date("Next Step On", help="A further touch that you agreed with the customer.")
    delivered = fields.Boolean("The Goods Have Arrived")
    asks_delivery = fields.Boolean(compute="_compute_has_participation", compute_sudo=True)

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        # The dialog shows facts of the customer, so it opens only for who may write them down.
        wizards.followup_id.check_access("write")
        return wizards

    def write(self, vals):
        res = super().write(vals)
        self.followup_id.check_access("write")
        return res

    @api.depends("followup_id")
    def _compute_has_participation(self):
        for wizard in self:
            participation = wizard.followup_id.participation_id
            wizard.has_participation = bool(participation)
            wizard.asks_delivery = participation.payment_state == "paid" and participation.delivery_state != "delivered"

    def _serves_customer(self):
        """As the follow-up says."""
        return self.followup_id._serves_customer()

    @api.depends("followup_id")
    def _compute_touch(self):
        for wizard in self:
            followup = wizard.followup_id
            wizard.touch = followup.number or followup.participation_id.followup_count + 1

    @api.depends("followup_id")
    def _compute_from_followup(self):
        for wizard in self:
            wizard.activity_type_id = wizard.followup_id.activity_type_id
            wizard.content = wizard.followup_id.content

    def action_save(self):
        """Record the outcome; the plan moves with it."""
        self.ensure_one()
        # In sudo: recording checks who may, and says what came of it also where the customer is a colleague's.
        participation = self.followup_id.sudo().participation_id
        self.followup_id.record_outcome(
            self._get_content(),
            self.effect,
            tier=self.tier_id or None,
            next_on=self.next_on or None,
            method=self.activity_type_id,
        )
        if self.delivered and participation:
            participation.delivery_state = "delivered"
        return {"type": "ir.actions.act_window_close"}
