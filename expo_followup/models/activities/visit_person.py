from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..mixins.record_keeping import RecordKeeping


class ExpoVisitPerson(models.Model):
    """One person at the customer's whom a visit is meant for, and whether that person decides (rules.md §4)."""

    _name = "expo.visit.person"
    _description = "Person to Meet"
    _inherit = ["expo.visit.part", "expo.linked.records"]
    _order = "id"
    _record_keeping = RecordKeeping(
        archive="visit_people",
        archive_order=170,
        archive_parent="visit_id",
        automatic=True,
        personal="erase",
        personal_links=("visit_id", "person_id"),
        erase_order=80,
        salesperson="visit_id.participation_id.user_id",
    )

    person_id = fields.Many2one(
        "expo.customer.person",
        "In the Customer File",
        ondelete="set null",
        index="btree_not_null",
        domain="[('customer_id', '=', parent.commercial_partner_id)]",
    )
    name = fields.Char(compute="_compute_from_file", store=True, readonly=False, precompute=True, required=True)
    position = fields.Char(compute="_compute_from_file", store=True, readonly=False, precompute=True)
    decides = fields.Selection(
        selection=lambda self: self.env["expo.customer.person"]._fields["decides"]._description_selection(self.env),
        string="Can They Decide?",
        compute="_compute_from_file",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    was_present = fields.Boolean("Was There", default=True)

    _expo_checked_later = frozenset({"person_id"})

    @api.depends("person_id")
    def _compute_from_file(self):
        """Take over what the file knows when a person is chosen; what was typed stays otherwise."""
        for row in self:
            person = row.person_id
            row.name = person.name or row.name
            row.position = person.position or row.position
            row.decides = person.decides or row.decides or "unknown"

    @api.constrains("person_id", "visit_id")
    def _check_person_of_customer(self):
        """Refuse the people of other customers.

        :raises ValidationError: when the person is in the file of somebody else
        """
        # In sudo: a person that the user may not see is refused in the same words.
        for row in self.sudo().filtered("person_id"):
            if row.person_id.customer_id != row.visit_id.commercial_partner_id:
                raise ValidationError(self.env._("This person does not belong to the customer who is visited."))
