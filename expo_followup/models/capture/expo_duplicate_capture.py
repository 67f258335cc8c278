from odoo import models


class ExpoCapture(models.Model):
    """Whoever looks like a customer just entered is proposed for comparing."""

    _inherit = "expo.capture"

    def _enter_batch(self):
        res = super()._enter_batch()
        reasons = {reason for reason, _label in self.env["expo.duplicate"]._fields["reason"].selection}
        self.env["expo.duplicate"]._propose(
            [
                (*_like_with_like(capture.partner_id, near), reason if reason in reasons else "name")
                for capture in self.filtered("partner_id")
                for reason in [capture.match_reason]
                for near in capture.near_ids
            ]
        )
        return res

    def action_compare(self):
        """Show the customers who look like this one, side by side."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_duplicate")
        ids = (self.partner_id | self.partner_id.commercial_partner_id).ids
        domain = ["|", ("partner_a_id", "in", ids), ("partner_b_id", "in", ids)]
        return {**action, "domain": domain, "context": {"search_default_open": 1}}


def _like_with_like(one, other):
    """Return the ids to compare: a company is compared with a company, where there is one."""
    one, other = (
        partner.commercial_partner_id if beside.is_company and partner.commercial_partner_id.is_company else partner
        for partner, beside in ((one, other), (other, one))
    )
    return one.id, other.id
