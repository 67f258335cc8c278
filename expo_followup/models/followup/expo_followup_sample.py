from odoo import models


class ExpoFollowup(models.Model):
    """The touch that asks how a sample was liked judges the sample."""

    _inherit = "expo.followup"

    def record_outcome(self, content, effect, tier=None, next_on=None, method=None):
        res = super().record_outcome(content, effect, tier=tier, next_on=next_on, method=method)
        if effect != "no_answer":
            # Who was asked to do the touch may say what came of it, also where the customer is a colleague's.
            self.sudo()._get_asked_sample()._judge(effect, self.content, self)
        return res

    def _get_asked_sample(self):
        """Return the sample that this touch was about: the one it was made for, else the one that waits longest."""
        samples = self.env["expo.sample"]
        if own := samples.search([("followup_id", "=", self.id)]):
            return own
        if self.step_id.expo_anchor != "sample_received":
            return samples
        waiting = [("participation_id", "=", self.participation_id.id), ("state", "=", "received")]
        return samples.search(waiting, order="received_on, id", limit=1)
