from odoo import fields, models


class ResUsersSettings(models.Model):
    """What a user has hidden on *Today*."""

    _inherit = "res.users.settings"

    expo_hidden_gaps = fields.Char(
        "Hidden Set-up Hints", help="Keys of the hints on missing set-up that the user has hidden; empty means none."
    )
