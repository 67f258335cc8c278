from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ExpoCustomerFilePart(models.AbstractModel):
    """A row of a customer file: whoever may write the file may write it, and it stays within that file's people."""

    _name = "expo.customer.file.part"
    _description = "Part of a Customer File"

    file_id = fields.Many2one("expo.customer.file", "Customer File", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="file_id.company_id", store=True, index=True)

    def write(self, vals):
        res = super().write(vals)
        if "file_id" in vals:
            # The rules looked at the file it came from: look at the one it went to as well.
            self.file_id.check_access("write")
        return res


class ExpoCustomerFilePersonal(models.AbstractModel):
    """A row of a customer file that may be about one of its people, and then is in his file by itself."""

    _name = "expo.customer.file.personal"
    _description = "Personal Part of a Customer File"
    _inherit = ["expo.customer.file.part"]
    _expo_checked_later = frozenset({"person_id"})

    file_id = fields.Many2one(compute="_compute_file_id", store=True, readonly=False, precompute=True)
    person_id = fields.Many2one(
        "expo.customer.person",
        ondelete="set null",
        index="btree_not_null",
        domain="[('file_id', '=', file_id)]",
        help="Empty: the company as a whole.",
    )

    @api.depends("person_id")
    def _compute_file_id(self):
        for row in self:
            row.file_id = row.person_id.file_id or row.file_id

    @api.constrains("person_id", "file_id")
    def _check_person_in_file(self):
        """Refuse the people of other files.

        :raises ValidationError: when the person is in another file
        """
        # In sudo: a person that the user may not see is refused in the same words.
        for row in self.sudo().filtered("person_id"):
            if row.person_id.file_id != row.file_id:
                raise ValidationError(self.env._("This person is not in the same customer file."))
