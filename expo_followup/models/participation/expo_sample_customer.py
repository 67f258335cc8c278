from odoo import api, fields, models
from odoo.fields import Domain

# Of what the customer of a show asked for, at most so many articles are proposed as a sample.
PROPOSED_ARTICLES = 5
# The days that the plan counts from, by field, and the states of samples for which they hold.
SAMPLE_DAYS = {
    "sample_agreed_on": ("agreed_on", ("agreed", "shipped", "received", "judged")),
    "sample_received_on": ("received_on", ("received", "judged")),
}


class ExpoParticipation(models.Model):
    """The samples of a customer: their days are anchors of his plan, what they tell of him is shown."""

    _inherit = "expo.participation"

    sample_ids = fields.One2many("expo.sample", "participation_id", "Samples")
    sample_count = fields.Integer(compute="_compute_sample_count", compute_sudo=True)
    sample_agreed_on = fields.Date(compute="_compute_sample_days", store=True, readonly=False, compute_sudo=True)
    sample_received_on = fields.Date(compute="_compute_sample_days", store=True, readonly=False, compute_sudo=True)
    weak_demand = fields.Boolean(
        compute="_compute_weak_demand",
        store=True,
        compute_sudo=True,
        copy=False,
        help="Refused to pay the freight of a sample: how real is the demand?",
    )

    @api.depends("sample_ids")
    def _compute_sample_count(self):
        for participation in self:
            participation.sample_count = len(participation.sample_ids)

    @api.depends("sample_ids.state", "sample_ids.agreed_on", "sample_ids.received_on")
    def _compute_sample_days(self):
        """The latest day of each kind; while no sample has one, what was noted by hand stays."""
        for participation in self:
            for name in SAMPLE_DAYS:
                days = participation._get_days_of_samples(name)
                participation[name] = days[-1] if days else participation[name]

    @api.depends("sample_ids.weak_demand")
    def _compute_weak_demand(self):
        for participation in self:
            participation.weak_demand = any(participation.sample_ids.mapped("weak_demand"))

    def _get_days_of_samples(self, name):
        field, states = SAMPLE_DAYS[name]
        return sorted(sample[field] for sample in self.sample_ids if sample.state in states and sample[field])

    @api.private
    def _get_names_of_sample_days(self):
        """Return ``{customer: the kinds of days that samples give him}``, for :meth:`_drop_sample_days`."""
        return {
            customer: {name for name in SAMPLE_DAYS if customer._get_days_of_samples(name)} for customer in self.sudo()
        }

    @api.private
    def _drop_sample_days(self, before):
        """Empty the days that samples gave before and give no more, then plan anew."""
        for customer, names in before.items():
            if gone := [name for name in names if not customer._get_days_of_samples(name)]:
                customer.write(dict.fromkeys(gone, False))
        self._sync_followups()

    @api.private
    def _get_sample_days(self, field):
        """Return all days of a kind in their order: one round of the plan's step for each sample.

        :param str field: ``sample_agreed_on`` or ``sample_received_on``
        """
        self.ensure_one()
        return self._get_days_of_samples(field) or [self[field]] * bool(self[field])

    @api.private
    def _get_sample_checks(self):
        """Return the open touches of the plan that ask how a sample was liked, the first round first."""
        if not self:
            return self.env["expo.followup"]
        return self.env["expo.followup"].search(
            Domain("participation_id", "in", self.ids)
            & Domain("step_id.expo_anchor", "=", "sample_received")
            & Domain("state", "in", ("planned", "due")),
            order="round, id",
        )

    @api.private
    def _get_lower_tier(self):
        """Return the tier below the customer's; none for the lowest, and none for who has ordered."""
        tiers = self.env["expo.tier"]
        if not self or self.payment_state != "none":
            return tiers
        return tiers.search([("sequence", ">", self.tier_id.sequence)], order="sequence", limit=1)

    def unlink(self):
        """Samples go with their customer, through the ORM: with chatter and pictures."""
        # In sudo: whoever may delete the customer deletes all that hangs on him, as the database would.
        if samples := self.sudo().sample_ids:
            self.check_access("unlink")
            samples.unlink()
        return super().unlink()

    @api.private
    def _absorb(self, others):
        others.sample_ids.participation_id = self
        return super()._absorb(others)

    def action_open_samples(self):
        """Show the customer's samples; a new one starts with what he asked about."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_sample")
        articles = self.product_ids[:PROPOSED_ARTICLES]
        return {
            **action,
            "domain": [("participation_id", "=", self.id)],
            "context": {
                "default_participation_id": self.id,
                "default_line_ids": [fields.Command.create({"product_id": article.id}) for article in articles],
            },
        }
