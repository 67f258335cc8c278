from odoo import fields, models


class ExpoPreferredTime(models.AbstractModel):
    """When somebody likes to be called or visited, and for how long (rules.md §4)."""

    _name = "expo.preferred.time"
    _description = "Preferred Time"

    preferred_time = fields.Selection(
        [
            ("working", "Working hours"),
            ("morning", "Mornings, 9 to 12"),
            ("afternoon", "Afternoons, 13 to 18"),
            ("evening", "Evenings, in private"),
        ],
        help="When they like to be called, by their own clock. Empty: in working hours, 9 to 18.",
    )
    preferred_meeting = fields.Selection(
        [("short", "Short and to the point"), ("long", "With time to talk")], "Likes Meetings"
    )


class ExpoCustomerPerson(models.Model):
    """A person's own hours come before those of the company."""

    _name = "expo.customer.person"
    _inherit = ["expo.customer.person", "expo.preferred.time"]


class ExpoCustomerFile(models.Model):
    """The hours of a company hold for everybody there who has said nothing else."""

    _name = "expo.customer.file"
    _inherit = ["expo.customer.file", "expo.preferred.time"]
