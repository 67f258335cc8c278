from odoo import models

from ...tools.vcards import serialize_card


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
            cards.append(serialize_card(file.partner_id._build_vcard(), bool(file.partner_id.image_1920)))
            cards += [person._get_vcard() for person in file.person_ids]
        return b"".join(cards)

    def action_download_vcards(self):
        """Download the companies and their people as one .vcf file."""
        self.check_access("read")
        ids = ",".join(map(str, self.ids))
        return {"type": "ir.actions.act_url", "url": f"/expo/customer_file/vcard?ids={ids}", "target": "self"}
