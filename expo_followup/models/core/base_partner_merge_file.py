from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts unites their customer files (design: a merge keeps the union)."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Unite the files before core moves the rest: core would delete those that clash."""
        # A merge unites what all colleagues know of the customer, archived files included.
        files = self.env["expo.customer.file"].sudo().with_context(active_test=False)
        united = files.search([("partner_id", "in", src_partners.ids)])._move_to(dst_partner.commercial_partner_id)
        people = self.env["expo.customer.person"].sudo()
        people = people.search([("partner_id", "in", (src_partners | dst_partner).ids)])
        self.env.flush_all()
        res = super()._update_foreign_keys(src_partners, dst_partner)
        # Core moved contacts and orders in SQL.
        people.invalidate_recordset()
        people._unite_same_contact()
        entries = self.env["expo.participation"].sudo().with_context(active_test=False)
        entries.search([("partner_id", "child_of", dst_partner.ids)])._ensure_files()
        united |= files.search([("partner_id", "=", dst_partner.commercial_partner_id.id)])
        united._refresh_customer_since()
        return res
