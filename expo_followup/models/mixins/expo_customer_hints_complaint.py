from odoo import models

# The latest; the button shows all.
SHOWN = 3


class ExpoCustomerHints(models.AbstractModel):
    """Open complaints come first among what to know before one writes or calls."""

    _inherit = "expo.customer.hints"

    def _get_customer_hints(self):
        hints = super()._get_customer_hints()
        if complaints := self._get_open_complaints():
            empty = {"partner": self.partner_id, "notes": [], "preferences": []}
            hints = {
                "etiquette": self.partner_id.expo_etiquette_id.browse(),
                **empty,
                **hints,
                "complaints": complaints,
            }
        return hints

    def _get_open_complaints(self):
        """Return the customer's open complaints: numbers, and to whoever may read them what they are about."""
        served = self._get_served()
        # In sudo: who serves the customer is to know that one is open, not what it says.
        found = self.env["expo.complaint"].sudo().search(
            [
                ("commercial_partner_id", "in", served.partner_id.commercial_partner_id.ids),
                ("company_id", "=", served._get_hinting_company().id),
                ("is_open", "=", True),
                *([("id", "!=", served.id)] if self._name == "expo.complaint" else []),
            ],
            limit=SHOWN,
        )  # fmt: skip
        readable = found.sudo(False)._filtered_access("read")
        return [complaint.display_name if complaint in readable.sudo() else complaint.name or "" for complaint in found]
