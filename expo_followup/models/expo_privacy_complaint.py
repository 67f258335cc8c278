from odoo import api, models
from odoo.fields import Domain
from odoo.tools import escape_psql


class ExpoPrivacy(models.AbstractModel):
    """What we hold of who complained: his complaints with all that hangs on them, and his mails as they came."""

    _inherit = "expo.privacy"

    @api.model
    def _find(self, partner):
        """Add complaints, evidence and mails; those of somebody whom we did not know are found by the address."""
        found = super()._find(partner)
        env = self.sudo().with_context(active_test=False).env
        complaints, mails = env["expo.complaint"], env["expo.complaint.mail"]
        own, unknown = Domain("partner_id", "=", partner.id), Domain("partner_id", "=", False)
        if email := partner.email_normalized:
            own |= unknown & Domain("email_from", "=ilike", escape_psql(email))
        complaints = complaints.search(own)
        received = Domain("complaint_id", "in", complaints.ids)
        if email:
            # What belongs to somebody else who shares the mailbox is his.
            nobodys = Domain("complaint_id", "=", False) | Domain("complaint_id.partner_id", "=", False)
            received |= nobodys & Domain("sender", "=ilike", escape_psql(email))
        found["mail.mail"] |= env["mail.mail"].search(
            [("model", "=", "expo.complaint"), ("res_id", "in", complaints.ids)]
        )
        return found | {
            "expo.complaint.mail": mails.search(received),
            "expo.complaint.evidence": env["expo.complaint.evidence"].search([("complaint_id", "in", complaints.ids)]),
            "expo.complaint": complaints,
        }

    @api.model
    def _find_attachments(self, partner, found):
        """Add the files of the evidence."""
        return super()._find_attachments(partner, found) | found["expo.complaint.evidence"].attachment_id

    @api.model
    def _find_obstacles(self, partner, found):
        """Nobody is erased in the middle of his complaint."""
        obstacles = super()._find_obstacles(partner, found)
        if complaints := found["expo.complaint"].filtered("is_open"):
            obstacles.append(self.env._("Open complaints: %s. Settle or cancel them first.", len(complaints)))
        return obstacles

    @api.model
    def _erase(self, partner, found):
        """Erase his complaints first: nothing else of theirs can be deleted before. In sudo: see the base."""
        found["expo.complaint.mail"].sudo().unlink()
        found["expo.complaint"]._erase()
        # What hangs on them went with them.
        return super()._erase(partner, {model: records.exists() for model, records in found.items()})
