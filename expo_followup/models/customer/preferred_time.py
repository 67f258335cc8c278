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
