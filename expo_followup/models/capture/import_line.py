from odoo import fields, models

from ..mixins.record_keeping import RecordKeeping
from .contact_import import RESULTS


class ExpoImportLine(models.Model):
    """One row of a list: what it says, and what importing it would do or has done. Written by the system only."""

    _name = "expo.import.line"
    _description = "Row of an Imported List"
    _inherit = ["expo.job.mixin", "expo.linked.records"]
    _order = "import_id desc, sequence"
    _rec_names_search = ("name", "company_name", "email")
    _record_keeping = RecordKeeping(personal="erase", erase_order=10)

    import_id = fields.Many2one("expo.import", required=True, ondelete="cascade", index=True)
    exhibition_id = fields.Many2one(related="import_id.exhibition_id")
    sequence = fields.Integer("Row")
    name = fields.Char("Contact")
    company_name = fields.Char()
    email = fields.Char()
    phone = fields.Char()
    country_id = fields.Many2one("res.country")
    facts = fields.Json(help="All that the row says, by the names of the fields of a captured contact.")
    raw_text = fields.Text("As It Came")
    client_key = fields.Char()
    result = fields.Selection(RESULTS, index=True)
    reason = fields.Text("Why")
    is_todo = fields.Boolean("To Import", index=True)
    capture_id = fields.Many2one("expo.capture", "Captured Contact", ondelete="set null", index="btree_not_null")
    participation_id = fields.Many2one(related="capture_id.participation_id")

    def _import(self):
        """Import rows, each once; constant queries per thousand.

        In sudo: the system works on behalf of who pressed the button, whose rights were checked then.
        """
        for lines in self.sudo().sorted("sequence").grouped("import_id").values():
            lines._import_list()

    def _import_list(self):
        one = self.import_id
        one._take_turns()
        known = one._get_known_keys(self.mapped("client_key"))
        repeated = self.filtered(lambda line: line.client_key in known)
        repeated.write(
            {"result": "duplicate", "is_todo": False, "reason": self.env._("Imported before, word for word.")}
        )
        fresh = self - repeated
        captures = self.env["expo.capture"].create([line._get_capture_values() for line in fresh])
        captures._enter_customers()
        for line, capture in zip(fresh, captures, strict=True):
            line.write(line._get_entered_values(capture))

    def _get_capture_values(self):
        one, facts = self.import_id, dict(self.facts or {})
        products = facts.pop("product_ids", [])
        return {
            "role": one.role,
            "tier_id": one.tier_id.id,
            **facts,
            "product_ids": [fields.Command.set(products)],
            "exhibition_id": one.exhibition_id.id,
            "channel": "import",
            "client_key": self.client_key,
            "raw_text": self.raw_text,
            "contact_consent": one.contact_consent,
            "consent_wording": one.consent_wording,
            "captured_by_id": one.user_id.id,
            "user_id": one.user_id.id if one.owner == "me" else False,
        }

    def _get_entered_values(self, capture):
        values = {"capture_id": capture.id, "is_todo": False}
        if capture.state == "new":
            return {**values, "result": "rejected", "reason": capture.problem}
        return {**values, "result": capture.result} if capture.result != self.result else values
