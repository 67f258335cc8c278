from markupsafe import Markup

from odoo import api, models

from .expo_customer_file import DERIVED_FIELDS, KEEPER_FIELDS
from .merging import is_fact, move_attachments_and_activities

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
        move_attachments_and_activities(other, self)
        # Rows that moved must not be dropped with the file.
        self.env.flush_all()
        other.invalidate_recordset()
        other.unlink()

    def _fill_gaps(self, other):
        """Fill what this file does not know from the other; note what the other said differently."""
        values, different = {}, []
        for name, field in self._fields.items():
            if name in NOT_FACTS or not is_fact(field) or not other[name]:
                continue
            if not self[name]:
                values[name] = other[name]
                if partner_field := TOGETHER.get(name):
                    values[partner_field] = other[partner_field]
            elif self[name] != other[name] and field.type not in ("boolean", "many2one"):
                label = field._description_string(self.env)
                different.append(f"{label}: {field.convert_to_display_name(other[name], other)}")
        self.write({name: self._fields[name].convert_to_write(value, self) for name, value in values.items()})
        if different:
            items = Markup().join(Markup("<li>%s</li>") % line for line in different)
            intro = self.env._("The file of %s, now united with this one, said differently:", other.display_name)
            self.message_post(body=Markup("<p>%s</p><ul>%s</ul>") % (intro, items))
