"""The rows of a visit: what they share, the people to meet, what to have ready and the list it starts with."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..mixins.record_keeping import RecordKeeping

# Once the minutes are with the reviewer, who was there is settled.
SETTLED = ("minutes", "reviewed", "sent", "confirmed", "cancelled")


class ExpoVisitPart(models.AbstractModel):
    """A row of a visit: users who may write the visit may write it, as long as it is not settled."""

    _name = "expo.visit.part"
    _description = "Part of a Visit"

    visit_id = fields.Many2one("expo.visit", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="visit_id.company_id", store=True, index=True)

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_open()
        return rows

    def write(self, vals):
        self._check_open()
        res = super().write(vals)
        if "visit_id" in vals:
            self._check_open()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._check_open()

    def _check_open(self):
        """Refuse changes of a visit that the user may not write, or whose minutes are written."""
        if self._is_system():
            return
        self.visit_id.check_access("write")
        if any(visit.state in SETTLED for visit in self.visit_id):
            raise UserError(
                self.env._(
                    "You cannot change this visit because its minutes have been submitted. Send the minutes back first."
                )
            )


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
        ondelete="set null",
        index="btree_not_null",
        domain="[('customer_id', '=', parent.commercial_partner_id)]",
    )
    name = fields.Char(
        "Full Name", compute="_compute_from_file", store=True, readonly=False, precompute=True, required=True
    )
    position = fields.Char(compute="_compute_from_file", store=True, readonly=False, precompute=True)
    decides = fields.Selection(
        selection=lambda self: self.env["expo.customer.person"]._fields["decides"]._description_selection(self.env),
        string="Decision Authority",
        compute="_compute_from_file",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    was_present = fields.Boolean("Attended", default=True)

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

        :raises ValidationError: when the person is in the file of another customer
        """
        # In sudo: a person that the user may not see is refused in the same words.
        for row in self.sudo().filtered("person_id"):
            if row.person_id.customer_id != row.visit_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "You cannot select this person because they do not belong to the customer. Select a "
                        "person of the customer."
                    )
                )


KINDS = [
    ("goods", "Goods"),
    ("letters", "Letters"),
    ("papers", "Documents"),
    ("cards", "Business cards"),
    ("other", "Other"),
]


class ExpoVisitItem(models.Model):
    """One thing to have ready before a visit: goods, letters, papers, cards (rules.md §4)."""

    _name = "expo.visit.item"
    _description = "Visit Preparation Item"
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
    name = fields.Char("Item", required=True)
    is_ready = fields.Boolean("Ready", copy=False)


class ExpoVisitCheck(models.Model):
    """A line of the preparation list that every new visit starts with; each company words its own."""

    _name = "expo.visit.check"
    _description = "Visit Preparation List"
    _inherit = ["expo.linked.records"]
    _order = "sequence, id"
    _record_keeping = RecordKeeping(
        # Settings of the company.
        no_personal={"name"},
    )

    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, default="papers", required=True)
    name = fields.Char("Item", required=True, translate=True)
    active = fields.Boolean(default=True)
