from odoo import models


class ExpoFollowup(models.Model):
    """The touch that asks how a sample was liked judges the sample."""

    _inherit = "expo.followup"

    def record_outcome(self, content, effect, tier=None, next_on=None, method=None):
        res = super().record_outcome(content, effect, tier=tier, next_on=next_on, method=method)
        if self.step_id.expo_anchor == "sample_received" and effect != "no_answer":
            # Who was asked to do the touch may say what came of it, also where the customer is a colleague's.
            waiting = self.sudo().participation_id.sample_ids.filtered(lambda sample: sample.state == "received")
            if oldest := waiting.sorted(lambda sample: (sample.received_on, sample.id))[:1]:
                oldest._judge(effect, self.content)
        return res
