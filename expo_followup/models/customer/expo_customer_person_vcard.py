import vobject

from odoo import models

from ...tools.vcards import serialize_card


class ExpoCustomerPerson(models.Model):
    _inherit = "expo.customer.person"

    def _get_vcard(self):
        """Return the person as a vCard: the contact's, with what the file knows besides."""
        self.ensure_one()
        contact = self.partner_id
        card = contact._build_vcard() if contact else vobject.vCard()
        company = self.file_id.name or ""
        for name, value in (
            ("n", vobject.vcard.Name(family=self.name)),
            ("fn", self.name),
            ("org", [company, self.department] if self.department else [company]),
            ("title", self.position),
            ("email", self.email),
            ("tel", self.phone),
            ("bday", self.birthday and self.birthday.isoformat()),
        ):
            if value and name not in card.contents:
                card.add(name).value = value
        return serialize_card(card, bool(contact.image_1920))
