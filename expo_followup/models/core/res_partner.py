from odoo import api, fields, models
from odoo.addons.phone_validation.tools.phone_validation import phone_format
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize, split_every

from ...tools.company_names import company_key
from ...tools.domains import own_domain
from ...tools.matching import Index, identify
from ...tools.salutation import addressee
from ...tools.zones import zones_of
from ..mixins.customer_class import ABC_CLASSES, LIFECYCLE
from ..participation.care import Care

SALES = "sales_team.group_sale_salesman"
COMPANY_FIELDS = {"parent_id", "is_company"}
# Why the contact cadence asks for nothing, by the codes of :mod:`..tools.cadence`.
IDLE_REASONS = [
    ("archived", "Archived"),
    ("opted_out", "Opted out"),
    ("no_salesperson", "No salesperson"),
    ("no_cadence", "No cadence for this class"),
    ("lost", "Lost"),
    ("not_followed", "Exhibition or tier not in follow-up"),
    ("no_turnover", "No turnover"),
    ("not_started", "Cadence not started yet"),
    ("left_out", "Left out of the cadence"),
]
BATCH_SIZE = 1000


class ResPartner(models.Model):
    """What salespeople see of a customer's shows. The facts live on the participations."""

    _name = "res.partner"
    _inherit = ["res.partner", "expo.complaint.watch", "expo.linked.records"]
    # Set by the scheduled action from the turnover.
    _system_fields = frozenset({"expo_abc_class", "expo_lifecycle", "expo_cadence_from"})

    expo_participation_ids = fields.One2many("expo.participation", "partner_id", "Exhibitions", groups=SALES)
    # Of a company also those of its people.
    expo_shown_participation_ids = fields.Many2many(
        "expo.participation", string="Exhibitions of the Company", compute="_compute_expo_shown", groups=SALES
    )
    expo_participation_count = fields.Integer("Exhibition Count", compute="_compute_expo_shown", groups=SALES)
    expo_role = fields.Selection(
        [("exhibitor", "Exhibitor"), ("visitor", "Visitor")],
        "Exhibition Role",
        compute="_compute_expo",
        search="_search_expo_role",
        groups=SALES,
    )
    expo_tier_id = fields.Many2one(
        "expo.tier", "Intent Tier", compute="_compute_expo", search="_search_expo_tier_id", groups=SALES
    )
    expo_next_followup_on = fields.Date(
        "Next Follow-up", compute="_compute_expo", search="_search_expo_next_followup_on", groups=SALES
    )
    expo_abc_class = fields.Selection(ABC_CLASSES, "ABC Class", company_dependent=True, groups=SALES, copy=False)
    expo_lifecycle = fields.Selection(
        LIFECYCLE,
        "Life-cycle Stage",
        company_dependent=True,
        groups=SALES,
        copy=False,
    )
    expo_cadence_from = fields.Date(
        "In Contact Cadence Since",
        company_dependent=True,
        groups=SALES,
        copy=False,
        help="First day of the contact cadence by class; empty means that the customer is not in it yet.",
    )
    expo_no_cadence = fields.Boolean(
        "No Contact Cadence",
        company_dependent=True,
        groups=SALES,
        copy=False,
        help="Set when the customer is not contacted by class A, B or C; unset means that the class decides.",
    )
    expo_idle_reason = fields.Selection(
        IDLE_REASONS,
        "No Follow-up Because",
        compute="_compute_expo_idle_reason",
        groups=SALES,
        help="Why no follow-up is planned with the customer; empty when one is planned.",
    )
    expo_is_foreign = fields.Boolean(
        "Foreign Customer", compute="_compute_expo_is_foreign", search="_search_expo_is_foreign", groups=SALES
    )
    expo_foreign_notes = fields.Text(
        "Foreign-customer Notes",
        groups=SALES,
        help="Customs and taboos to respect, shown wherever the customer is contacted.",
    )

    # How a contact leads to the confidential file of its company, and to what its country asks of a guest.
    expo_file_ids = fields.One2many("expo.customer.file", "partner_id", "Customer Files", groups=SALES)
    expo_file_id = fields.Many2one("expo.customer.file", "Customer File", compute="_compute_expo_file_id", groups=SALES)
    expo_etiquette_id = fields.Many2one(
        "expo.etiquette", "Etiquette of the Country", compute="_compute_expo_etiquette_id", groups=SALES
    )

    # Matching: find the partner of a card or of a row of a list, a thousand at a time.
    expo_company_key = fields.Char(
        "Company Name Key", compute="_compute_expo_company_key", store=True, index="btree_not_null", groups=SALES
    )
    expo_web_domain = fields.Char(
        "Web Domain Key", compute="_compute_expo_web_domain", store=True, index="btree_not_null", groups=SALES
    )
    # Core looks both up and indexes neither.
    _expo_email_index = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _expo_phone_index = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")

    # The samples of a contact and of the people of its company.
    expo_sample_count = fields.Integer("Sample Count", compute="_compute_expo_sample_count", groups=SALES)

    @api.depends("expo_participation_ids.tier_id", "expo_participation_ids.role")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_expo(self):
        """Role and tier of the latest show, and the next follow-up of any, among what the user may see."""
        participations = self.env["expo.participation"].search(
            [("partner_id", "in", self.ids)], order="captured_on, id"
        )
        by_partner = participations.grouped("partner_id")
        for partner in self:
            own = by_partner.get(partner._origin, participations.browse())
            partner.expo_role = own[-1:].role
            partner.expo_tier_id = own[-1:].tier_id
            partner.expo_next_followup_on = min(filter(None, own.mapped("next_followup_on")), default=False)
        # Customers with turnover who were never met have follow-ups of their own.
        groups = self.env["expo.followup"]._read_group(
            [("partner_id", "in", self.ids), ("participation_id", "=", False), ("state", "in", ("planned", "due"))],
            ["partner_id"],
            ["window_start:min"],
        )
        for partner, day in groups:
            partner.expo_next_followup_on = min(filter(None, (partner.expo_next_followup_on, day)))

    @api.depends("expo_participation_ids", "child_ids.expo_participation_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_expo_shown(self):
        """Collect the exhibitions of contacts, of a company with those of its people, the latest first."""
        found = self.env["expo.participation"].search([("partner_id", "child_of", self.ids)], order="captured_on desc")
        shown = {}
        for entry in found:
            # In sudo: a company above a contact is looked for here, not shown.
            contact = entry.partner_id.sudo()
            while contact:
                shown.setdefault(contact.id, []).append(entry.id)
                contact = contact.parent_id
        for partner in self:
            partner.expo_shown_participation_ids = found.browse(shown.get(partner._origin.id, []))
            partner.expo_participation_count = len(partner.expo_shown_participation_ids)

    def _search_expo_role(self, operator, value):
        return self._search_latest_participation("role", operator, value)

    def _search_expo_tier_id(self, operator, value):
        return self._search_latest_participation("tier_id", operator, value)

    def _search_expo_next_followup_on(self, operator, value):
        open_ones = Domain("participation_id", "=", False) & Domain("state", "in", ("planned", "due"))
        own = self.env["expo.followup"]._search(open_ones & Domain("window_start", operator, value))
        met = Domain("expo_participation_ids.next_followup_on", operator, value)
        return met | Domain("id", "in", own.subselect("partner_id")) if value else met

    def _compute_expo_idle_reason(self):
        """Say why the contact cadence asks for nothing where nothing is planned with the customer's company."""
        # In sudo: what is planned with a customer's company, also by a colleague, is no secret; its reason is one word.
        reasons = Care(self.env.company).get_idle_reasons(self.sudo().commercial_partner_id)
        for partner in self:
            partner.expo_idle_reason = reasons.get(partner.commercial_partner_id.id, False)

    @api.private
    def _expo_get_blacklisted(self):
        """Return the addresses of these contacts that are on the blacklist."""
        emails = set(self.mapped("email_normalized")) - {False}
        listed = self.env["mail.blacklist"].search_fetch([("email", "in", list(emails))], ["email"])
        return set(listed.mapped("email"))

    @api.private
    def _expo_get_exclude_reason(self, blacklisted):
        """Return why no letter reaches this contact, False when there is no reason.

        :param set blacklisted: the addresses on the blacklist
        """
        if not self.email:
            return "no_email"
        if not self.email_normalized:
            return "bad_email"
        if self.email_normalized in blacklisted:
            return "blacklisted"
        return "bounced" if self.message_bounce else False

    def _search_latest_participation(self, field, operator, value):
        """Find partners by their latest show only: a customer's former tier is not their tier."""
        if operator not in ("in", "any"):
            return NotImplemented
        participations = self.env["expo.participation"]
        participations.flush_model(["partner_id", "captured_on"])
        latest = SQL(
            "SELECT DISTINCT ON (partner_id) id FROM expo_participation WHERE id IN %s"
            " ORDER BY partner_id, captured_on DESC, id DESC",
            participations._search([]).subselect(),
        )
        found = participations._search([("id", "in", latest), (field, operator, value)])
        domain = Domain("id", "in", found.subselect("partner_id"))
        if operator == "in" and False in value:
            domain |= Domain("id", "not in", participations._search([]).subselect("partner_id"))
        return domain

    @api.depends("country_id")
    @api.depends_context("company")
    def _compute_expo_is_foreign(self):
        home = self.env.company.country_id
        for partner in self:
            partner.expo_is_foreign = bool(partner.country_id and home and partner.country_id != home)

    def _search_expo_is_foreign(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Core checks the groups of the fields that it searches itself; what this searches is open to everybody.
        self._check_field_access(self._fields["expo_is_foreign"], "read")
        return [("country_id", "not in", [False, self.env.company.country_id.id])]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_met_at_a_show(self):
        """Refuse to delete contacts met at a show: their history would be lost (rules.md §8)."""
        # The entry may be a colleague's.
        entries = self.env["expo.participation"].sudo().with_context(active_test=False)
        if entries.search_count([("partner_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("You cannot delete this contact because it is an exhibition customer. Archive it instead.")
            )

    def action_open_expo_participations(self):
        """Show the shows at which this customer was met."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_participation")
        return {**action, "domain": [("partner_id", "child_of", self.ids)], "context": {"default_partner_id": self.id}}

    # -- class and life-cycle stage, derived from turnover

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._drop_system_values(vals) for vals in vals_list]
        return super(ResPartner, self._drop_system_defaults()).create(vals_list).with_env(self.env)

    def write(self, vals):
        """Leave classes to the scheduled action; files and entries follow a contact that changes its company."""
        # Not refused: a merge by core writes all values of the contacts it merges.
        kept = self._drop_system_values(vals)
        if "email" in vals and "message_bounce" not in vals:
            # What was returned was sent to the former address.
            address = email_normalize(kept["email"] or "")
            self.filtered(lambda one: one.message_bounce and one.email_normalized != address).message_bounce = 0
        if not COMPANY_FIELDS & vals.keys():
            res = super().write(kept)
            if "expo_no_cadence" in vals:
                Care(self.env.company).sync_all(self.commercial_partner_id)
            return res
        # In sudo: the user who keeps the contacts need not see the files.
        entries = self.env["expo.participation"].sudo().with_context(active_test=False)
        left = entries.search([("partner_id", "child_of", self.ids)]).file_id
        res = super().write(kept)
        self._expo_follow_company()
        # The salesperson of a contact that left no longer serves the former company.
        left.exists()._release_strangers()
        return res

    def action_open_expo_abc_changes(self):
        """Show how the class of this customer's company changed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_abc_change")
        return {**action, "domain": [("partner_id", "=", self.commercial_partner_id.id)], "context": {}}

    # -- A contact shows the complaints of its company.

    def _get_complaint_defaults(self):
        return {"default_partner_id": self.id}

    # -- customer file and etiquette

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "company")
    def _compute_expo_file_id(self):
        """The file of the contact's company with ours, if the user may see it."""
        files = (
            self.env["expo.customer.file"]
            .with_context(active_test=False)
            .search([("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "=", self.env.company.id)])
        )
        by_partner = {file.partner_id: file for file in files}
        for partner in self:
            partner.expo_file_id = by_partner.get(partner.commercial_partner_id, False)

    @api.depends("country_id")
    def _compute_expo_etiquette_id(self):
        notes = self.env["expo.etiquette"].search([("country_id", "in", self.country_id.ids)])
        by_country = {note.country_id: note for note in notes}
        for partner in self:
            partner.expo_etiquette_id = by_country.get(partner.country_id, False)

    def _expo_follow_company(self):
        """A contact joined or left a company: their file becomes part of its, their entries count for the new one."""
        # The user who keeps the contacts need not see the files.
        files = self.env["expo.customer.file"].sudo().with_context(active_test=False)
        own = files.search([("partner_id", "in", self.ids)])
        joined = own.filtered(lambda file: file.partner_id != file.partner_id.commercial_partner_id)
        for company, moved in joined.grouped(lambda file: file.partner_id.commercial_partner_id).items():
            moved._move_to(company)
        entries = self.env["expo.participation"].sudo().with_context(active_test=False)
        entries = entries.search([("partner_id", "child_of", self.ids)])
        entries._ensure_files()
        entries.file_id._refresh_customer_since()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_has_file(self):
        """Refuse to delete a contact with a file: the file would be lost (rules.md §8)."""
        # The file may be a colleague's.
        files = self.env["expo.customer.file"].sudo().with_context(active_test=False)
        if files.search_count([("partner_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._("You cannot delete this contact because it has a customer file. Archive it instead.")
            )

    def action_open_expo_file(self):
        """Open the customer file of this contact's company."""
        self.ensure_one()
        return self.expo_file_id.action_open()

    # -- Who is it? Finds the partner of a card or of a row of a list, a thousand at a time.

    @api.depends("is_company", "name", "commercial_company_name")
    def _compute_expo_company_key(self):
        for partner in self:
            name = partner.name if partner.is_company else partner.commercial_company_name
            partner.expo_company_key = company_key(name) or False

    @api.depends("email", "website")
    def _compute_expo_web_domain(self):
        for partner in self:
            partner.expo_web_domain = own_domain(partner.email, partner.website) or False

    @api.private
    def _expo_get_people(self, company):
        """Return the rows that say how to address these contacts, in the files of a company."""
        # In sudo: each letter greets a person in the same way, also where the file is a colleague's.
        people = self.env["expo.customer.person"].sudo()
        return people.search(
            [("partner_id", "in", self.ids), ("company_id", "=", company.id), ("address_form", "!=", False)]
        )

    @api.private
    def _expo_get_place(self):
        """Return where a customer is, as the contact or else its company says, and the time zones there, if known."""
        place = self if self.country_id else self.commercial_partner_id
        return place, zones_of(place.country_id.code, place.state_id.code, place.tz)

    @api.private
    def _expo_get_salutation(self, people):
        """Return how a letter to this contact begins, in the language of the context.

        :param people: rows of customer files, among them that of this contact when there is one
        """
        # A contact without a name is called by its e-mail address or phone number.
        if not self.name or self.is_company or self.name in (self.email, self.phone):
            return self.env._("Dear Sir or Madam,")
        form = people.filtered(lambda person: person.partner_id == self and person.address_form)[:1].address_form
        return self.env._("Dear %s,", addressee(self.name, form or "", self.env.lang))

    @api.private
    def _expo_match(self, rows):
        """Tell for each row who it is; constant queries per thousand rows.

        :param list[dict] rows: any of name, company_name, email, phone, website, country_id, city
        :rtype: list[Match]
        """
        wanted = self._expo_identities(rows)
        index = self._expo_index(wanted)
        return [index.match(identity) for identity in wanted]

    @api.model
    def _expo_identities(self, rows):
        """Return what identifies each row, normalised as core normalises partners."""
        countries = self.env["res.country"].browse({row["country_id"] for row in rows if row.get("country_id")})
        dialling = {country.id: (country.code, country.phone_code) for country in countries}
        home = self.env.company.country_id
        default = (home.code, home.phone_code)
        return [
            identify(
                row.get("name"),
                row.get("company_name"),
                email=email_normalize(row.get("email") or ""),
                phone=_sanitize_phone(row.get("phone"), *dialling.get(row.get("country_id"), default)),
                website=row.get("website"),
                country=row.get("country_id"),
                city=row.get("city"),
            )
            for row in rows
        ]

    @api.model
    def _expo_index(self, wanted):
        """Return the index of all partners that share anything with the ones looked for."""
        index = Index()
        columns = {
            "email": "email_normalized",
            "phone": "phone_sanitized",
            "key": "expo_company_key",
            "domain": "expo_web_domain",
        }
        for identity in wanted:
            index.note_domain(identity)
        for batch in split_every(BATCH_SIZE, wanted):
            for name, column in columns.items():
                keys = {getattr(identity, name) for identity in batch} - {""}
                if keys:
                    for partner in self._expo_fetch(Domain(column, "in", list(keys))):
                        index.add(partner._expo_identity())
        return index

    def _expo_fetch(self, domain):
        names = [
            "name",
            "is_company",
            "commercial_partner_id",
            "commercial_company_name",
            "email",
            "email_normalized",
            "phone",
            "phone_sanitized",
            "city",
            "country_id",
            "expo_company_key",
            "expo_web_domain",
        ]
        # Entering runs in sudo: customers of other companies stay theirs.
        ours = Domain("company_id", "in", (False, self.env.company.id))
        # An address for invoices or goods is not a person.
        met = Domain("parent_id", "=", False) | Domain("type", "=", "contact")
        return self.search_fetch(domain & ours & met, names, order="id")

    def _expo_identity(self):
        company = self if self.is_company else self.commercial_partner_id
        # Who was recorded without a name is called by an address or a number.
        is_named = not self.is_company and self.name not in (self.email, self.phone)
        return identify(
            self.name if is_named else "",
            self.name if self.is_company else self.commercial_company_name,
            email=self.email_normalized,
            phone=self.phone_sanitized,
            country=self.country_id.id,
            city=self.city,
            id=self.id,
            company_id=company.id if company != self or self.is_company else 0,
        )._replace(domain=self.expo_web_domain or "")

    # -- The samples of a contact and of the people of its company.

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_expo_sample_count(self):
        """Count the samples that the user may see."""
        everybody = self.with_context(active_test=False).search_fetch([("id", "child_of", self.ids)], ["parent_id"])
        groups = self.env["expo.sample"]._read_group([("partner_id", "in", everybody.ids)], ["partner_id"], ["__count"])
        self.expo_sample_count = 0
        for sampled, count in groups:
            while sampled:
                if sampled in self:
                    sampled.expo_sample_count += count
                sampled = sampled.parent_id

    def action_open_expo_samples(self):
        """Show the samples of this contact and of the people of its company."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_sample")
        return {
            **action,
            "domain": [("partner_id", "child_of", self.id)],
            "context": {"default_partner_id": self.id},
        }


def _sanitize_phone(number, country_code, phone_code):
    if not number:
        return ""
    found = phone_format(number, country_code, phone_code, force_format="E164", raise_exception=False)
    # What is no valid number comes back as it was: it identifies no customer.
    return found if found.startswith("+") and found[1:].isdigit() else ""
