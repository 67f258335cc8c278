from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..mixins.defaults import without_defaults
from ..participation.expo_participation import SOURCES

SALES = "sales_team.group_sale_salesman"
KEEPERS = ("expo_followup.group_file_keeper", "sales_team.group_sale_manager")
RATINGS = [("excellent", "Excellent"), ("good", "Good"), ("fair", "Fair"), ("poor", "Poor")]
# What follows from orders, reviews and the facts themselves: nobody writes it by hand.
DERIVED_FIELDS = frozenset(
    {
        "is_customer", "customer_since", "completeness", "missing_facts", "verified_on", "verified_by_id", "review_on",
        "is_stale", "reminder_id", "opened_on", "is_unassigned", "active", "failure_count", "failure_reason",
        "is_parked", "participation_ids", "name", "is_foreign", "staff_total", "retention_on", "greeted_on",
        "abc_class", "lifecycle",
    }
)  # fmt: skip
# Who keeps the file, of whom and for which company: the keeper's business.
KEEPER_FIELDS = frozenset({"keeper_id", "partner_id", "company_id"})


class ExpoCustomerFile(models.Model):
    """The confidential file of one customer company: all facts of rules.md §3 that a contact has no place for.

    It comes into being with the first entry at a show (:meth:`_ensure`), is read and corrected by whoever serves the
    customer, by its keeper and by managers, and lives on: see ``expo_customer_file_care``. Papers of a customer hang on
    his file, never on the contact, which every salesperson reads.
    """

    _name = "expo.customer.file"
    _description = "Customer File"
    _inherit = ["mail.thread", "mail.activity.mixin", "expo.job.mixin", "expo.customer.hints"]
    _order = "name, id"
    _rec_names_search = ("name", "short_name", "other_names")

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="restrict", index=True, check_company=True,
        domain="[('is_company', '=', True)]",
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company", "Our Company", required=True, index=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(related="partner_id.active", store=True)
    keeper_id = fields.Many2one(
        "res.users", index=True, tracking=True, ondelete="set null",
        default=lambda self: self.env.company.expo_keeper_id,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Keeps this file up to date and is reminded to review it.",
    )  # fmt: skip
    opened_on = fields.Date("File Opened On", default=lambda self: self.env.company._expo_today(), readonly=True)
    participation_ids = fields.One2many("expo.participation", "file_id", "At the Shows", readonly=True)
    is_unassigned = fields.Boolean(
        compute="_compute_is_unassigned", store=True, help="Met at a show, and nobody owns any entry yet."
    )
    source = fields.Selection(
        SOURCES,
        "Source of the Customer",
        default="show",
        tracking=True,
    )

    # -- company
    name = fields.Char(related="partner_id.name", store=True, index="trigram")
    short_name = fields.Char(tracking=True)
    other_names = fields.Text(help="Former names, names in other scripts, trade names; one per line.")
    street = fields.Char(related="partner_id.street", readonly=False)
    street2 = fields.Char(related="partner_id.street2", readonly=False)
    zip = fields.Char(related="partner_id.zip", readonly=False)
    city = fields.Char(related="partner_id.city", readonly=False)
    state_id = fields.Many2one(related="partner_id.state_id", readonly=False)
    country_id = fields.Many2one(related="partner_id.country_id", store=True, readonly=False, index=True)
    phone = fields.Char(related="partner_id.phone", readonly=False)
    email = fields.Char(related="partner_id.email", readonly=False)
    website = fields.Char(related="partner_id.website", readonly=False)
    fax = fields.Char(tracking=True)
    business_scope = fields.Text(tracking=True)
    chain_position = fields.Selection(
        [("upstream", "Upstream"), ("downstream", "Downstream"), ("peer", "Peer")],
        "Stands",
        tracking=True,
        help="Upstream: could supply us. Downstream: buys from us. Peer: does what we do.",
    )
    exhibited_products = fields.Text()
    needed_products = fields.Text(tracking=True)
    legal_form = fields.Char(tracking=True)
    founded_year = fields.Integer("Founded (Year)", tracking=True)
    capital_currency_id = fields.Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    registered_capital = fields.Monetary(currency_field="capital_currency_id", tracking=True)
    staff_management = fields.Integer("Staff in Management")
    staff_technical = fields.Integer("Technical Staff")
    staff_workers = fields.Integer("Workers")
    staff_total = fields.Integer(compute="_compute_staff_total", store=True)
    standing = fields.Text("Standing in the Trade", tracking=True)
    main_bank = fields.Char(tracking=True)
    vat = fields.Char(related="partner_id.vat", string="Tax Number", readonly=False)
    registration_number = fields.Char(
        related="partner_id.company_registry", string="Registration Number", readonly=False
    )

    # -- people, accounts, what they like
    person_ids = fields.One2many("expo.customer.person", "file_id", "People")
    account_ids = fields.One2many("expo.customer.account", "file_id", "Network Accounts")
    preference_ids = fields.One2many("expo.customer.preference", "file_id", "Preferences")

    # -- foreign customer
    is_foreign = fields.Boolean("Foreign Customer", compute="_compute_is_foreign", store=True)
    foreign_notes = fields.Text(related="partner_id.expo_foreign_notes", readonly=False)
    etiquette_id = fields.Many2one(related="partner_id.expo_etiquette_id")

    # -- credit
    currency_id = fields.Many2one(related="company_id.currency_id")
    years_in_business = fields.Integer(compute="_compute_years_in_business", groups=SALES)
    credit_limit = fields.Monetary(tracking=True, groups=SALES)
    credit_days = fields.Integer("Credit Term (Days)", tracking=True, groups=SALES)
    payment_term_id = fields.Many2one("account.payment.term", "Payment Terms", tracking=True, groups=SALES)
    closing_day = fields.Integer(
        tracking=True, groups=SALES, help="Day of the month on which they close their books; 31 is the last day."
    )
    payment_method = fields.Selection(
        [
            ("tt", "Transfer (T/T)"),
            ("lc", "Letter of credit (L/C)"),
            ("dp", "Documents against payment (D/P)"),
            ("da", "Documents against acceptance (D/A)"),
            ("oa", "Open account (O/A)"),
            ("other", "Other"),
        ],
        "Pays By",
        tracking=True,
        groups=SALES,
    )
    payment_attitude = fields.Selection(RATINGS, "Attitude to Paying", tracking=True, groups=SALES)
    collection_record = fields.Selection(RATINGS, tracking=True, groups=SALES)
    collection_note = fields.Text("About Collection", groups=SALES)
    credit_rating = fields.Selection(RATINGS, tracking=True, groups=SALES, index="btree_not_null")

    # -- trading
    high_season = fields.Char(help="When they buy most, e.g. August to October.")
    low_season = fields.Char()
    plan_ids = fields.One2many("expo.customer.plan", "file_id", "Purchase Plans")
    competitors = fields.Text("Their Competitors")
    trade_partners = fields.Text("Their Partners")
    former_suppliers = fields.Text()
    note = fields.Html("Notes")

    _once_per_customer = models.Constraint(
        "unique(partner_id, company_id)", "This customer already has a file. Open it and add to it."
    )
    _closing_day_range = models.Constraint(
        "CHECK(closing_day >= 0 AND closing_day <= 31)", "The closing day is a day of the month, 1 to 31."
    )
    _founded_year_range = models.Constraint(
        "CHECK(founded_year = 0 OR founded_year BETWEEN 1000 AND 2999)", "The year of foundation has four digits."
    )
    _nothing_negative = models.Constraint(
        "CHECK(registered_capital >= 0 AND credit_limit >= 0 AND credit_days >= 0"
        " AND staff_management >= 0 AND staff_technical >= 0 AND staff_workers >= 0)",
        "Capital, credit and numbers of staff are not negative.",
    )

    @api.depends("staff_management", "staff_technical", "staff_workers")
    def _compute_staff_total(self):
        for file in self:
            file.staff_total = file.staff_management + file.staff_technical + file.staff_workers

    @api.depends("founded_year")
    def _compute_years_in_business(self):
        for file in self:
            year = self.env.company._expo_today().year
            file.years_in_business = max(year - file.founded_year, 0) if file.founded_year else 0

    @api.depends("country_id", "company_id.country_id")
    def _compute_is_foreign(self):
        for file in self:
            home = file.company_id.country_id
            file.is_foreign = bool(file.country_id and home and file.country_id != home)

    @api.depends("participation_ids.user_id", "participation_ids.active")
    def _compute_is_unassigned(self):
        for file in self:
            entries = file.participation_ids
            file.is_unassigned = bool(entries) and not entries.user_id

    def _serves_customer(self):
        """Whoever may read the file."""
        return bool(self._filter_by_file())

    @api.model_create_multi
    def create(self, vals_list):
        partners = self.env["res.partner"].browse(vals["partner_id"] for vals in vals_list if vals.get("partner_id"))
        customers = {partner.id: partner.commercial_partner_id.id for partner in partners}
        for vals in vals_list:
            self._check_user_values(vals)
            if vals.get("partner_id"):
                # One file per company: its contacts are people in it.
                vals["partner_id"] = customers[vals["partner_id"]]
        return super(ExpoCustomerFile, without_defaults(self, DERIVED_FIELDS.__contains__)).create(vals_list)

    def write(self, vals):
        self._check_user_values(vals)
        if not self.env.su and KEEPER_FIELDS & vals.keys() and not self._is_keeper():
            raise AccessError(self.env._("Only keepers of customer files and sales managers decide whose file it is."))
        res = super().write(vals)
        if "keeper_id" in vals:
            # Followers and activities of the former keeper are not for him to look up: in sudo.
            self.sudo()._release_strangers()
        return res

    def _check_user_values(self, vals):
        """Refuse facts that are derived, to everybody but the system.

        :raises AccessError: when a user writes them
        """
        if not self.env.su and (kept := DERIVED_FIELDS & vals.keys()):
            raise AccessError(
                self.env._("These facts of a customer file are kept by the system: %s.", ", ".join(sorted(kept)))
            )

    @api.model
    def _is_keeper(self):
        """Tell whether the user keeps customer files: a keeper or a sales manager."""
        return any(self.env.user.has_group(group) for group in KEEPERS)
