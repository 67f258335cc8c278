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
        self._take_over_company_day(other)
        return super()._absorb(other)

    def _take_over_company_day(self, other):
        """Whose company day was congratulated on under the other file is not congratulated again."""
        ours, theirs = f"company:{self.id}:", f"company:{other.id}:"
        # In sudo: greetings of the customers of all colleagues.
        touches = self.env["expo.followup"].sudo()
        made = set(touches.search([("occasion_key", "=like", f"{ours}%")]).mapped("occasion_key"))
        for greeting in touches.search([("occasion_key", "=like", f"{theirs}%")], order="id"):
            key = ours + greeting.occasion_key.removeprefix(theirs)
            if key not in made:
                greeting.occasion_key = key
                made.add(key)
            elif greeting.state == "done":
                greeting.occasion_key = False
            else:
                greeting._withdraw()
                greeting.unlink()
