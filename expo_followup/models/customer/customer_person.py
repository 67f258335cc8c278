import vobject

from odoo import api, fields, models

from ...tools.vcards import serialize_card
from ..mixins.merging import get_differences, get_fact_names, get_missing_values, join_texts, post_differences
from ..mixins.record_keeping import RecordKeeping


class ExpoCustomerPerson(models.Model):
    """One person at a customer's company: how to address them, whether they decide, what they are like (rules.md
    §3).
    """

    _name = "expo.customer.person"
    _description = "Person at a Customer"
    _inherit = ["expo.customer.file.part", "expo.preferred.time", "expo.linked.records"]
    _order = "sequence, id"
    _record_keeping = RecordKeeping(
        archive="people",
        archive_order=30,
        archive_parent="file_id",
        personal="erase",
        personal_links=("partner_id",),
        erase_order=150,
        salesperson="file_id.participation_ids.user_id",
    )

    customer_id = fields.Many2one(related="file_id.partner_id", string="Customer")
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        ondelete="set null",
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', customer_id), ('id', '!=', customer_id)]",
    )
    name = fields.Char(
        "Full Name", compute="_compute_from_contact", store=True, readonly=False, precompute=True, required=True
    )
    address_form = fields.Char("Form of Address", help="How to address this person, e.g. Herr Dr. Adler, Nakamura-san.")
    department = fields.Char()
    position = fields.Char(compute="_compute_from_contact", store=True, readonly=False, precompute=True)
    decides = fields.Selection(
        [
            ("yes", "Has decision power"),
            ("influences", "Influences decisions"),
            ("no", "No decision power"),
            ("unknown", "Unknown"),
        ],
        "Decision Authority",
        default="unknown",
        required=True,
    )
    phone = fields.Char(compute="_compute_from_contact", store=True, readonly=False, precompute=True)
    email = fields.Char(compute="_compute_from_contact", store=True, readonly=False, precompute=True)
    account_ids = fields.One2many("expo.customer.account", "person_id", "Network Accounts")
    preference_ids = fields.One2many("expo.customer.preference", "person_id", "Preferences")
    hobbies = fields.Char()
    decision_style = fields.Char()
    birthday = fields.Date()
    note = fields.Text()

    # Birthdays are found by the day of the year; gifts and opinions are a person's, too.
    birthday_key = fields.Char(compute="_compute_birthday_key", store=True, index="btree_not_null")
    gift_ids = fields.One2many("expo.gift", "person_id", "Gifts")
    suggestion_ids = fields.One2many("expo.suggestion", "person_id", "Opinions")
    greeting_ids = fields.One2many("expo.followup", "greeted_person_id", "Greetings")

    @api.model_create_multi
    def create(self, vals_list):
        people = super().create(vals_list)
        people.partner_id.check_access("read")
        return people

    def write(self, vals):
        res = super().write(vals)
        if "partner_id" in vals:
            # The row takes name and numbers of the contact, so the contact must be one that the user may read.
            self.partner_id.check_access("read")
        return res

    @api.depends("partner_id")
    def _compute_from_contact(self):
        """Take name, position, phone and e-mail of the contact when one is chosen; what was typed stays otherwise."""
        for person in self:
            contact = person.partner_id
            person.name = contact.name or person.name
            person.position = contact.function or person.position
            person.phone = contact.phone or person.phone
            person.email = contact.email or person.email

    @api.private
    def _unite_same_contact(self):
        """Make one of the rows that stand for the same contact in the same file; the first fills its gaps."""
        for rows in self.filtered("partner_id").grouped(lambda row: (row.file_id, row.partner_id)).values():
            first, others = rows[:1], rows[1:]
            for other in others:
                first._merge_from(other)

    def _merge_from(self, other):
        """Take over what another row of the same contact says, note in the file what differs, and drop the row.

        Gifts, opinions, visits and greetings come along: a person is congratulated once.
        """
        other.gift_ids.person_id = self
        other.suggestion_ids.person_id = self
        # In sudo: visits of all colleagues.
        self.env["expo.visit.person"].sudo().search([("person_id", "=", other.id)]).person_id = self
        made = set(self.greeting_ids.mapped("occasion_key"))
        for greeting in other.greeting_ids.sorted("id"):
            key = f"birthday:{self.id}:{greeting.occasion_key.rpartition(':')[2]}"
            greeting.write({"greeted_person_id": self.id, "occasion_key": False if key in made else key})
            made.add(key)
        neutral = {"decides": "unknown"}
        names = get_fact_names(self, {"partner_id"})
        note = join_texts(self | other, "note")
        self.write(get_missing_values(self, other, names, neutral) | {"note": note})
        post_differences(self.file_id, self, [(other, get_differences(self, other, names, neutral))])
        other.account_ids.person_id = self
        other.preference_ids.person_id = self
        self.env.flush_all()
        other.invalidate_recordset()
        other.unlink()

    # -- Birthdays are found by the day of the year; gifts and opinions are a person's, too.

    @api.depends("birthday")
    def _compute_birthday_key(self):
        for person in self:
            person.birthday_key = person.birthday and f"{person.birthday:%m%d}"

    def _get_vcard(self):
        """Return the person as a vCard: the contact's, with what the file knows besides."""
        self.ensure_one()
        contact = self.partner_id
        card = contact._build_vcard() if contact else vobject.vCard()
        company = self.file_id.name or ""
        for name, value in (
            ("n", vobject.vcard.Name(family=self.name)),
            ("fn", self.name),
            ("org", [company, self.department] if self.department else [company]),
            ("title", self.position),
            ("email", self.email),
            ("tel", self.phone),
            ("bday", self.birthday and self.birthday.isoformat()),
        ):
            if value and name not in card.contents:
                card.add(name).value = value
        return serialize_card(card, bool(contact.image_1920))
