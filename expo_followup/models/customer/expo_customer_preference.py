from odoo import api, fields, models
from odoo.exceptions import AccessError

# Who noticed it, and when, is known by the system.
DERIVED_FIELDS = frozenset({"noted_by_id", "noted_on"})


class ExpoCustomerPreference(models.Model):
    """What a customer likes, noted by whoever noticed it and shown to whoever serves next (rules.md §3, the hotel)."""

    _name = "expo.customer.preference"
    _description = "Preference of a Customer"
    _inherit = ["expo.customer.file.personal"]
    _order = "noted_on desc, id desc"
    _rec_name = "text"

    person_id = fields.Many2one(string="About")
    text = fields.Text("What They Like", required=True)
    noted_by_id = fields.Many2one(
        "res.users", "Noticed By", default=lambda self: self.env.user, readonly=True, ondelete="set null"
    )
    noted_on = fields.Datetime(default=fields.Datetime.now, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_user_values(vals)
            if not self.env.su:
                # Defaults in the context are the caller's word, too.
                vals.update(noted_by_id=self.env.uid, noted_on=fields.Datetime.now())
        return super().create(vals_list)

    def write(self, vals):
        self._check_user_values(vals)
        return super().write(vals)

    def _check_user_values(self, vals):
        """Refuse a forged observer or date.

        :raises AccessError: when a user other than the system writes them
        """
        if not self.env.su and DERIVED_FIELDS & vals.keys():
            raise AccessError(self.env._("Who noticed a preference, and when, is noted by the system."))
