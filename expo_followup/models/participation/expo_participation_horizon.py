from odoo import api, fields, models
from odoo.fields import Domain


class ExpoParticipation(models.Model):
    """How long a customer stays open: show leads become orders three to eight months later (rules.md §4).

    When the horizon has passed without an order or a refusal he becomes dormant, with a last proposal for his owner to
    send: a step of the plan that is counted from that day. Nothing is deleted, and an answer opens him again.
    """

    _inherit = "expo.participation"

    horizon_on = fields.Date(
        "Open Until", compute="_compute_horizon_on", store=True, readonly=False, index=True, copy=False,
        help="On this day the customer becomes dormant unless he has ordered or declined. Empty: never.",
    )  # fmt: skip
    outcome_reason = fields.Char("Reason of the Outcome", copy=False, tracking=True)

    @api.depends("exhibition_id.date_end", "company_id.expo_horizon_months")
    def _compute_horizon_on(self):
        for participation in self:
            months = participation.company_id.expo_horizon_months
            end = participation.exhibition_id.date_end
            participation.horizon_on = fields.Date.add(end, months=months) if end and months else False

    def write(self, vals):
        """Who is opened again after his horizon, by whatever way, stays open for as long as a new customer."""
        late = self.browse()
        if vals.get("outcome") == "open" and "horizon_on" not in vals:
            late = self.filtered(
                lambda entry: (
                    entry.outcome != "open" and entry.horizon_on and entry.horizon_on <= entry.company_id._expo_today()
                )
            )
        res = super().write(vals)
        for company, customers in late.grouped("company_id").items():
            months = company.expo_horizon_months
            customers.horizon_on = fields.Date.add(company._expo_today(), months=months) if months else False
        return res

    @api.model
    def _cron_sync(self):
        """Plan anew whose facts have changed, then let go whose horizon has passed."""
        res = super()._cron_sync()
        past = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("horizon_on", "<=", company._expo_today())
            for company in self.env["res.company"].search([])
        )
        self._run_job(past & Domain("outcome", "=", "open"), lambda batch: batch._become_dormant())
        return res

    def _become_dormant(self):
        """End the rhythm; the plan brings the last proposal.

        A whole show becomes dormant on one day: the history gets one note each, written together, where tracking would
        take several queries for each customer and his opportunity.
        """
        by_lang = self.grouped(lambda participation: participation.user_id.lang or self.env.lang)
        for lang, participations in by_lang.items():
            reason = self.with_context(lang=lang).env._(
                "Neither ordered nor declined in the time we keep customers open"
            )
            participations.with_context(tracking_disable=True)._set_outcome("dormant", reason)
            participations._message_log_batch(bodies=dict.fromkeys(participations.ids, reason))

    @api.private
    def _set_outcome(self, outcome, reason=""):
        """Note how it ended, for those who have not ended yet; who is dormant may still order or decline.

        :param str outcome: ``open``, ``won``, ``lost`` or ``dormant``
        :param str reason: why, for the history
        """
        changed = self.filtered(lambda entry: entry.outcome in ("open", "dormant") and entry.outcome != outcome)
        # What follows from orders, leads and days is written for customers of whichever colleague.
        changed.sudo().write({"outcome": outcome, "outcome_reason": reason})

    @api.private
    def _note_invoice(self):
        """The first posted invoice of an order from the show: he is won, also who had been given up as lost."""
        by_lang = self.grouped(lambda participation: participation.user_id.lang or self.env.lang)
        for lang, participations in by_lang.items():
            reason = self.with_context(lang=lang).env._("Invoiced")
            participations.filtered(lambda entry: entry.outcome != "won").write(
                {"outcome": "won", "outcome_reason": reason}
            )

    def _note_reply(self):
        """An answer wakes up who was dormant, for as long as a new customer stays open."""
        res = super()._note_reply()
        # Mail comes in as a user without rights on customers.
        dormant = self.sudo().filtered(lambda participation: participation.outcome == "dormant")
        dormant.write({"outcome": "open", "outcome_reason": False})
        return res
