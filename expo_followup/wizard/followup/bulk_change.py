"""The dialog that changes several follow-ups or exhibition customers at once."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.followup.undo import Snapshot


class ExpoBulkChange(models.TransientModel):
    """One change for several selected records: an outcome, the tier or the salesperson; it can be undone."""

    _name = "expo.bulk.change"
    _description = "Change Several Records"
    _inherit = ["expo.linked.records"]

    kind = fields.Selection(
        [("outcome", "Outcome"), ("tier", "Intent tier"), ("salesperson", "Salesperson")],
        "Change",
        required=True,
        default="outcome",
    )
    followup_ids = fields.Many2many("expo.followup", string="Follow-ups")
    participation_ids = fields.Many2many("expo.participation", string="Exhibition Customers")
    record_count = fields.Integer("Number of Records", compute="_compute_record_count")
    content = fields.Text(help="Text noted for each of the follow-ups.")
    effect = fields.Selection(
        selection=lambda self: self.env["expo.followup"]._fields["effect"]._description_selection(self.env)
    )
    tier_id = fields.Many2one(
        "expo.tier", "New Tier", help="Tier that all of the customers get; empty for an outcome means no change."
    )
    user_id = fields.Many2one("res.users", "Salesperson", domain="[('share', '=', False)]")
    reason = fields.Char(help="Reason shown in the history of the customers; may be empty.")

    @api.depends("followup_ids", "participation_ids")
    def _compute_record_count(self):
        for wizard in self:
            wizard.record_count = len(wizard.followup_ids or wizard.participation_ids)

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._check_records()
        return wizards

    def write(self, vals):
        res = super().write(vals)
        self._check_records()
        return res

    def _check_records(self):
        """The dialog is for users who may write all of the records."""
        self.followup_ids.check_access("write")
        self.participation_ids.check_access("write")

    def action_save(self):
        """Change the records, say how many, and offer to undo it."""
        self.ensure_one()
        self._check_records()
        if self.kind == "outcome":
            return self.followup_ids.record_outcomes(self.content, self.effect, tier=self.tier_id or None)
        customers = self.participation_ids or self.followup_ids.participation_id
        customers.check_access("write")
        if not customers or not (self.tier_id if self.kind == "tier" else self.user_id):
            raise UserError(
                self.env._(
                    "You cannot change these records because no exhibition customer or no new value is selected. "
                    "Select both."
                )
            )
        undo = Snapshot(customers)
        if self.kind == "tier":
            customers.set_tier(self.tier_id, self.reason or "")
            message = self.env._("Customers with a new tier: %s.", len(customers))
        else:
            customers.set_owner(self.user_id, self.reason or "")
            message = self.env._("Customers with a new salesperson: %s.", len(customers))
        return undo.get_action(message)

    @api.model
    def _open_dialog(self, records, kind, name):
        """Return the action that opens the dialog for some follow-ups or exhibition customers.

        :param str kind: what changes, a value of ``kind``
        :param str name: title of the dialog
        """
        link = "followup_ids" if records._name == "expo.followup" else "participation_ids"
        wizard = self.create({"kind": kind, link: [fields.Command.set(records.ids)]})
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }
