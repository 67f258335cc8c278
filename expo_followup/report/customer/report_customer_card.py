from odoo import api, models
from odoo.addons.base.models.ir_actions_report import _wkhtml

# What fits one page: the rest is counted, and stands in the file.
SHOWN = {"people": 6, "accounts": 6, "preferences": 5, "shows": 5, "plans": 3}
LONGEST = 220
FACTS = (
    "short_name",
    "legal_form",
    "founded_year",
    "staff_total",
    "chain_position",
    "vat",
    "registration_number",
    "main_bank",
    "payment_method",
    "credit_rating",
    "high_season",
    "low_season",
)
TEXTS = ("other_names", "business_scope", "needed_products", "exhibited_products", "standing", "competitors")


def shorten(text, length=LONGEST):
    """Return a text cut to a length."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


class ReportCustomerCard(models.AbstractModel):
    """The customer card: the file of a customer on one page, to prepare a meeting (rules.md §7)."""

    _name = "report.expo_followup.report_customer_card_document"
    _description = "Customer Card"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the cards show, in the reader's language."""
        files = self.env["expo.customer.file"].browse(docids)
        files.check_access("read")
        labels = files.fields_get(attributes=["string"])
        return {
            "doc_ids": docids,
            "doc_model": files._name,
            "docs": files,
            "cards": {file.id: self._get_card(file, labels) for file in files},
            "shorten": shorten,
            "needs_margin": not _wkhtml().is_patched_qt,
        }

    @api.model
    def _get_card(self, file, labels):
        """Return the parts of one card: what is there, shortened to what fits."""
        # Entries of colleagues are left out: the card shows what its reader may see.
        entries = file.participation_ids._filtered_access("read").sorted("captured_on", reverse=True)
        lines = {
            "people": file.person_ids,
            "accounts": file.account_ids.filtered(lambda account: not account.person_id),
            "preferences": file.preference_ids,
            "shows": entries,
            "plans": file.plan_ids.filtered(lambda plan: not plan.is_done),
        }
        return {
            "facts": [(labels[name]["string"], self._get_words(file, name)) for name in FACTS if file[name]],
            "texts": [(labels[name]["string"], shorten(file[name])) for name in TEXTS if file[name]],
            "address": self._get_address(file.partner_id),
            **{name: records[: SHOWN[name]] for name, records in lines.items()},
            "more": {name: max(len(records) - SHOWN[name], 0) for name, records in lines.items()},
            "notes": shorten(file.foreign_notes or "", 3 * LONGEST),
            "owners": ", ".join(entries.user_id.mapped("name")),
        }

    @api.model
    def _get_words(self, file, name):
        if file._fields[name].type == "selection":
            return dict(file._fields[name]._description_selection(self.env))[file[name]]
        return str(file[name])

    @api.model
    def _get_address(self, partner):
        lines = partner._display_address(without_company=True).splitlines()
        return ", ".join(line.strip() for line in lines if line.strip())
