from odoo import api, fields, models

from ...tools.retier import propose


class ExpoRecordOutcome(models.TransientModel):
    """What the reaction suggests: another tier, with its reason and one click to accept; when the next touch comes."""

    _inherit = "expo.record.outcome"

    request_purpose = fields.Selection(
        selection=lambda self: (
            self.env["expo.participation"]._fields["request_purpose"]._description_selection(self.env)
        ),
        string="Why They Ask",
        compute="_compute_request_purpose",
        store=True,
        readonly=False,
        precompute=True,
        help="As a buyer: they ask for prices, quantities, delivery. As a peer: how it is made, what it costs. "
        "To collect data: for everything, and no quantity.",
    )
    asks_purpose = fields.Boolean(compute="_compute_asks_purpose", compute_sudo=True)
    proposed_tier_id = fields.Many2one("expo.tier", compute="_compute_proposal", compute_sudo=True)
    proposal_reason = fields.Char(compute="_compute_proposal", compute_sudo=True)
    accept_proposal = fields.Boolean("Change the Tier")
    tier_id = fields.Many2one(compute="_compute_tier_id", store=True, readonly=False)
    proposed_on = fields.Date("Else Planned For", compute="_compute_proposed_on", compute_sudo=True)

    @api.depends("followup_id")
    def _compute_request_purpose(self):
        for wizard in self:
            wizard.request_purpose = wizard.followup_id.participation_id.request_purpose

    @api.depends("followup_id")
    def _compute_asks_purpose(self):
        for wizard in self:
            wizard.asks_purpose = wizard.current_tier_id.code == "materials"

    # -- the tier ------------------------------------------------------------------------------------------

    @api.depends("followup_id", "effect", "request_purpose")
    @api.depends_context("lang")
    def _compute_proposal(self):
        tiers = {tier.code: tier for tier in self.env["expo.tier"].search([])}
        for wizard in self:
            proposal = wizard._get_proposal()
            wizard.proposed_tier_id = tiers.get(proposal.tier, False) if proposal else False
            wizard.proposal_reason = wizard._get_reason(proposal) if wizard.proposed_tier_id else False

    def _get_proposal(self):
        participation = self.followup_id.participation_id
        if not participation:
            return None
        return propose(
            participation.tier_id.code,
            [*participation._get_effects(), *filter(None, [self.effect])],
            purpose=self.request_purpose or "",
            ordered=participation.payment_state not in (False, "none"),
            weak_demand=participation.weak_demand,
        )

    def _get_reason(self, proposal):
        """Say in words why the tier is proposed."""
        count = proposal.count
        reasons = {
            "ordered": self.env._("They have ordered."),
            "buyer": self.env._("They ask as a buyer, and react well."),
            "peer": self.env._("They ask as a peer, not as a buyer."),
            "collector": self.env._("They collect data and buy nothing."),
            "weak_demand": self.env._("They would not pay the freight of a sample."),
            "no_answer": self.env._("No answer, %s times in a row.", count),
        }
        if count == 1:
            reasons["positive"] = self.env._("They react well.")
            reasons["negative"] = self.env._("They react badly.")
        else:
            reasons["positive"] = self.env._("They react well, %s times in a row.", count)
            reasons["negative"] = self.env._("They react badly, %s times in a row.", count)
        return reasons[proposal.reason]

    @api.depends("accept_proposal", "proposed_tier_id")
    def _compute_tier_id(self):
        """Take the proposed tier when it is accepted, and back when it is not; another choice stays."""
        for wizard in self:
            if wizard.accept_proposal and wizard.proposed_tier_id:
                wizard.tier_id = wizard.proposed_tier_id
            else:
                wizard.tier_id = wizard.tier_id != wizard.proposed_tier_id and wizard.tier_id

    # -- the next day ----------------------------------------------------------------------------------------

    @api.depends("followup_id")
    def _compute_proposed_on(self):
        """When the customer's turn comes again if nothing is agreed with him: by plan or by rhythm."""
        for wizard in self:
            wizard.proposed_on = wizard.followup_id.participation_id._get_next_turn(wizard.followup_id)

    def action_save(self):
        """Record the outcome, and why they ask for materials where that has become clear."""
        self.followup_id.check_access("write")
        # In sudo, as the outcome itself is: who may record the touch says why they ask.
        participation = self.followup_id.sudo().participation_id
        if self.asks_purpose and participation.request_purpose != self.request_purpose:
            participation.request_purpose = self.request_purpose
        return super().action_save()
