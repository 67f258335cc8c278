from odoo import api, fields, models


class ExpoCustomerPerson(models.Model):
    """Birthdays are found by the day of the year."""

    _inherit = "expo.customer.person"

    birthday_key = fields.Char(compute="_compute_birthday_key", store=True, index="btree_not_null")

    @api.depends("birthday")
    def _compute_birthday_key(self):
        for person in self:
            person.birthday_key = person.birthday and f"{person.birthday:%m%d}"
