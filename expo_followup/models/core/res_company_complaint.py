from odoo import api, fields, models

from ...tools.complaint_flow import RELAXABLE

CODE = "expo.complaint"
GATE = "expo_complaint_gate_"


class ResCompany(models.Model):
    """What a complaint needs at each step: a small office must not fight its tool."""

    _inherit = "res.company"

    expo_complaint_gate_acknowledged = fields.Boolean("Acknowledged before Confirmed", default=True)
    expo_complaint_gate_facts = fields.Boolean("Facts Restated before Evaluating", default=True)
    expo_complaint_gate_photos = fields.Boolean("Photos before Negotiating", default=True)
    expo_complaint_gate_assessment = fields.Boolean("Extent and Responsible Party before Negotiating", default=True)
    expo_complaint_gate_departments = fields.Boolean("Both Departments' Conclusions if Serious", default=True)
    expo_complaint_gate_demand = fields.Boolean("Demand before Implementing", default=True)
    expo_complaint_gate_acceptance = fields.Boolean("Customer's Acceptance before Implementing", default=True)
    expo_complaint_gate_documents = fields.Boolean("Documents Posted before Feedback", default=True)
    expo_complaint_gate_feedback = fields.Boolean("Customer's Verdict before Closed", default=True)
    expo_complaint_reopen_days = fields.Integer(
        "Reopen Complaints for (Days)",
        default=30,
        help="When a customer writes again within so many days, his complaint is reopened; later a new one is made.",
    )

    _expo_complaint_reopen_days_range = models.Constraint(
        "CHECK(expo_complaint_reopen_days >= 0)", "Complaints are reopened for so many days, or never: 0."
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._expo_make_complaint_sequences()
        return companies

    @api.private
    def _expo_relaxed_gates(self):
        """Return the names of the gates that the company does without, for :mod:`..tools.complaint_flow`."""
        return frozenset(name for name in RELAXABLE if not self[GATE + name])

    @api.private
    def _expo_next_complaint_numbers(self, number):
        """Return as many next numbers of the company's own sequence."""
        self.ensure_one()
        sequence = self._expo_make_complaint_sequences()
        return [sequence.next_by_id() for _each in range(number)]

    @api.model
    def _expo_make_complaint_sequences(self):
        """Return the sequences that number the complaints of these companies, or of all; missing ones are made."""
        companies = self or self.search([])
        # In sudo: numbers are given by the system, in the order of arrival.
        sequences = self.env["ir.sequence"].sudo()
        found = sequences.search([("code", "=", CODE), ("company_id", "in", companies.ids)])
        return found | sequences.create(
            [
                {"name": "Complaints", "code": CODE, "company_id": company.id, "prefix": "C%(year)s-", "padding": 5}
                for company in companies - found.company_id
            ]
        )
