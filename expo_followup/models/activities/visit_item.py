from odoo import fields, models

from ..mixins.record_keeping import RecordKeeping

KINDS = [("goods", "Goods"), ("letters", "Letters"), ("papers", "Papers"), ("cards", "Cards"), ("other", "Other")]


class ExpoVisitItem(models.Model):
    """One thing to have ready before a visit: goods, letters, papers, cards (rules.md §4)."""

    _name = "expo.visit.item"
    _description = "To Prepare for a Visit"
    _inherit = ["expo.visit.part", "expo.linked.records"]
    _order = "sequence, id"
    _record_keeping = RecordKeeping(
        archive="visit_items",
        archive_order=180,
        archive_parent="visit_id",
        automatic=True,
        personal="with_parent",
        salesperson="visit_id.participation_id.user_id",
    )

    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, default="papers", required=True)
    name = fields.Char("What", required=True)
    is_ready = fields.Boolean("Ready", copy=False)


class ExpoVisitCheck(models.Model):
    """A line of the preparation list that every new visit starts with; each company words its own."""

    _name = "expo.visit.check"
    _description = "Preparation List of Visits"
    _inherit = ["expo.linked.records"]
    _order = "sequence, id"
    _record_keeping = RecordKeeping(
        # Settings of the company.
        no_personal={"name"},
    )

    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, default="papers", required=True)
    name = fields.Char("What", required=True, translate=True)
    active = fields.Boolean(default=True)
