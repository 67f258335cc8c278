from odoo import models
from odoo.tools import SQL

from ..mixins.merging import (
    get_differences,
    get_fact_names,
    get_missing_values,
    join_texts,
    move_linked_rows,
    post_differences,
)
from ..participation.care import Care

# What says nothing of the contact, is added up by core, or is told by the name in the note.
NOT_MERGED = frozenset(
    {
        "name",
        "active",
        "color",
        "message_bounce",
        "customer_rank",
        "supplier_rank",
        "calendar_last_notif_ack",
        "partner_latitude",
        "partner_longitude",
        "signup_type",
    }
)
JOINED_FIELDS = ("comment", "expo_foreign_notes", "sale_warn_msg")


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Merge files and combine entries before core moves the rest: it would fail on those that clash."""
        partners = src_partners | dst_partner
        # In sudo: a merge combines what all colleagues know of the customer, archived records included.
        everything = self.sudo().with_context(active_test=False).env
        files = everything["expo.customer.file"]
        united = files.search([("partner_id", "in", src_partners.ids)])._move_to(dst_partner.commercial_partner_id)
        people = self.env["expo.customer.person"].sudo().search([("partner_id", "in", partners.ids)])
        kept = self._expo_merge_entries(everything["expo.participation"], partners)
        # The contact cadence asks once for all of them: anew where only those merged were asked for.
        asked = everything["expo.followup"]._get_care_rows(src_partners)
        asked._withdraw()
        asked.unlink()
        self.env["expo.duplicate"]._merge_partners(src_partners, dst_partner)
        complaints = everything["expo.complaint"].search([("partner_id", "child_of", partners.ids)])
        self.env.flush_all()
        res = super()._update_foreign_keys(src_partners, dst_partner)
        # Core moved contacts and orders in SQL: what is computed from them follows.
        for records in (kept, complaints):
            records.invalidate_recordset()
            records.modified(["partner_id"])
        # A contact is no possible duplicate of itself.
        captures = everything["expo.capture"].search([("near_ids", "in", dst_partner.ids)])
        captures.filtered(lambda c: c.partner_id == dst_partner).near_ids -= dst_partner
        people.invalidate_recordset()
        people._unite_same_contact()
        everything["expo.participation"].search([("partner_id", "child_of", dst_partner.ids)])._ensure_files()
        united |= files.search([("partner_id", "=", dst_partner.commercial_partner_id.id)])
        united._refresh_customer_since()
        return res

    def _expo_merge_entries(self, entries, partners):
        """Combine the entries of one exhibition: a customer is met once per exhibition; return those that are kept."""
        merged, kept = entries.search([("partner_id", "in", partners.ids)], order="captured_on, id"), entries
        for same_show in merged.grouped("exhibition_id").values():
            # The first record wins (rules.md §3), but a live one before an archived one.
            ordered = same_show.sorted(lambda entry: (not entry.active, entry.captured_on, entry.id))
            ordered[0]._merge_from(ordered[1:])
            kept |= ordered[0]
        return kept

    def _update_reference_fields(self, src_partners, dst_partner):
        """Move what core leaves behind: scheduled messages, and activities that are done."""
        # As above: what all colleagues have of the customer.
        move_linked_rows(src_partners.sudo(), dst_partner.sudo())
        return super()._update_reference_fields(src_partners, dst_partner)

    def _update_values(self, src_partners, dst_partner):
        """Keep what core drops: it takes one value of each field, and none that is computed or hidden from the user.

        Texts are joined, gaps are filled, and what the merged contacts said differently is noted on the one that is
        kept, but for what not everybody who reads the contact may know.
        """
        self._expo_release_barcodes(src_partners.sudo(), dst_partner.sudo())
        res = super()._update_values(src_partners, dst_partner)
        # As above: the user who merges need not see all of them.
        kept, others = dst_partner.sudo(), src_partners.sudo()
        names = get_fact_names(kept, NOT_MERGED)
        of_company = set(kept._commercial_fields())
        own = [name for name in names if name != "parent_id" and (_has_own(kept) or name not in of_company)]
        values = get_missing_values(kept, others, own)
        kept.write(values | {name: join_texts(kept | others, name) for name in JOINED_FIELDS})
        names = [name for name in names if not kept._fields[name].groups]
        differences = []
        for other in others:
            # What a person has of the company stays there.
            told = names if _has_own(other) else [name for name in names if name not in of_company]
            differences.append((other, get_differences(kept, other, told)))
        post_differences(kept, kept, differences)
        # Only now it is known who of them is in the contact cadence.
        customer = kept.commercial_partner_id
        for company in kept.env["res.company"].search([]):
            if customer.with_company(company).expo_cadence_from:
                Care(company).sync(customer)
        return res

    def _expo_release_barcodes(self, others, kept):
        """Let the contacts that go lose their barcodes, noted where they differ: no two contacts may have the same.

        In SQL: core has copied them already, and would refuse any other way.
        """
        differences = [(other, get_differences(kept, other, ["barcode"])) for other in others]
        post_differences(kept, kept, differences)
        others.flush_recordset(["barcode"])
        self.env.cr.execute(SQL("UPDATE res_partner SET barcode = NULL WHERE id IN %s", others._ids or (0,)))
        others.invalidate_recordset(["barcode"])


def _has_own(partner):
    """Tell whether a contact has tax number, industry … of its own: core has moved the links that tell it elsewhere."""
    return partner.is_company or not partner.parent_id
