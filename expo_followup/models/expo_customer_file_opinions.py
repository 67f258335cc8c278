from odoo import api, fields, models


class ExpoCustomerFile(models.Model):
    """Gifts to a customer and what he thinks of us, in his file."""

    _inherit = "expo.customer.file"

    gift_ids = fields.One2many("expo.gift", "file_id", "Gifts")
    suggestion_ids = fields.One2many("expo.suggestion", "file_id", "Opinions")

    @api.model
    def _cron_care(self):
        """Remind of opinions that wait for an answer."""
        res = super()._cron_care()
        self.env["expo.suggestion"]._cron_remind()
        return res

    def _absorb(self, other):
        """Take over gifts and opinions, after the people whom they are about."""
        other.person_ids.file_id = self
        other.gift_ids.file_id = self
        other.suggestion_ids.file_id = self
        return super()._absorb(other)
