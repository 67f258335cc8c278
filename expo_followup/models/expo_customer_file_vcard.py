import vobject

from odoo import models


class ExpoCustomerFile(models.Model):
    """A customer's file as electronic cards: the company and its people, for the address book of a phone."""

    _inherit = "expo.customer.file"

    def _get_vcards(self):
        """Return the companies and their people as vCards (3.0, UTF-8), one after the other.

        :rtype: bytes
        :raises AccessError: when the user may not read one of the files
        """
        self.check_access("read")
        cards = []
        for file in self:
            cards.append(_serialize(file.partner_id._build_vcard(), file.partner_id))
            cards += [person._get_vcard() for person in file.person_ids]
        return b"".join(cards)

    def action_download_vcards(self):
        """Download the companies and their people as one .vcf file."""
        self.check_access("read")
        ids = ",".join(map(str, self.ids))
        return {"type": "ir.actions.act_url", "url": f"/expo/customer_file/vcard?ids={ids}", "target": "self"}


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
        return _serialize(card, contact)


def _serialize(card, partner):
    if not partner.image_1920 and "photo" in card.contents:
        # Without a picture core adds a drawing of the initials, which no phone shows.
        del card.contents["photo"]
    return card.serialize().encode()
