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
        for same_show in merged.grouped("exhibition_id").values():
            # The first record wins (domain.md §3).
            keeper, others = same_show[0], same_show[1:]
            keeper._absorb(others)
            keeper.partner_id = dst_partner
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)
