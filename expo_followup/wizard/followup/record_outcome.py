"""The dialog that records the outcome of a follow-up, and its questions."""

from odoo import api, fields, models

from ...tools.retier import propose


class ExpoRecordOutcome(models.TransientModel):
    """The short dialog after a follow-up: method, content and effect; tier and next step if they change.

    It asks what is worth asking by this method and of such a customer; the answers become part of the record. What the
    reaction suggests is another tier, with its reason and one click to accept.
    """

    _name = "expo.record.outcome"
    _description = "Record Follow-up Outcome"
    _inherit = ["expo.customer.hints", "expo.linked.records"]

    followup_id = fields.Many2one("expo.followup", "Follow-up", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="followup_id.partner_id")
    company_id = fields.Many2one(related="followup_id.company_id")
    local_time = fields.Char(related="followup_id.local_time")
    moment_text = fields.Char(related="followup_id.moment_text")
    outcome_missing = fields.Boolean(related="followup_id.outcome_missing")
    # In sudo: who was asked to do the follow-up need not see the customer, and the dialog opens for who may record it.
    has_participation = fields.Boolean(
        "Linked to Exhibition Customer", compute="_compute_has_participation", compute_sudo=True
    )
    asks_delivery = fields.Boolean("Delivery Question", compute="_compute_has_participation", compute_sudo=True)
    current_tier_id = fields.Many2one(related="followup_id.tier_id", string="Current Tier")
    tier_description = fields.Text(related="followup_id.tier_id.description")
    touch = fields.Integer("Follow-up No.", compute="_compute_touch", compute_sudo=True)
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Method",
        compute="_compute_from_followup",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        domain="[('res_model', 'in', (False, 'expo.participation'))]",
    )
    line_ids = fields.One2many(
        "expo.record.outcome.line",
        "wizard_id",
        "Suggested Questions",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    content = fields.Text(compute="_compute_from_followup", store=True, readonly=False, precompute=True)
    effect = fields.Selection(
        selection=lambda self: self.env["expo.followup"]._fields["effect"]._description_selection(self.env)
    )
    request_purpose = fields.Selection(
        selection=lambda self: (
            self.env["expo.participation"]._fields["request_purpose"]._description_selection(self.env)
        ),
        compute="_compute_request_purpose",
        store=True,
        readonly=False,
        precompute=True,
        help="Buyers ask for prices, quantities and delivery; peers ask how the goods are made and "
        "what they cost; data collectors ask for everything but state no quantity.",
    )
    asks_purpose = fields.Boolean("Purpose Question", compute="_compute_asks_purpose", compute_sudo=True)
    proposed_tier_id = fields.Many2one("expo.tier", compute="_compute_proposal", compute_sudo=True)
    proposal_reason = fields.Char(compute="_compute_proposal", compute_sudo=True)
    accept_proposal = fields.Boolean("Tier Change Accepted")
    tier_id = fields.Many2one(
        "expo.tier",
        "New Tier",
        compute="_compute_tier_id",
        store=True,
        readonly=False,
        help="New tier of the customer; empty means that the tier does not change.",
    )
    proposed_on = fields.Date("Next Planned Date", compute="_compute_proposed_on", compute_sudo=True)
    next_on = fields.Date("Next Step On", help="Date of a further follow-up agreed with the customer.")
    delivered = fields.Boolean("Goods Delivered")

    @api.depends("followup_id")
    def _compute_has_participation(self):
        for wizard in self:
            participation = wizard.followup_id.participation_id
            wizard.has_participation = bool(participation)
            wizard.asks_delivery = participation.payment_state == "paid" and participation.delivery_state != "delivered"

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

    @api.depends("followup_id", "activity_type_id")
    def _compute_line_ids(self):
        """Ask what the method asks for; what was answered already stays."""
        for wizard in self:
            asked = self.env["expo.question"]._get_for(wizard.followup_id.participation_id, wizard.activity_type_id)
            kept = wizard.line_ids.filtered(lambda line, asked=asked: line.answer or line.question_id in asked)
            new = asked - kept.question_id
            wizard.line_ids = [
                *(fields.Command.delete(line.id) for line in wizard.line_ids - kept),
                *(fields.Command.create({"question_id": question.id}) for question in new),
            ]

    @api.depends("followup_id")
    def _compute_request_purpose(self):
        for wizard in self:
            wizard.request_purpose = wizard.followup_id.participation_id.request_purpose

    @api.depends("followup_id")
    def _compute_asks_purpose(self):
        for wizard in self:
            wizard.asks_purpose = wizard.current_tier_id.code == "materials"

    @api.depends("followup_id", "effect", "request_purpose")
    @api.depends_context("lang")
    def _compute_proposal(self):
        tiers = {tier.code: tier for tier in self.env["expo.tier"].search([])}
        for wizard in self:
            proposal = wizard._get_proposal()
            wizard.proposed_tier_id = tiers.get(proposal.tier, False) if proposal else False
            wizard.proposal_reason = wizard._get_reason(proposal) if wizard.proposed_tier_id else False

    @api.depends("accept_proposal", "proposed_tier_id")
    def _compute_tier_id(self):
        """Take the proposed tier when it is accepted, and back when it is not; another choice stays."""
        for wizard in self:
            if wizard.accept_proposal and wizard.proposed_tier_id:
                wizard.tier_id = wizard.proposed_tier_id
            else:
                wizard.tier_id = wizard.tier_id != wizard.proposed_tier_id and wizard.tier_id

    @api.depends("followup_id", "effect")
    def _compute_proposed_on(self):
        """When the customer's turn comes again if nothing is agreed: by plan or by contact cadence."""
        for wizard in self:
            customer, is_unreached = wizard.followup_id.participation_id, wizard.effect == "no_answer"
            wizard.proposed_on = customer._get_next_turn(wizard.followup_id, is_unreached)

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

    def action_save(self):
        """Record the outcome, and why they ask for materials where that has become clear; the plan moves with it."""
        self.ensure_one()
        self.followup_id.check_access("write")
        # In sudo: who may record the follow-up says what came of it also where the customer is a colleague's.
        participation = self.followup_id.sudo().participation_id
        if self.asks_purpose and participation.request_purpose != self.request_purpose:
            participation.request_purpose = self.request_purpose
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

    def action_save_and_next(self):
        """Record the outcome and go on with the next follow-up on the board of the user."""
        closing = self.action_save()
        if following := self.env["expo.followup"]._get_next_of_queue():
            return following.action_record_outcome()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("You have completed all follow-ups of today."),
                "next": closing,
            },
        }

    def _get_content(self):
        """Return what was said and done, with the answers under it."""
        answers = [f"{line.name} {line.answer.strip()}" for line in self.line_ids if (line.answer or "").strip()]
        return "\n".join([*filter(None, [(self.content or "").strip()]), *answers])

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
            "ordered": self.env._("The customer has ordered."),
            "buyer": self.env._("The customer asks as a buyer and reacts positively."),
            "peer": self.env._("The customer asks as a peer, not as a buyer."),
            "collector": self.env._("The customer only collects data and does not buy."),
            "weak_demand": self.env._("The customer refused to pay the freight of a sample."),
            "no_answer": self.env._("No answer, %s times in a row.", count),
        }
        if count == 1:
            reasons["positive"] = self.env._("The customer reacted positively.")
            reasons["negative"] = self.env._("The customer reacted negatively.")
        else:
            reasons["positive"] = self.env._("The customer reacted positively %s times in a row.", count)
            reasons["negative"] = self.env._("The customer reacted negatively %s times in a row.", count)
        return reasons[proposal.reason]

    def _serves_customer(self):
        """As the follow-up says."""
        return self.followup_id._serves_customer()


class ExpoRecordOutcomeLine(models.TransientModel):
    """One question of the outcome dialog, and what the customer said."""

    _name = "expo.record.outcome.line"
    _description = "Answer to a Question"
    _inherit = ["expo.linked.records"]
    _order = "id"

    wizard_id = fields.Many2one("expo.record.outcome", required=True, ondelete="cascade")
    question_id = fields.Many2one("expo.question", required=True, ondelete="cascade")
    name = fields.Char(related="question_id.name")
    hint = fields.Char(related="question_id.hint")
    answer = fields.Char()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # What is written in another user's dialog would be recorded in that user's name.
        lines.wizard_id.check_access("write")
        return lines

    def write(self, vals):
        res = super().write(vals)
        self.wizard_id.check_access("write")
        return res
