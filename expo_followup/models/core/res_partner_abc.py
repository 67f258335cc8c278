from odoo import api, models

from ..mixins.defaults import without_defaults

# Set by the scheduled action from the turnover.
CLASS_FIELDS = frozenset({"expo_abc_class", "expo_lifecycle"})


class ResPartner(models.Model):
    """Class and life-cycle stage of a customer follow from his turnover: nobody gives them by hand."""

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = without_defaults(self, CLASS_FIELDS.__contains__)
        return (
            super(ResPartner, partners).create([self._expo_drop_class(vals) for vals in vals_list]).with_env(self.env)
        )

    def write(self, vals):
        return super().write(self._expo_drop_class(vals))

    def _expo_drop_class(self, vals):
        """Leave out what follows. Not refused: a merge by core writes all values of the contacts it unites."""
        if self.env.su or not CLASS_FIELDS & vals.keys():
            return vals
        return {name: value for name, value in vals.items() if name not in CLASS_FIELDS}

    def action_open_expo_abc_changes(self):
        """Show how the class of this customer's company changed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_abc_change")
        return {**action, "domain": [("partner_id", "=", self.commercial_partner_id.id)], "context": {}}
