from odoo import api, fields, models

from ..mixins.record_keeping import RecordKeeping


class ExpoCustomerPreference(models.Model):
    """What a customer likes, noted by whoever noticed it and shown to whoever serves next (rules.md §3, the hotel)."""

    _name = "expo.customer.preference"
    _description = "Preference of a Customer"
    _inherit = ["expo.customer.file.personal", "expo.linked.records"]
    _order = "noted_on desc, id desc"
    _rec_name = "text"
    _record_keeping = RecordKeeping(
        archive="preferences",
        archive_order=50,
        archive_parent="file_id",
        personal="erase",
        personal_links=("person_id", "file_id"),
        erase_order=120,
        salesperson="file_id.participation_ids.user_id",
    )
    # Who noticed it, and when, is known by the system.
    _system_fields = frozenset({"noted_by_id", "noted_on"})

    person_id = fields.Many2one(string="About")
    text = fields.Text("What They Like", required=True)
    noted_by_id = fields.Many2one(
        "res.users", "Noticed By", default=lambda self: self.env.user, readonly=True, ondelete="set null"
    )
    noted_on = fields.Datetime(default=fields.Datetime.now, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_fields(*vals_list)
        if not self._is_system():
            for vals in vals_list:
                # Defaults, also stored ones, are the caller's word, too.
                vals.update(noted_by_id=self.env.uid, noted_on=fields.Datetime.now())
        return super().create(vals_list)

    def write(self, vals):
        self._check_system_fields(vals)
        return super().write(vals)
