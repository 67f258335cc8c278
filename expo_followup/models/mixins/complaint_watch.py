from odoo import api, fields, models

SALES = "sales_team.group_sale_salesman"


class ExpoComplaintWatch(models.AbstractModel):
    """How many complaints a customer or an order has, shown wherever it is served, so that an open one is noticed.

    That there is one, everybody who serves the customer may know; what it says, only who may read it.
    """

    _name = "expo.complaint.watch"
    _description = "Complaints of a Customer or an Order"

    expo_complaint_count = fields.Integer("Complaints", compute="_compute_expo_complaints", groups=SALES)
    expo_open_complaint_count = fields.Integer("Open Complaints", compute="_compute_expo_complaints", groups=SALES)

    def _get_watched(self):
        """Return the field of a complaint that points at what is watched, and this record's value of it."""
        return "commercial_partner_id", self.commercial_partner_id

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_expo_complaints(self):
        watched = {record: record._get_watched() for record in self}
        for name in {name for name, _value in watched.values()}:
            ids = {value.id for field, value in watched.values() if field == name}
            # In sudo: only how many there are, of our companies that the user works in.
            found = (
                self.env["expo.complaint"]
                .sudo()
                ._read_group(
                    [(name, "in", list(ids)), ("company_id", "in", self.env.companies.ids)],
                    [name, "is_open"],
                    ["__count"],
                )
            )
            counts = {(value.id, is_open): count for value, is_open, count in found if value}
            for record, (field, value) in watched.items():
                if field == name:
                    is_open = counts.get((value.id, True), 0)
                    record.expo_open_complaint_count = is_open
                    record.expo_complaint_count = is_open + counts.get((value.id, False), 0)

    def action_open_expo_complaints(self):
        """Open the complaints, as far as the user may read them."""
        self.ensure_one()
        name, value = self._get_watched()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_complaint_all")
        action["domain"] = [(name, "=", value.id)]
        action["view_mode"] = "list,kanban,form"
        action["views"] = [(False, "list"), (False, "kanban"), (False, "form")]
        action["context"] = self._get_complaint_defaults()
        return action

    def action_take_complaint(self):
        """Record a complaint of this customer during a call."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_complaint_entry")
        action["context"] = {"default_channel": "phone", **self._get_complaint_defaults()}
        return action

    def _get_complaint_defaults(self):
        """Return what a complaint recorded from here begins with."""
        return {"default_partner_id": self.partner_id.id}
