from odoo import api, fields, models


class ExpoCustomerPerson(models.Model):
    """Birthdays are found by the day of the year; gifts and opinions are a person's, too."""

    _inherit = "expo.customer.person"

    birthday_key = fields.Char(compute="_compute_birthday_key", store=True, index="btree_not_null")
    gift_ids = fields.One2many("expo.gift", "person_id", "Gifts")
    suggestion_ids = fields.One2many("expo.suggestion", "person_id", "Opinions")
    greeting_ids = fields.One2many("expo.followup", "greeted_person_id", "Greetings")

    @api.depends("birthday")
    def _compute_birthday_key(self):
        for person in self:
            person.birthday_key = person.birthday and f"{person.birthday:%m%d}"

    def _absorb(self, other):
        """Take over the other's gifts, opinions, visits and greetings: nobody is congratulated twice."""
        other.gift_ids.person_id = self
        other.suggestion_ids.person_id = self
        # In sudo: visits of all colleagues.
        self.env["expo.visit.person"].sudo().search([("person_id", "=", other.id)]).person_id = self
        made = set(self.greeting_ids.mapped("occasion_key"))
        for greeting in other.greeting_ids.sorted("id"):
            key = f"birthday:{self.id}:{greeting.occasion_key.rpartition(':')[2]}"
            greeting.write({"greeted_person_id": self.id, "occasion_key": False if key in made else key})
            made.add(key)
        return super()._absorb(other)
