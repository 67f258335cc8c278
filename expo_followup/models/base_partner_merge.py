from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Combine the entries of one show before core moves the rest: a customer is met once per show.

        Core would fail on, or delete, the rows that clash with the uniqueness per show and partner.
        """
        # A merge unites what all colleagues know of the customer, archived entries included.
        entries = self.env["expo.participation"].sudo().with_context(active_test=False)
        merged = entries.search([("partner_id", "in", (src_partners | dst_partner).ids)], order="captured_on, id")
        keepers = entries
        for same_show in merged.grouped("exhibition_id").values():
            # The first record wins (domain.md §3), but a live one before an archived one.
            ordered = same_show.sorted(lambda entry: (not entry.active, entry.captured_on, entry.id))
            keeper, others = ordered[0], ordered[1:]
            keeper._absorb(others)
            keepers |= keeper
        self.env["expo.duplicate"]._absorb_partners(src_partners, dst_partner)
        complaints = self.env["expo.complaint"].sudo().with_context(active_test=False)
        complaints = complaints.search([("partner_id", "child_of", (src_partners | dst_partner).ids)])
        self.env.flush_all()
        res = super()._update_foreign_keys(src_partners, dst_partner)
        # Core moved the partner in SQL: what is computed from it follows.
        keepers.invalidate_recordset()
        keepers.modified(["partner_id"])
        complaints.invalidate_recordset()
        complaints.modified(["partner_id"])
        # Nobody looks like himself.
        captures = entries.env["expo.capture"].search([("near_ids", "in", dst_partner.ids)])
        captures.filtered(lambda c: c.partner_id == dst_partner).near_ids -= dst_partner
        return res
