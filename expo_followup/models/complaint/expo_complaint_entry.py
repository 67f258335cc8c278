from odoo import api, models


class ExpoComplaint(models.Model):
    """Taking a complaint down while the customer is on the phone: who, what, and he has been calmed (rules.md §5)."""

    _inherit = "expo.complaint"

    @api.onchange("phone")
    def _onchange_caller(self):
        """Find who calls by his number, where we know whose it is."""
        number = self.phone and not self.partner_id and self.env["res.partner"]._phone_format(number=self.phone)
        if not number:
            return
        partners = self.env["res.partner"].search([("phone_sanitized", "=", number)], order="is_company, id", limit=5)
        # A number that two companies have tells nothing.
        if len(partners.commercial_partner_id) == 1:
            self.partner_id = partners[0]

    @api.onchange("order_id")
    def _onchange_order_caller(self):
        """Take the customer of the order, where its number is all that the caller gives."""
        if self.order_id and not self.partner_id:
            self.partner_id = self.order_id.partner_id

    def action_take_down(self):
        """Open the complaint that was just taken down."""
        self.ensure_one()
        return self._get_records_action()

    def action_take_down_told(self):
        """Note that the caller was told that we look after it, and the facts if they were read back to him; open the
        complaint.
        """
        self.ensure_one()
        self.action_acknowledge_by_phone()
        if (self.facts or "").strip():
            self.action_restate_by_phone()
        return self.action_take_down()
