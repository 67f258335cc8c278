from odoo import models
from odoo.exceptions import UserError

# From which states each step leads on.
FROM = {
    "agree": ("requested",),
    "ship": ("agreed",),
    "receive": ("shipped",),
    "judge": ("received",),
    "refuse_freight": ("requested", "agreed"),
    "refuse": ("requested", "agreed"),
    "cancel": ("requested", "agreed", "shipped"),
    "reopen": ("agreed", "refused", "cancelled"),
}


class ExpoSample(models.Model):
    """The steps of a sample: each says from which state it leads on, and keeps who, when and how.

    Agreement and receipt move the follow-up plan of the customer at once.
    """

    _inherit = "expo.sample"

    def agree(self, by="", how="mail", on=None):
        """Note that the customer confirmed goods, details and freight.

        :param str by: who of the customer confirmed, the customer when empty
        :param str how: ``mail``, ``phone``, ``chat`` or ``person``
        :param date on: when, today when None
        """
        self._begin("agree")
        if not self.goods and not self.details:
            raise UserError(self.env._("Say which goods the customer wants before he agrees to them."))
        values = {
            "agreed_on": self._check_day(on),
            "agreed_by": by or self.partner_id.name,
            "agreed_how": how,
            "agreed_noted_by_id": self.env.uid,
        }
        if self.freight == "collect":
            # Who pays after all means it.
            values["weak_demand"] = False
        self._advance("agreed", values)

    def ship(self, carrier="", tracking_number="", on=None, **cost):
        """Note that the sample left.

        :param cost: ``cost``, and ``currency_id`` where it is not the company's
        """
        self._begin("ship")
        values = {
            "shipped_on": self._check_day(on),
            "carrier": carrier or self.carrier,
            "tracking_number": tracking_number or self.tracking_number,
            **{name: cost[name] for name in ("cost", "currency_id") if cost.get(name)},
        }
        self._advance("shipped", values)

    def receive(self, by="", on=None):
        """Note that the customer has the sample: the plan asks how he likes it."""
        self._begin("receive")
        self._advance("received", {"received_on": self._check_day(on, self.shipped_on), "received_by": by})

    def judge(self, judgement, text, tier=None):
        """Note what the customer says of the sample: a touch with its effect, and perhaps a new tier.

        :param str judgement: ``positive``, ``neutral`` or ``negative``
        :param tier: new ``expo.tier`` or its code, None to keep it
        """
        self._begin("judge")
        if judgement not in dict(self._fields["judgement"].selection) or not (text or "").strip():
            raise UserError(self.env._("Say what the customer thinks of the sample."))
        # The touch judges the sample, also where the plan asked for it.
        touch = self._get_touch()
        self.sudo().followup_id = touch
        touch.record_outcome(text.strip(), judgement, tier=tier)

    def refuse_freight(self, send_prepaid=False, tier=None, reason=""):
        """The customer will not pay the freight: a sign of weak demand, kept on the sample and the customer.

        :param bool send_prepaid: send it all the same, at our cost; else the sample is refused
        :param tier: new ``expo.tier`` or its code, None to keep it
        """
        self._begin("refuse_freight")
        if self.freight != "collect":
            raise UserError(self.env._("We pay the freight of “%s” already.", self.display_name))
        reason = reason or self.env._("The customer does not pay the freight.")
        if send_prepaid:
            # What was agreed with freight collect is to be agreed anew.
            self._advance("requested", {**self._get_disagreed(), "freight": "prepaid", "weak_demand": True})
        else:
            self._advance("refused", {"weak_demand": True, "end_reason": reason})
        if tier and self.participation_id:
            self.participation_id.set_tier(tier, reason=reason)

    def refuse(self, reason):
        """No sample is sent: the customer does not want it, or we do not send it."""
        self._end("refuse", "refused", reason)

    def cancel(self, reason):
        """Call the sample off, also when it was lost on its way."""
        self._end("cancel", "cancelled", reason)

    def action_reopen(self):
        """Start again from the request: to agree anew, or because it was refused too early."""
        for sample in self:
            sample._begin("reopen")
            sample._advance("requested", {**self._get_disagreed(), "end_reason": False})
        return True

    # -- behind the steps --------------------------------------------------------------------------------

    def _begin(self, step):
        """Check that the user may and the state allows it.

        :raises UserError: when the sample is not there yet, or beyond
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in FROM[step]:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(sample)s” is “%(state)s”: this step does not fit.",
                    sample=self.display_name,
                    state=labels[self.state],
                )
            )

    def _end(self, step, state, reason):
        self._begin(step)
        if not (reason or "").strip():
            raise UserError(self.env._("Give a reason: whoever serves the customer next wants to know it."))
        self._advance(state, {"end_reason": reason.strip()})

    def _get_disagreed(self):
        return {
            "agreed_on": False, "agreed_by": False, "agreed_how": False, "agreed_noted_by_id": False,
            "shipped_on": False,
        }  # fmt: skip

    def _advance(self, state, values):
        # The facts of the steps are read-only to users but through these methods, which have checked access.
        sample = self.sudo()
        before = sample.participation_id._get_names_of_sample_days()
        sample.write({**values, "state": state})
        sample.participation_id._drop_sample_days(before)

    def _check_day(self, day, not_before=None):
        """Return the day of a step, today when None.

        :raises UserError: when it is in the future, or before the step that comes first
        """
        today = self._today()
        day = day or today
        if day > today:
            raise UserError(self.env._("The day lies in the future: note a step once it has been done."))
        if not_before and day < not_before:
            raise UserError(self.env._("The sample cannot have arrived before it left."))
        return day

    def _judge(self, judgement, text, touch):
        """Keep the judgement and the touch in which it was given; the plan asks no more."""
        for sample in self:
            values = {"judgement": judgement, "judgement_text": text, "judged_on": sample._today()}
            sample._advance("judged", {**values, "followup_id": touch.id})

    def _get_touch(self):
        """Return the touch in which the customer judges: the one that the plan asks for, else one more."""
        return self.participation_id._get_sample_checks()[:1] or self.env["expo.followup"].create(
            {
                "participation_id": self.participation_id.id,
                "partner_id": self.partner_id.id,
                "user_id": self.user_id.id or self.env.uid,
                "activity_type_id": self.env.ref("expo_followup.activity_sample").id,
                "summary": self.env._("Sample judged: %s", self.goods or self.env._("Sample")),
                "window_start": self._today(),
            }
        )

    # -- buttons -----------------------------------------------------------------------------------------

    def action_agree(self):
        """Ask who confirmed the details, when and how."""
        return self.env["expo.sample.step"]._open(self, "agree")

    def action_ship(self):
        """Ask for carrier, number and cost."""
        return self.env["expo.sample.step"]._open(self, "ship")

    def action_receive(self):
        """Ask when it arrived."""
        return self.env["expo.sample.step"]._open(self, "receive")

    def action_judge(self):
        """Ask what the customer thinks of it."""
        return self.env["expo.sample.step"]._open(self, "judge")

    def action_refuse_freight(self):
        """Ask what becomes of a sample whose freight the customer does not pay."""
        return self.env["expo.sample.step"]._open(self, "refuse_freight")

    def action_refuse(self):
        """Ask why no sample is sent."""
        return self.env["expo.sample.step"]._open(self, "refuse")

    def action_cancel(self):
        """Ask why the sample is called off."""
        return self.env["expo.sample.step"]._open(self, "cancel")
