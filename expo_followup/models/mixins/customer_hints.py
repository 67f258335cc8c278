from odoo import api, fields, models
from odoo.exceptions import AccessError

SALES = "sales_team.group_sale_salesman"
# The latest; all of them are in the file.
PREFERENCES_SHOWN = 8
# The latest; the button shows all.
COMPLAINTS_SHOWN = 3


class ExpoCustomerHints(models.AbstractModel):
    """What to respect and what they like, shown wherever a customer is served (rules.md §3).

    For any model with ``partner_id`` and ``company_id`` that says who serves its customer, by ``_serves_customer``: put
    ``customer_hints`` on top of its form, and ``noticed`` where something new is written down. Etiquette and notes are
    for foreign customers; preferences for all.
    """

    _name = "expo.customer.hints"
    _description = "Customer Hints"

    customer_hints = fields.Html(compute="_compute_customer_hints", sanitize=False, groups=SALES)
    noticed = fields.Char(
        "Observed Preferences",
        compute="_compute_noticed",
        inverse="_inverse_noticed",
        groups=SALES,
        help="The customer's likes and dislikes; they are added to the customer file and shown to the "
        "next salesperson.",
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
            "preferences": self._get_shown_preferences(),
            # Open complaints come first among what to know before one writes or calls.
            "complaints": self._get_open_complaints(),
        }
        return {"partner": partner, **hints} if any(hints.values()) else {}

    def _get_shown_notes(self):
        partners = self.partner_id | self.partner_id.commercial_partner_id
        return list(dict.fromkeys(filter(None, partners.mapped("expo_foreign_notes"))))

    def _get_shown_preferences(self):
        served = self._get_served()
        # In sudo: preferences are for the user who serves the customer, also where the file is a colleague's.
        found = (
            self.env["expo.customer.preference"]
            .sudo()
            .search(
                [
                    ("file_id.partner_id", "in", served.partner_id.commercial_partner_id.ids),
                    ("company_id", "=", served._get_hinting_company().id),
                ],
                limit=PREFERENCES_SHOWN,
            )
        )
        return [
            {"text": row.text, "about": row.person_id.name, "by": row.noted_by_id.name, "on": row.noted_on}
            for row in found
        ]

    def _get_served(self):
        """Return the record as it is saved, if its user serves its customer.

        What a form has changed counts for nothing: another customer's access would tell of the saved one, and a
        customer who is only chosen may be a colleague's.
        """
        saved = self._origin
        return saved if saved and saved._serves_customer() else saved.browse()

    def _serves_customer(self):
        """Tell whether the user serves the customer of this record: confidential hints are for them only.

        Every model says so itself; the default is no.
        """
        return False

    def _filter_by_file(self):
        """Return the records whose customer's file the user may read, with our company; one query."""
        # Not in sudo, even when the caller is: the files are the user's.
        files = self.env["expo.customer.file"].sudo(False).with_context(active_test=False)
        if not files.has_access("read"):
            return self.browse()
        # In sudo: whose records they are, and nothing of the customer.
        customers = {record: record.sudo().partner_id.commercial_partner_id.id for record in self}
        found = files.search_fetch([("partner_id", "in", [*customers.values()])], ["partner_id", "company_id"])
        readable = {(file.partner_id.id, file.company_id.id) for file in found}
        return self.filtered(lambda record: (customers[record], record._get_hinting_company().id) in readable)

    def _filter_by_file_or_task(self):
        """Return the records whose customer's file the user may read, or which are their task for the entry's
        salesperson.
        """
        # Most are tasks of the user: the files are asked for the others only.
        tasks = self.filtered(lambda record: record._is_task())
        return tasks | (self - tasks)._filter_by_file()

    def _is_task(self):
        """Tell whether the user was asked to do this for the customer of its entry."""
        # In sudo: the record is the user's, also where a colleague asked them to do it for a customer of theirs.
        record = self.sudo()
        asked = record.user_id
        if "member_ids" in self._fields:
            asked |= record.member_ids
        entry = record.participation_id
        return self.env.user in asked and entry.commercial_partner_id == record.partner_id.commercial_partner_id

    def _check_serves(self):
        """Refuse to write into the file of a customer whom only colleagues serve; without a file they may write."""
        if self._serves_customer():
            return
        customer, company = self.partner_id.commercial_partner_id, self._get_hinting_company()
        # In sudo: whether there is a file, and nothing of it.
        files = self.env["expo.customer.file"].sudo().with_context(active_test=False)
        if files.search_count([("partner_id", "=", customer.id), ("company_id", "=", company.id)], limit=1):
            raise AccessError(
                self.env._(
                    "You cannot add to the file of %s because this customer is served by a colleague. "
                    "Tell the colleague what you noticed.",
                    self.partner_id.display_name,
                )
            )

    def _get_hinting_company(self):
        """Return our company that serves the customer."""
        return self.company_id or self.env.company

    def _compute_noticed(self):
        self.noticed = False

    def _inverse_noticed(self):
        """File what the user noticed under the customer, with the user's name and the date.

        :raises AccessError: when a colleague serves the customer
        """
        for record in self.filtered("noticed"):
            record._check_serves()
            file = self.env["expo.customer.file"]._ensure(record.partner_id, record._get_hinting_company())
            person = file.person_ids.filtered(lambda row, contact=record.partner_id: row.partner_id == contact)
            # The file is in sudo: who serves the customer, or is the first to know them, adds to it only.
            self.env["expo.customer.preference"].sudo().create(
                {
                    "file_id": file.id,
                    "person_id": person[:1].id,
                    "text": record.noticed,
                    "noted_by_id": self.env.uid,
                }
            )

    def _get_open_complaints(self):
        """Return the customer's open complaints: numbers, and their subjects for users who may read them."""
        served = self._get_served()
        # In sudo: who serves the customer is to know that one is open, not what it says.
        found = (
            self.env["expo.complaint"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "in", served.partner_id.commercial_partner_id.ids),
                    ("company_id", "=", served._get_hinting_company().id),
                    ("is_open", "=", True),
                    *([("id", "!=", served.id)] if self._name == "expo.complaint" else []),
                ],
                limit=COMPLAINTS_SHOWN,
            )
        )
        readable = found.sudo(False)._filtered_access("read")
        return [complaint.display_name if complaint in readable.sudo() else complaint.name or "" for complaint in found]
