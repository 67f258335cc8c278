import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize

from ...tools.matching import own_domain

# The same customer about the same product within so many days.
ALIKE_DAYS = 30
REPLY = re.compile(r"^\s*((re|fwd?|aw|wg|sv|tr|rif|antw|答复|回复|转发)\s*[:：]\s*)+", re.IGNORECASE)


class ExpoComplaint(models.Model):
    """Two complaints about one thing: shown as a warning, for a person to judge and to merge.

    Alike are two that claim the same line of an order or an invoice, that have the same file as evidence, or that the
    same customer made about the same product, or in the same words, within thirty days.
    """

    _inherit = "expo.complaint"

    duplicate_ids = fields.Many2many("expo.complaint", string="Alike", compute="_compute_duplicate_ids")
    duplicate_count = fields.Integer(compute="_compute_duplicate_ids")

    @api.depends(
        "partner_id", "received_at", "subject", "line_ids.product_id", "evidence_ids.checksum", "merged_into_id"
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_duplicate_ids(self):
        for complaint in self:
            # In sudo: to be told of a complaint that one may read, whoever has its lines.
            found = complaint._origin.sudo()._find_alike() if complaint._origin else self.browse()
            complaint.duplicate_ids = found.sudo(False)._filtered_access("read")
            complaint.duplicate_count = len(complaint.duplicate_ids)

    def _find_alike(self):
        """Return the complaints that may be about the same thing as this one."""
        self.ensure_one()
        if self.merged_into_id:
            return self.browse()
        lines = self.line_ids
        base = fields.Domain(
            [("id", "!=", self.id), ("company_id", "=", self.company_id.id), ("merged_into_id", "=", False)]
        )
        window = self._get_same_customer() & fields.Domain(
            [
                ("received_at", ">=", self.received_at - timedelta(days=ALIKE_DAYS)),
                ("received_at", "<=", self.received_at + timedelta(days=ALIKE_DAYS)),
            ]
        )
        same_thing = fields.Domain.OR(
            [
                fields.Domain("line_ids.order_line_id", "in", lines.order_line_id.ids),
                fields.Domain("line_ids.move_line_id", "in", lines.move_line_id.ids),
                fields.Domain("evidence_ids.checksum", "in", list(filter(None, self.evidence_ids.mapped("checksum")))),
                window & fields.Domain("line_ids.product_id", "in", lines.product_id.ids),
            ]
        )
        found = self.search(base & same_thing)
        if words := self._get_subject_words():
            same_customer = self.search(base & window)
            found |= same_customer.filtered(lambda one: one._get_subject_words() == words)
        return found

    def _get_same_customer(self):
        """Return what finds the complaints of the same customer: his people, and addresses of his own domain."""
        domain = fields.Domain("commercial_partner_id", "in", self.commercial_partner_id.ids)
        if own := own_domain(email_normalize(self.email_from) or ""):
            domain |= fields.Domain("email_from", "ilike", f"@{own}")
        return domain

    def _get_subject_words(self):
        return " ".join(REPLY.sub("", self.subject or "").casefold().split())

    def action_open_duplicates(self):
        """Open the complaints that may be about the same thing."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_complaint_all")
        action["domain"] = [("id", "in", (self | self.duplicate_ids).ids)]
        action["context"] = {}
        return action
