from odoo import api, fields, models
from odoo.exceptions import AccessError

SALES = "sales_team.group_sale_salesman"
# The latest; all of them are in the file.
PREFERENCES_SHOWN = 8


class ExpoCustomerHints(models.AbstractModel):
    """What to respect and what they like, shown wherever a customer is served (domain.md §3).

    For any model with a ``partner_id``: put ``customer_hints`` on top of its form, and ``noticed`` where something new
    is written down. Etiquette and notes are for foreign customers; preferences for all.
    """

    _name = "expo.customer.hints"
    _description = "Hints for Whoever Serves a Customer"

    customer_hints = fields.Html(compute="_compute_customer_hints", sanitize=False, groups=SALES)
    noticed = fields.Char(
        "Noticed About Them",
        compute="_compute_noticed",
        inverse="_inverse_noticed",
        groups=SALES,
        help="What the customer likes or dislikes: it goes to his file and is shown to whoever serves him next.",
    )

    @api.depends("partner_id.country_id", "partner_id.expo_foreign_notes")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_customer_hints(self):
        for record in self:
            values = record._get_customer_hints()
            record.customer_hints = bool(values) and self.env["ir.qweb"]._render("expo_followup.customer_hints", values)

    def _get_customer_hints(self):
        """Return what the banner shows of the customer; empty when there is nothing to respect."""
        partner, company = self.partner_id, self._get_hinting_company()
        home = company.country_id
        foreign = bool(partner.country_id and home and partner.country_id != home)
        hints = {
            "notes": self._get_shown_notes() if foreign else [],
            "etiquette": partner.expo_etiquette_id if foreign else partner.expo_etiquette_id.browse(),
            "preferences": self._get_shown_preferences(company),
        }
        return {"partner": partner, **hints} if any(hints.values()) else {}

    def _get_shown_notes(self):
        partners = self.partner_id | self.partner_id.commercial_partner_id
        return list(dict.fromkeys(filter(None, partners.mapped("expo_foreign_notes"))))

    def _get_shown_preferences(self, company):
        # Of the saved customer only: one chosen on a form that is not saved may be a colleague's.
        saved = self._origin.partner_id.commercial_partner_id
        if not saved or not self._serves_customer():
            return []
        # In sudo: who may open this record serves the customer, and preferences are for whoever serves him, even
        # where the file is a colleague's.
        found = self.env["expo.customer.preference"].sudo().search(
            [("file_id.partner_id", "=", saved.id), ("company_id", "=", company.id)], limit=PREFERENCES_SHOWN
        )  # fmt: skip
        return [
            {"text": row.text, "about": row.person_id.name, "by": row.noted_by_id.name, "on": row.noted_on}
            for row in found
        ]

    def _serves_customer(self):
        """Tell whether who may open this record serves its customer.

        So it is, but for records that anybody may point at any customer.
        """
        return True

    def _serves_by_entry_or_file(self):
        """Tell whether this record is of its entry's customer, or else whether the user reads the customer's file."""
        # In sudo: the record is the user's, also where a colleague asked him to do a touch for his customer.
        entry = self.sudo().participation_id
        return entry.commercial_partner_id == self.partner_id.commercial_partner_id or bool(
            self.partner_id.expo_file_id
        )

    def _check_serves(self):
        """Refuse to write into the file of a customer whom only colleagues serve; without a file he is nobody's yet."""
        if self._serves_customer():
            return
        customer, company = self.partner_id.commercial_partner_id, self._get_hinting_company()
        # In sudo: whether there is a file, and nothing of it.
        files = self.env["expo.customer.file"].sudo().with_context(active_test=False)
        if files.search_count([("partner_id", "=", customer.id), ("company_id", "=", company.id)], limit=1):
            raise AccessError(
                self.env._("%s is served by a colleague: tell him what you noticed.", self.partner_id.display_name)
            )

    def _get_hinting_company(self):
        """Return our company that serves the customer."""
        own = self.company_id if "company_id" in self._fields else self.env.company
        return own or self.env.company

    def _compute_noticed(self):
        self.noticed = False

    def _inverse_noticed(self):
        """File what somebody noticed under the customer, with his name and the date.

        :raises AccessError: when a colleague keeps the customer's file and the record can be pointed at anybody
        """
        for record in self.filtered("noticed"):
            record._check_serves()
            file = self.env["expo.customer.file"]._ensure(record.partner_id, record._get_hinting_company())
            person = file.person_ids.filtered(lambda row, contact=record.partner_id: row.partner_id == contact)
            # The file is in sudo: who may write this record serves the customer, and adds to the file only.
            self.env["expo.customer.preference"].sudo().create(
                {
                    "file_id": file.id,
                    "person_id": person[:1].id,
                    "text": record.noticed,
                    "noted_by_id": self.env.uid,
                }
            )
