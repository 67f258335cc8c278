from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize_all, escape_psql

from ..complaint.expo_complaint_nameless import names


class ExpoPrivacy(models.AbstractModel):
    """What we hold of who complained: his complaints with all that hangs on them, and his mails as they came.

    What stays is said by :meth:`expo.complaint._make_nameless`: complaints that documents of the books refer to, but
    without the person, and those documents themselves.
    """

    _inherit = "expo.privacy"

    @api.model
    def _find_linked(self, partner):
        """Add complaints, evidence, mails, verdicts and problems told to him; those of somebody whom we did not know
        are found by the address.
        """
        found = super()._find_linked(partner)
        env = self.sudo().with_context(active_test=False).env
        own, unknown = Domain("partner_id", "=", partner.id), Domain("partner_id", "=", False)
        if email := partner.email_normalized:
            own |= unknown & Domain("email_from", "=ilike", escape_psql(email))
        complaints = env["expo.complaint"].search(own)
        of_complaints = Domain("complaint_id", "in", complaints.ids)
        received = of_complaints
        if email:
            # What belongs to somebody else who shares the mailbox is his.
            not_shared = Domain("complaint_id", "=", False) | Domain(
                "complaint_id.partner_id", "in", (False, partner.id)
            )
            not_shared |= Domain("complaint_id.partner_id.email_normalized", "!=", email)
            received |= Domain("sender", "=ilike", escape_psql(email)) & not_shared
        notices = env["expo.problem.notice"].search(Domain("partner_id", "=", partner.id))
        for records in (complaints, notices):
            queue = [("model", "=", records._name), ("res_id", "in", records.ids)]
            found["mail.mail"] |= env["mail.mail"].search(queue)
        ratings = Domain("res_model", "=", "expo.complaint")
        acted = self._find_acted(partner, complaints).event_ids
        return found | {
            "expo.complaint.mail": env["expo.complaint.mail"].search(received),
            "expo.complaint.evidence": env["expo.complaint.evidence"].search(of_complaints),
            "expo.complaint.demand": env["expo.complaint.demand"].search(of_complaints),
            "expo.complaint.event": env["expo.complaint.event"].search(of_complaints & Domain("note", "!=", False))
            | acted.filtered(lambda event: names(event.note, partner.name)),
            "rating.rating": env["rating.rating"].search(
                ratings & (Domain("partner_id", "=", partner.id) | Domain("res_id", "in", complaints.ids))
            ),
            "expo.complaint": complaints,
            "expo.problem.notice": notices,
        }

    @api.model
    def _find_acted(self, partner, own):
        """Return the complaints of others on which the person acted or was in copy: he accepted, confirmed, rated."""
        complaints = self.env["expo.complaint"].sudo().with_context(active_test=False)
        theirs = Domain("message_partner_ids", "in", partner.ids)
        theirs |= Domain("commercial_partner_id", "=", partner.commercial_partner_id.id)
        if email := partner.email_normalized:
            copied = complaints.search(Domain("email_cc", "ilike", escape_psql(email)))
            # A part of another's address is another person.
            theirs |= Domain("id", "in", copied.filtered(lambda one: email in email_normalize_all(one.email_cc)).ids)
        return complaints.search(theirs & Domain("id", "not in", own.ids))

    @api.model
    def _find_documented(self, found):
        """Return the complaints that stay without the person: documents of the books refer to them."""
        return found["expo.complaint"]._filter_documented()

    @api.model
    def _find_attachments(self, partner, found):
        """Add the files of the evidence, and his mails as they came."""
        # As in the base: what there is, whoever may see it.
        mails = self.env["ir.attachment"].sudo().search(
            [("res_model", "=", "expo.complaint.mail"), ("res_id", "in", found["expo.complaint.mail"].ids),
             ("res_field", "in", (False, "raw"))]
        )  # fmt: skip
        return super()._find_attachments(partner, found) | found["expo.complaint.evidence"].attachment_id | mails

    @api.model
    def _find_obstacles(self, partner, found):
        """Nobody is erased in the middle of his complaint."""
        obstacles = super()._find_obstacles(partner, found)
        if complaints := found["expo.complaint"].filtered("is_open"):
            obstacles.append(self.env._("Open complaints: %s. Settle or cancel them first.", len(complaints)))
        return obstacles

    @api.model
    def _must_keep(self, partner):
        """Who complained in nobody's name but his own is kept, nameless, where his complaint is."""
        if super()._must_keep(partner):
            return True
        # Whether there are any, not what they say.
        complaints = self.env["expo.complaint"].sudo().with_context(active_test=False)
        own = complaints.search([("partner_id", "=", partner.id), ("commercial_partner_id", "=", partner.id)])
        return bool(own._filter_documented())

    @api.model
    def _erase_complaints(self, partner, found):
        """Erase the person's complaints first: nothing else of theirs can be deleted before. In sudo: see the base."""
        self._find_acted(partner, found["expo.complaint"])._forget_names(partner)
        documented = self._find_documented(found)
        found["rating.rating"].filtered(lambda rating: rating.partner_id == partner).write(
            {"feedback": False, "partner_id": False}
        )
        found["expo.complaint.mail"].unlink()
        (found["expo.complaint"] - documented)._erase()
        documented._make_nameless(partner)
        # Who told them of it, and what, is of no use to the order.
        found["expo.problem.notice"].unlink()
