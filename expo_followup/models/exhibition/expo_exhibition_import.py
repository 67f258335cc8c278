from odoo import api, models


class ExpoExhibition(models.Model):
    """The way from a show to its lists."""

    _inherit = "expo.exhibition"

    def action_import_list(self):
        """Start the import of a list of this show."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_import_new")
        return {**action, "context": {"default_exhibition_id": self.id}}

    @api.ondelete(at_uninstall=False)
    def _unlink_lists(self):
        """A show without customers goes with its lists, through the ORM: so do their files."""
        # Colleagues' lists of the show go as well.
        self.env["expo.import"].sudo().search([("exhibition_id", "in", self.ids)]).unlink()
