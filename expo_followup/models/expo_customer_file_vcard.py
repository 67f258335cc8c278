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
            cards.append(serialize(file.partner_id._build_vcard(), file.partner_id))
            cards += [person._get_vcard() for person in file.person_ids]
        return b"".join(cards)

    def action_download_vcards(self):
        """Download the companies and their people as one .vcf file."""
        self.check_access("read")
        ids = ",".join(map(str, self.ids))
        return {"type": "ir.actions.act_url", "url": f"/expo/customer_file/vcard?ids={ids}", "target": "self"}


def serialize(card, partner):
    """Return a card as bytes, without the drawing of the initials that core adds and no phone shows."""
    if not partner.image_1920 and "photo" in card.contents:
        del card.contents["photo"]
    return card.serialize().encode()
