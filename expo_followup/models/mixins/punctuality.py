from odoo import fields, models
from odoo.tools import SQL

#: What a group of records shows, counted by whether they were in time; of none that is decided there is no share.
COUNTS = {
    "in_time_count:sum": "COUNT(*) FILTER (WHERE %(value)s = 'in_time')",
    "late_count:sum": "COUNT(*) FILTER (WHERE %(value)s = 'late')",
    "in_time_percent:avg": "100.0 * COUNT(*) FILTER (WHERE %(value)s = 'in_time') / NULLIF(COUNT(%(value)s), 0)",
}


class ExpoPunctuality(models.AbstractModel):
    """Whether something was done in time, for reports: in numbers, and in per cent of what is decided.

    The model computes ``punctuality``.
    """

    _name = "expo.punctuality"
    _description = "Timeliness"

    punctuality = fields.Selection(
        [("in_time", "In time"), ("late", "Too late")],
        "Timeliness",
        readonly=True,
        store=True,
        help="Whether the deadline was kept; empty while this is not decided.",
    )
    in_time_count = fields.Integer("In Time", compute="_compute_punctuality_counts")
    late_count = fields.Integer("Too Late", compute="_compute_punctuality_counts")
    in_time_percent = fields.Float(
        "In Time (%)",
        compute="_compute_punctuality_counts",
        aggregator="avg",
        digits=(5, 1),
        help="Share of those in time among all that are decided.",
    )

    def _compute_punctuality_counts(self):
        for record in self:
            record.in_time_count = record.punctuality == "in_time"
            record.late_count = record.punctuality == "late"
            record.in_time_percent = 100 * record.in_time_count

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec not in COUNTS:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(COUNTS[aggregate_spec], value=self._field_to_sql(self._table, "punctuality", query))
