from odoo import api, models

from ..mixins.merging import get_differences, get_fact_names, get_missing_values, move_linked_rows, post_differences
from .expo_customer_file import DERIVED_FIELDS, KEEPER_FIELDS

# Facts that only make sense together.
TOGETHER = {"registered_capital": "capital_currency_id", "verified_on": "verified_by_id"}
NOT_FACTS = (DERIVED_FIELDS - {"verified_on"}) | (KEEPER_FIELDS - {"keeper_id"}) | set(TOGETHER.values())


class ExpoCustomerFile(models.Model):
    """When two customers turn out to be one, so do their files: nothing of either is lost."""

    _inherit = "expo.customer.file"

    @api.private
    def _move_to(self, partner):
        """Make these files those of ``partner``, a company: where it has one already, the two are united."""
        files = self.with_context(active_test=False)
        there = files.search([("partner_id", "=", partner.id), ("id", "not in", self.ids)])
        by_company = {file.company_id: file for file in there}
        for file in files.sorted("id"):
            kept = by_company.get(file.company_id)
            if kept:
                kept._absorb(file)
            else:
                file.partner_id = partner
                by_company[file.company_id] = file
        moved = self.browse().union(*by_company.values())
        moved._refresh_customer_since()
        return moved

    @api.private
    def _absorb(self, other):
        """Take over all that another file of the same customer holds, then drop it.

        The facts of this file win, its gaps are filled by the other's; where both know something different, the chatter
        keeps what the other said. People known to both become one.
        """
        self.ensure_one()
        self._fill_gaps(other)
        if other.opened_on and self.opened_on:
            self.opened_on = min(self.opened_on, other.opened_on)
        other.participation_ids.file_id = self
        other.plan_ids.file_id = self
        other.person_ids.file_id = self
        other.account_ids.file_id = self
        other.preference_ids.file_id = self
        self.person_ids._unite_same_contact()
        if self.reminder_id.active:
            other.reminder_id.filtered("active").unlink()
        elif other.reminder_id:
            self.reminder_id = other.reminder_id
        other.message_change_thread(self)
        move_linked_rows(other, self)
        # Rows that moved must not be dropped with the file.
        self.env.flush_all()
        other.invalidate_recordset()
        other.unlink()

    def _fill_gaps(self, other):
        """Fill what this file does not know from the other; note what the other said differently."""
        names = get_fact_names(self, NOT_FACTS)
        values = get_missing_values(self, other, names)
        for name in TOGETHER.keys() & values.keys():
            partner = TOGETHER[name]
            values[partner] = self._fields[partner].convert_to_write(other[partner], self)
        self.write(values)
        names += [partner for name, partner in TOGETHER.items() if other[name]]
        post_differences(self, self, [(other, get_differences(self, other, names))])
