import re

from odoo import api, models
from odoo.fields import Domain

#: Fewer signs find too much.
SHORTEST = 2
DIGITS = 4


class ExpoFinder(models.AbstractModel):
    """Finds customers, exhibitions and complaints by what people know of them, for the command palette."""

    _name = "expo.finder"
    _description = "Search for Customers, Exhibitions and Complaints"

    @api.readonly
    @api.model
    def find(self, text, limit=8):
        """Return what the user may see of the records that ``text`` names.

        Customers are found by name, short name, reference, e-mail address, phone number and number of an order;
        exhibitions by name and code; complaints by number, subject and order.

        :param str text: what the user types
        :param int limit: how many records of each kind at most
        :return: dicts with ``kind``, ``name``, ``found`` (by what it was found), ``model`` and ``id``
        :rtype: list[dict]
        """
        text = (text or "").strip()
        if len(text) < SHORTEST:
            return []
        found = self._find_customers(text, limit)
        for kind, model, domain in (
            ("exhibition", "expo.exhibition", self._get_domain(text, "name", "code")),
            ("complaint", "expo.complaint", self._get_domain(text, "name", "subject", "order_id.name")),
        ):
            records = self.env[model]
            if records.has_access("read"):
                for record in records.search(domain, limit=limit):
                    name = record.display_name
                    if kind == "complaint":
                        name = f"{record.name} · {record.subject}"
                    found.append({"kind": kind, "name": name, "found": "", "model": model, "id": record.id})
        return found

    def _get_domain(self, text, *names):
        return Domain.OR(Domain(name, "ilike", text) for name in names)

    def _find_customers(self, text, limit):
        partners = self.env["res.partner"]
        if not partners.has_access("read"):
            return []
        domain = self._get_domain(text, "name", "ref", "email", "expo_file_ids.short_name", "expo_file_ids.other_names")
        if len(re.sub(r"\D", "", text)) >= DIGITS and not re.search(r"[^\d\s()+./-]", text):
            domain |= Domain("phone_mobile_search", "ilike", text)
        orders = self.env["sale.order"]
        if orders.has_access("read") and re.search(r"\d", text):
            domain |= Domain("id", "in", orders.search([("name", "ilike", text)], limit=limit).partner_id.ids)
        return [
            {
                "kind": "customer",
                "name": partner.display_name,
                "found": " · ".join(filter(None, (partner.expo_file_id.short_name, partner.email, partner.phone))),
                "model": "expo.customer.file" if partner.expo_file_id else "res.partner",
                "id": (partner.expo_file_id or partner).id,
            }
            for partner in partners.search(domain, limit=limit)
        ]
