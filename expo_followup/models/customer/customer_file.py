from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError
from odoo.tools import SQL

from ...tools.vcards import serialize_card
from ..followup.followup_board import OPEN_STATES
from ..mixins.merging import get_differences, get_fact_names, get_missing_values, move_linked_rows, post_differences
from ..mixins.record_keeping import RecordKeeping, release_strangers
from ..participation.participation import SOURCES

SALES = "sales_team.group_sale_salesman"
KEEPERS = ("expo_followup.group_file_keeper", "sales_team.group_sale_manager")
RATINGS = [("excellent", "Excellent"), ("good", "Good"), ("fair", "Fair"), ("poor", "Poor")]
# File manager, customer and company of the file: edited by file managers only.
KEEPER_FIELDS = frozenset({"keeper_id", "partner_id", "company_id"})
QUIET = {"tracking_disable": True, "mail_create_nosubscribe": True, "mail_create_nolog": True}
# Facts that only make sense together.
TOGETHER = {"registered_capital": "capital_currency_id", "verified_on": "verified_by_id"}


class ExpoCustomerFile(models.Model):
    """The confidential file of one customer company: all facts of rules.md §3 that a contact has no place for.

    It comes into being with the first entry at a show (:meth:`_ensure`), is read and corrected by the salesperson,
    the file manager and managers, and lives on: see ``customer_file_care.py``. Papers of a customer hang on the
    file, never on the contact, which every salesperson reads.
    """

    _name = "expo.customer.file"
    _description = "Customer File"
    _inherit = [
        "expo.customer.file.care",
        "mail.thread",
        "mail.activity.mixin",
        "expo.job.mixin",
        "expo.customer.hints",
        "expo.messenger",
        "expo.call.time",
        "expo.customer.class",
        "expo.complaint.watch",
        "expo.preferred.time",
        "expo.linked.records",
    ]
    _order = "name, id"
    _rec_names_search = ("name", "short_name", "other_names")
    _record_keeping = RecordKeeping(
        archive="files",
        archive_order=20,
        attachments=True,
        personal="erase",
        personal_links=("partner_id",),
        erase_order=160,
        salesperson="participation_ids.user_id",
    )
    # What follows from orders, reviews and the facts themselves: never written by hand.
    _system_fields = frozenset(
        {"name", "active", "is_foreign", "is_customer", "customer_since", "is_unassigned", "participation_ids"}
        | {"completeness", "missing_facts", "verified_on", "verified_by_id", "review_on", "is_stale"}
        | {"reminder_id", "opened_on", "retention_on", "greeted_on", "staff_total", "abc_class", "lifecycle"}
        | {"failure_count", "failure_reason", "is_parked"}
    )
    _unmerged_fields = (_system_fields - {"verified_on"}) | (KEEPER_FIELDS - {"keeper_id"}) | {*TOGETHER.values()}

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('is_company', '=', True)]",
    )
    company_id = fields.Many2one(
        "res.company", "Our Company", required=True, index=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(related="partner_id.active", store=True)
    keeper_id = fields.Many2one(
        "res.users",
        "File Manager",
        index=True,
        tracking=True,
        ondelete="set null",
        default=lambda self: self.env.company.expo_keeper_id,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="User who keeps this file up to date and is reminded to review it.",
    )
    opened_on = fields.Date("File Created On", default=lambda self: self.env.company._expo_today(), readonly=True)
    participation_ids = fields.One2many("expo.participation", "file_id", "Exhibition Customers", readonly=True)
    is_unassigned = fields.Boolean(
        "Without Salesperson",
        compute="_compute_is_unassigned",
        store=True,
        help="Set when the customer was met at an exhibition but has no salesperson yet.",
    )
    source = fields.Selection(
        SOURCES,
        "Customer Source",
        default="show",
        tracking=True,
    )
    # -- company
    name = fields.Char(related="partner_id.name", store=True, index="trigram")
    short_name = fields.Char(tracking=True)
    other_names = fields.Text(help="Former names, names in other scripts, trade names; one per line.")
    street = fields.Char(related="partner_id.street", readonly=False)
    street2 = fields.Char("Street 2", related="partner_id.street2", readonly=False)
    zip = fields.Char("ZIP", related="partner_id.zip", readonly=False)
    city = fields.Char(related="partner_id.city", readonly=False)
    state_id = fields.Many2one(string="Province", related="partner_id.state_id", readonly=False)
    country_id = fields.Many2one(related="partner_id.country_id", store=True, readonly=False, index=True)
    phone = fields.Char(related="partner_id.phone", readonly=False)
    email = fields.Char(related="partner_id.email", readonly=False)
    website = fields.Char("Website", related="partner_id.website", readonly=False)
    fax = fields.Char(tracking=True)
    business_scope = fields.Text(tracking=True)
    chain_position = fields.Selection(
        [("upstream", "Upstream"), ("downstream", "Downstream"), ("peer", "Peer")],
        "Supply Chain Position",
        tracking=True,
        help="Upstream: could supply us. Downstream: buys from us. Peer: is in the same business as we are.",
    )
    exhibited_products = fields.Text()
    needed_products = fields.Text(tracking=True)
    legal_form = fields.Char(tracking=True)
    founded_year = fields.Integer("Founded (Year)", tracking=True)
    capital_currency_id = fields.Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    registered_capital = fields.Monetary(currency_field="capital_currency_id", tracking=True)
    staff_management = fields.Integer("Management Staff")
    staff_technical = fields.Integer("Technical Staff")
    staff_workers = fields.Integer("Workers")
    staff_total = fields.Integer(compute="_compute_staff_total", store=True, string="Total Staff")
    standing = fields.Text("Market Position", tracking=True)
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
    years_in_business = fields.Integer("Years in Business", compute="_compute_years_in_business", groups=SALES)
    credit_limit = fields.Monetary(tracking=True, groups=SALES)
    credit_days = fields.Integer("Credit Term (Days)", tracking=True, groups=SALES)
    payment_term_id = fields.Many2one("account.payment.term", "Payment Terms", tracking=True, groups=SALES)
    closing_day = fields.Integer(
        tracking=True,
        groups=SALES,
        help="Day of the month on which the customer closes its books; 31 means the last day.",
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
        tracking=True,
        groups=SALES,
    )
    payment_attitude = fields.Selection(RATINGS, tracking=True, groups=SALES)
    collection_record = fields.Selection(RATINGS, tracking=True, groups=SALES)
    collection_note = fields.Text("Collection Notes", groups=SALES)
    credit_rating = fields.Selection(RATINGS, tracking=True, groups=SALES, index="btree_not_null")
    # -- trading
    high_season = fields.Char(help="Months with the most purchases, e.g. August to October.")
    low_season = fields.Char()
    plan_ids = fields.One2many("expo.customer.plan", "file_id", "Purchase Plans")
    competitors = fields.Text()
    trade_partners = fields.Text()
    former_suppliers = fields.Text()
    note = fields.Html("Notes")
    _once_per_customer = models.Constraint(
        "unique(partner_id, company_id)", "You cannot add a second file for a customer. Open the existing file instead."
    )
    _closing_day_range = models.Constraint(
        "CHECK(closing_day >= 0 AND closing_day <= 31)", "The closing day must be from 1 to 31."
    )
    _founded_year_range = models.Constraint(
        "CHECK(founded_year = 0 OR founded_year BETWEEN 1000 AND 2999)", "The year of foundation must have four digits."
    )
    _nothing_negative = models.Constraint(
        "CHECK(registered_capital >= 0 AND credit_limit >= 0 AND credit_days >= 0"
        " AND staff_management >= 0 AND staff_technical >= 0 AND staff_workers >= 0)",
        "The capital, credit and staff numbers must be 0 or more.",
    )

    # Gifts to a customer and what they think of us, in their file.
    gift_ids = fields.One2many("expo.gift", "file_id", "Gifts")
    suggestion_ids = fields.One2many("expo.suggestion", "file_id", "Opinions")

    # How long a file may be kept: so many months after the last that happened with the customer.
    retention_on = fields.Date(
        "Keep Until",
        compute="_compute_retention_on",
        store=True,
        index="btree_not_null",
        compute_sudo=True,
        help="Day until which the file may be kept, counted from the last follow-up, order or exhibition; "
        "empty means without limit.",
    )

    # Existing and potential customers are filed apart (rules.md §3): what the file knows of orders and turnover.
    is_customer = fields.Boolean(
        "Existing Customer",
        compute="_compute_is_customer",
        store=True,
        help="Set when the customer has placed an order; otherwise it is a potential customer.",
    )
    customer_since = fields.Date(
        readonly=True, copy=False, tracking=True, help="Day of the first confirmed order, set automatically."
    )
    order_count = fields.Integer("Orders", compute="_compute_trade")
    turnover = fields.Monetary(compute="_compute_trade", help="Invoiced amount without taxes, less credit notes.")
    turnover_year = fields.Monetary("Turnover This Year", compute="_compute_trade")
    trade_summary = fields.Html("Orders and Turnover", compute="_compute_trade_summary", sanitize=False)

    next_followup_id = fields.Many2one("expo.followup", "Next Step", compute="_compute_next_followup_id")
    next_followup_on = fields.Date("Next Follow-up", compute="_compute_next_followup_id")

    # The visits to a customer, those to its people at any show and at none.
    visit_count = fields.Integer("Number of Visits", compute="_compute_visit_count")

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
        """Tell whether the user may read the file."""
        return bool(self._filter_by_file())

    @api.model_create_multi
    def create(self, vals_list):
        partners = self.env["res.partner"].browse(vals["partner_id"] for vals in vals_list if vals.get("partner_id"))
        customers = {partner.id: partner.commercial_partner_id.id for partner in partners}
        self._check_system_fields(*vals_list)
        for vals in vals_list:
            if vals.get("partner_id"):
                # One file per company: its contacts are people in it.
                vals["partner_id"] = customers[vals["partner_id"]]
        return super(ExpoCustomerFile, self._drop_system_defaults()).create(vals_list)

    def write(self, vals):
        self._check_system_fields(vals)
        if not self._is_system() and KEEPER_FIELDS & vals.keys() and not self._is_keeper():
            raise AccessError(
                self.env._(
                    "You cannot change the file manager because you are neither a file manager nor a "
                    "sales manager. Ask one of them."
                )
            )
        res = super().write(vals)
        if "keeper_id" in vals:
            # Followers and activities of the former file manager are not for them to look up: in sudo.
            self.sudo()._release_strangers()
        return res

    @api.model
    def _is_keeper(self):
        """Tell whether the user keeps customer files: a file manager or a sales manager."""
        return any(self.env.user.has_group(group) for group in KEEPERS)

    # -- The file of a customer leads to their complaints.

    def _get_watched(self):
        return "commercial_partner_id", self.partner_id

    # -- How files come into being, and how two become one when their customers do.

    @api.model
    @api.private
    def _ensure(self, partners, company):
        """Return the files of these partners' companies, opening those that are missing.

        Batched: a constant number of queries for any number of partners. In sudo, and so are the files returned: who
        enters a customer need not see the file that a colleague keeps of them.

        :param partners: contacts or companies
        :param company: our company whose files they are
        """
        customers = partners.commercial_partner_id
        files = self.sudo().with_context(active_test=False, **QUIET)
        found = files.search([("partner_id", "in", customers.ids), ("company_id", "=", company.id)])
        missing = customers - found.partner_id
        if not missing:
            return found
        keeper, today = company.sudo().expo_keeper_id, company._expo_today()
        values = {"company_id": company.id, "keeper_id": keeper.id, "opened_on": today}
        try:
            new = files.create([{"partner_id": partner.id, **values} for partner in missing])
            new.flush_recordset()
        except UniqueViolation as error:
            # A person opened the same file this moment: the whole transaction starts again and finds it.
            raise ConcurrencyError("customer file opened twice at once") from error
        new._refresh_customer_since()
        return found | new

    def _release_strangers(self):
        """Take these files from users who may no longer read them."""
        release_strangers(self, lambda file: file._get_server())

    def _get_server(self):
        """Return who serves the customer of this file: who reviews it, else a salesperson."""
        return self._get_reminded_user() or self.participation_ids.user_id.filtered("active")[:1]

    def action_open(self):
        """Open this file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # -- When two customers turn out to be one, so do their files: nothing of either is lost.

    @api.private
    def _move_to(self, partner):
        """Make these files those of ``partner``, a company: where it has one already, the two are merged."""
        files = self.with_context(active_test=False)
        there = files.search([("partner_id", "=", partner.id), ("id", "not in", self.ids)])
        by_company = {file.company_id: file for file in there}
        for file in files.sorted("id"):
            kept = by_company.get(file.company_id)
            if kept:
                kept._merge_from(file)
            else:
                file.partner_id = partner
                by_company[file.company_id] = file
        moved = self.browse().union(*by_company.values())
        moved._refresh_customer_since()
        return moved

    @api.private
    def _merge_from(self, other):
        """Take over all that another file of the same customer holds, then drop it.

        The facts of this file win, its gaps are filled by the other's; where both know something different, the chatter
        keeps what the other said. People known to both become one.
        """
        self.ensure_one()
        # People first: gifts and opinions are about them.
        other.person_ids.file_id = self
        other.gift_ids.file_id = self
        other.suggestion_ids.file_id = self
        self._take_over_company_day(other)
        self._fill_gaps(other)
        if other.opened_on and self.opened_on:
            self.opened_on = min(self.opened_on, other.opened_on)
        other.participation_ids.file_id = self
        other.plan_ids.file_id = self
        other.account_ids.file_id = self
        other.preference_ids.file_id = self
        self.person_ids._unite_same_contact()
        if self.reminder_id.active:
            other.reminder_id.filtered("active").unlink()
        elif other.reminder_id:
            self.reminder_id = other.reminder_id
        other.message_change_thread(self)
        move_linked_rows(other, self)
        # Rows that moved must not be dropped with the file.
        self.env.flush_all()
        other.invalidate_recordset()
        other.unlink()

    def _fill_gaps(self, other):
        """Fill what this file does not know from the other; note what the other said differently."""
        names = get_fact_names(self, self._unmerged_fields)
        values = get_missing_values(self, other, names)
        for name in TOGETHER.keys() & values.keys():
            partner = TOGETHER[name]
            values[partner] = self._fields[partner].convert_to_write(other[partner], self)
        self.write(values)
        names += [partner for name, partner in TOGETHER.items() if other[name]]
        post_differences(self, self, [(other, get_differences(self, other, names))])

    def _take_over_company_day(self, other):
        """Whose company day was congratulated on under the other file is not congratulated again."""
        ours, theirs = f"company:{self.id}:", f"company:{other.id}:"
        # In sudo: greetings of the customers of all colleagues.
        touches = self.env["expo.followup"].sudo()
        made = set(touches.search([("occasion_key", "=like", f"{ours}%")]).mapped("occasion_key"))
        for greeting in touches.search([("occasion_key", "=like", f"{theirs}%")], order="id"):
            key = ours + greeting.occasion_key.removeprefix(theirs)
            if key not in made:
                greeting.occasion_key = key
                made.add(key)
            elif greeting.state == "done":
                greeting.occasion_key = False
            else:
                greeting._withdraw()
                greeting.unlink()

    # -- retention

    @api.depends(
        "opened_on",
        "customer_since",
        "company_id.expo_retention_months",
        "participation_ids.captured_on",
        "participation_ids.followup_ids.done_on",
        "participation_ids.order_ids.date_order",
    )
    def _compute_retention_on(self):
        active = self._fetch_last_days() if self.ids else {}
        for file in self:
            months = file.company_id.expo_retention_months
            last = max(filter(None, (file.opened_on, file.customer_since, active.get(file._origin.id))), default=None)
            file.retention_on = fields.Date.add(last, months=months) if months and last else False

    def _fetch_last_days(self):
        """Return the day of the last meeting, follow-up or order of each file: ``{id: day}``."""
        self.env["expo.participation"].flush_model(["file_id", "active", "captured_on"])
        self.env["expo.followup"].flush_model(["participation_id", "done_on"])
        self.env["sale.order"].flush_model(["expo_participation_id", "date_order"])
        query = SQL(
            """
            SELECT entry.file_id, GREATEST(
                       max(entry.captured_on),
                       max((SELECT max(done_on) FROM expo_followup WHERE participation_id = entry.id)),
                       max((SELECT max(date_order) FROM sale_order WHERE expo_participation_id = entry.id)))::date
              FROM expo_participation entry
             WHERE entry.file_id IN %s AND entry.active
             GROUP BY entry.file_id
            """,
            tuple(self.ids),
        )
        return dict(self.env.execute_query(query))

    # -- existing and potential customers, filed apart (rules.md §3)

    @api.depends("customer_since")
    def _compute_is_customer(self):
        for file in self:
            file.is_customer = bool(file.customer_since)

    def _refresh_customer_since(self):
        """Look up the first confirmed order of each customer; a cancelled one is none."""
        first = {}
        # In sudo: salespeople see their own orders only, and the file says since when, not what.
        groups = (
            self.env["sale.order"]
            .sudo()
            ._read_group(
                [
                    ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
                    ("company_id", "in", self.company_id.ids),
                    ("state", "=", "sale"),
                ],
                ["company_id", "partner_id"],
                ["date_order:min"],
            )
        )
        for company, partner, moment in groups:
            key = company.id, partner.commercial_partner_id.id
            first[key] = min(first.get(key, moment), moment)
        for file in self:
            moment = first.get((file.company_id.id, file.partner_id.id))
            since = moment and file.company_id._expo_local_date(moment)
            if file.customer_since != since:
                file.customer_since = since

    def _get_trade(self):
        """Return the customer's orders and turnover month by month, latest first: totals only.

        :return: dicts with ``month`` (first day, date), ``orders`` (confirmed in that month) and ``turnover`` (invoiced
            without taxes less credit notes, in our company's currency)
        """
        self.ensure_one()
        # In sudo on purpose: salespeople see their own orders and no invoices, the file shows totals of all. Narrow:
        # this customer's, with this company of ours, sums without a document behind them. Who reads the file gets here.
        orders, moves = self.env["sale.order"].sudo(), self.env["account.move"].sudo()
        self.check_access("read")
        ours = [("company_id", "=", self.company_id.id)]
        months = {}
        for month, count in orders._read_group(
            [*ours, ("partner_id.commercial_partner_id", "=", self.partner_id.id), ("state", "=", "sale")],
            ["date_order:month"],
            ["__count"],
        ):
            months[month.date() if hasattr(month, "date") else month] = [count, 0.0]
        for month, amount in moves._read_group(
            [
                *ours,
                ("commercial_partner_id", "=", self.partner_id.id),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
            ],
            ["invoice_date:month"],
            ["amount_untaxed_signed:sum"],
        ):
            months.setdefault(month, [0, 0.0])[1] = amount
        return [
            {"month": month, "orders": count, "turnover": amount}
            for month, (count, amount) in sorted(months.items(), reverse=True)
        ]

    @api.depends("customer_since")
    def _compute_trade(self):
        for file in self:
            months = file._get_trade() if file.id else []
            this_year = file.company_id._expo_today().year
            file.order_count = sum(row["orders"] for row in months)
            file.turnover = sum(row["turnover"] for row in months)
            file.turnover_year = sum(row["turnover"] for row in months if row["month"].year == this_year)

    @api.depends("customer_since")
    @api.depends_context("lang")
    def _compute_trade_summary(self):
        for file in self:
            by_year = {}
            for row in file._get_trade() if file.id else []:
                by_year.setdefault(row["month"].year, []).append(row)
            file.trade_summary = bool(by_year) and self.env["ir.qweb"]._render(
                "expo_followup.customer_trade", {"years": by_year, "currency": file.currency_id}
            )

    # -- what is to be done next

    @api.depends("participation_ids.next_followup_on")
    @api.depends_context("uid")
    def _compute_next_followup_id(self):
        """Find the next follow-up with a person of the customer that the user may see; letters leave by themselves."""
        followups = self.env["expo.followup"].search(
            [
                ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", OPEN_STATES),
                ("is_letter", "=", False),
            ]
        )
        found = {}
        for followup in followups:
            found.setdefault((followup.partner_id.commercial_partner_id, followup.company_id), followup)
        for file in self:
            file.next_followup_id = found.get((file.partner_id, file.company_id), False)
            file.next_followup_on = file.next_followup_id.window_start

    def action_log_next_followup(self):
        """Open the dialog that records the outcome of the next step."""
        self.ensure_one()
        return self.next_followup_id.action_record_outcome()

    # -- electronic cards

    def _get_vcards(self):
        """Return the companies and their people as vCards (3.0, UTF-8), one after the other.

        :rtype: bytes
        :raises AccessError: when the user may not read one of the files
        """
        self.check_access("read")
        cards = []
        for file in self:
            cards.append(serialize_card(file.partner_id._build_vcard(), bool(file.partner_id.image_1920)))
            cards += [person._get_vcard() for person in file.person_ids]
        return b"".join(cards)

    def action_download_vcards(self):
        """Download the companies and their people as one .vcf file."""
        self.check_access("read")
        ids = ",".join(map(str, self.ids))
        return {"type": "ir.actions.act_url", "url": f"/expo/customer_file/vcard?ids={ids}", "target": "self"}

    # -- The visits to a customer, those to its people at any show and at none.

    @api.depends_context("uid")
    def _compute_visit_count(self):
        """Count the visits that the user may see."""
        groups = self.env["expo.visit"]._read_group(
            [
                ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "!=", "cancelled"),
            ],
            ["company_id", "partner_id"],
            ["__count"],
        )
        counts = {}
        for company, partner, count in groups:
            key = company, partner.commercial_partner_id
            counts[key] = counts.get(key, 0) + count
        for file in self:
            file.visit_count = counts.get((file.company_id, file.partner_id), 0)

    def action_open_visits(self):
        """Show the visits to this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_visit")
        domain = [("partner_id", "child_of", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        return {**action, "domain": domain, "context": {"default_partner_id": self.partner_id.id}}

    def action_plan_visit(self):
        """Open the form of a new visit to this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan a visit"),
            "res_model": "expo.visit",
            "views": [(False, "form")],
            "context": {"default_partner_id": self.partner_id.id},
        }
