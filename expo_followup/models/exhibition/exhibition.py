from markupsafe import Markup

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, py_to_js_locale
from odoo.tools.misc import format_date

from ...tools.zones import get_midnight, to_local_date
from ..mixins.daily_list import keep_daily_list, make_list
from ..mixins.notices import Reminder, remind
from ..mixins.record_keeping import RecordKeeping
from .results import Results

#: Most products that a phone keeps and searches.
MOST_PRODUCTS = 1000
STATES = ("running", "preparation", "followup")
MANAGER = "sales_team.group_sale_manager"


class ExpoExhibition(models.Model):
    """A show at which our company has a stand.

    A show is prepared, runs, is followed up and is done. Closing it (running → followup) confirms the
    letters and lets the plan start; see :meth:`close_show`.
    """

    _name = "expo.exhibition"
    _description = "Exhibition"
    _inherit = ["mail.thread", "mail.activity.mixin", "expo.job.mixin", "expo.steps", "expo.linked.records"]
    _order = "date_begin desc, id desc"
    _record_keeping = RecordKeeping(
        archive="shows",
        archive_order=10,
        attachments=True,
        # About the show; organizer and signatory are partners in business, whose links end with the contact.
        no_personal={
            "name",
            "code",
            "city",
            "venue",
            "hall",
            "booth",
            "organizer_id",
            "signatory_id",
            "signature",
            "letter_attachment_ids",
            "letter_paragraph",
            "failure_reason",
        },
    )
    _system_fields = frozenset({"failure_count", "failure_reason", "is_parked"})

    name = fields.Char(required=True, tracking=True)
    code = fields.Char(copy=False, help="Short name of the show, for example CF139. Unique in the company.")
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [
            ("preparation", "In preparation"),
            ("running", "Running"),
            ("followup", "In follow-up"),
            ("done", "Done"),
        ],
        "Status",
        default="preparation",
        required=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    date_begin = fields.Date("First Day", required=True, tracking=True, copy=False)
    date_end = fields.Date("Last Day", required=True, tracking=True, copy=False)
    tz = fields.Selection(
        _tz_get, "Time Zone", compute="_compute_tz", store=True, readonly=False, precompute=True, required=True
    )
    country_id = fields.Many2one("res.country")
    city = fields.Char()
    venue = fields.Char()
    hall = fields.Char()
    booth = fields.Char()
    organizer_id = fields.Many2one("res.partner", check_company=True)
    user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user, tracking=True, check_company=True
    )
    member_ids = fields.Many2many("res.users", string="Our People", help="Users who work at the booth.")
    team_id = fields.Many2one("crm.team", "Sales Team", check_company=True)
    campaign_id = fields.Many2one("utm.campaign", copy=False, ondelete="restrict", readonly=True)
    plan_id = fields.Many2one(
        "mail.activity.plan",
        "Follow-up Plan",
        domain="[('res_model', '=', 'expo.participation'), ('company_id', 'in', (False, company_id))]",
        compute="_compute_plan_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        tracking=True,
    )
    product_ids = fields.Many2many("product.product", string="Exhibits")
    currency_id = fields.Many2one(related="company_id.currency_id")
    cost_ids = fields.One2many(
        "expo.exhibition.cost", "exhibition_id", "Costs", copy=True, groups="sales_team.group_sale_manager"
    )
    total_cost = fields.Monetary(compute="_compute_total_cost", store=True, groups="sales_team.group_sale_manager")
    participation_ids = fields.One2many("expo.participation", "exhibition_id", "Customers")
    participation_count = fields.Integer("Customer Count", compute="_compute_counts")
    key_count = fields.Integer("Key Customer Count", compute="_compute_counts")
    followup_count = fields.Integer("Open Follow-up Count", compute="_compute_counts")
    letter_attachment_ids = fields.Many2many("ir.attachment", string="Attachments of the Letter")
    letter_paragraph = fields.Text(
        "Paragraph in Letters",
        copy=False,
        help="Text below the salutation of the letters that are sent automatically; empty means none.",
    )
    signatory_id = fields.Many2one(
        "res.partner",
        "Signed By",
        help="Senior manager who signs the letters; empty means that the customer's salesperson signs.",
    )
    signature = fields.Image("Signature Picture", max_width=600, max_height=200)
    survey_id = fields.Many2one(
        "survey.survey",
        "Feedback Form",
        default=lambda self: self.env.ref("expo_followup.survey_feedback", raise_if_not_found=False),
        ondelete="set null",
    )
    media_report_on = fields.Date("Media Report Date", tracking=True, copy=False)
    media_report_off = fields.Boolean(
        "No Media Report",
        copy=False,
        help="Set when the reminder of the media report was cancelled; clear it to be reminded again.",
    )
    _dates_order = models.Constraint(
        "CHECK(date_end >= date_begin)", "The last day of an exhibition must not be before its first day."
    )
    _letter_paragraph_length = models.Constraint(
        "CHECK(char_length(letter_paragraph) <= 5000)", "The paragraph in letters must have at most 5,000 characters."
    )
    _code_unique = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL",
        "You cannot use the code of an existing exhibition. Choose another code.",
    )

    # What came home from the show and is not entered yet.
    capture_ids = fields.One2many("expo.capture", "exhibition_id", "Captured Contacts")
    waiting_capture_count = fields.Integer("Contacts to Qualify", compute="_compute_waiting_capture_count")

    # What a show brings: what is expected, won and invoiced, against what it cost.
    lead_count = fields.Integer("Opportunities", compute="_compute_revenue", compute_sudo=True, groups=MANAGER)
    expected_revenue = fields.Monetary(
        compute="_compute_revenue",
        compute_sudo=True,
        groups=MANAGER,
        help="Expected revenue of the open opportunities.",
    )
    won_revenue = fields.Monetary(
        compute="_compute_revenue", compute_sudo=True, groups=MANAGER, help="Revenue of the won opportunities."
    )
    turnover = fields.Monetary(
        compute="_compute_turnover",
        compute_sudo=True,
        groups=MANAGER,
        help="Posted invoices of orders from this show less credit notes, without tax.",
    )
    sample_cost = fields.Monetary(compute="_compute_turnover", compute_sudo=True, groups=MANAGER)
    result = fields.Monetary(
        compute="_compute_turnover",
        compute_sudo=True,
        groups=MANAGER,
        help="Turnover less the costs of the show and of its samples.",
    )

    @api.depends("company_id")
    def _compute_tz(self):
        for show in self:
            show.tz = show.tz or show.company_id._expo_tz()

    @api.depends("company_id")
    def _compute_plan_id(self):
        default = self.env.ref("expo_followup.plan_default", raise_if_not_found=False)
        for show in self:
            fits = show.plan_id and show.plan_id.company_id in (show.company_id, show.env["res.company"])
            if not fits:
                show.plan_id = show.company_id.expo_plan_id or default

    @api.depends("cost_ids.amount")
    def _compute_total_cost(self):
        for show in self:
            show.total_cost = sum(show.cost_ids.mapped("amount"))

    @api.depends("participation_ids.tier_id", "participation_ids.followup_ids.state")
    def _compute_counts(self):
        people = self.env["expo.participation"]._read_group(
            [("exhibition_id", "in", self.ids)], ["exhibition_id", "is_key"], ["__count"]
        )
        touches = self.env["expo.followup"]._read_group(
            [("exhibition_id", "in", self.ids), ("state", "in", ("planned", "due"))], ["exhibition_id"], ["__count"]
        )
        open_counts = {show.id: count for show, count in touches}
        totals, keys = {}, {}
        for show, is_key, count in people:
            totals[show.id] = totals.get(show.id, 0) + count
            if is_key:
                keys[show.id] = count
        for show in self:
            show.participation_count = totals.get(show.id, 0)
            show.key_count = keys.get(show.id, 0)
            show.followup_count = open_counts.get(show.id, 0)

    @api.depends("name", "code")
    def _compute_display_name(self):
        for show in self:
            show.display_name = f"[{show.code}] {show.name}" if show.code else show.name

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_fields(*vals_list)
        shows = super(ExpoExhibition, self._drop_system_defaults()).create(vals_list).with_env(self.env)
        # Salespeople may not create campaigns; each show has exactly one, named after it.
        campaigns = self.env["utm.campaign"].sudo().create([{"title": show.name} for show in shows])
        for show, campaign in zip(shows, campaigns, strict=True):
            show.campaign_id = campaign
        shows._own_attachments()
        return shows

    def write(self, vals):
        self._check_system_fields(vals)
        res = super().write(vals)
        if "letter_attachment_ids" in vals:
            self._own_attachments()
        return res

    def _own_attachments(self):
        """Tie uploaded files to their show: else only who uploaded them could send letters with them."""
        for show in self:
            # Files uploaded before the show was saved have no record yet.
            loose = show.letter_attachment_ids.sudo().filtered(lambda file: not file.res_id)
            loose.write({"res_model": show._name, "res_id": show.id})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_people(self):
        if any(show.participation_ids for show in self):
            raise UserError(
                self.env._("You cannot delete this exhibition because it has exhibition customers. Archive it instead.")
            )

    def copy_data(self, default=None):
        """A copy is next year's show: same place and plan, dates still to set."""
        default = dict(default or {})
        vals_list = super().copy_data(default)
        today = self.env.company._expo_today()
        for show, vals in zip(self, vals_list, strict=True):
            vals.setdefault("date_begin", today)
            vals.setdefault("date_end", today)
            if "name" not in default:
                vals["name"] = self.env._("%s (copy)", show.name)
        return vals_list

    @api.private
    def _today(self):
        """Return today's date at the show, independent of the server's and the user's time zone."""
        self.ensure_one()
        return self.company_id._expo_today(self.tz)

    @api.private
    def _to_local_date(self, moment):
        """Return the date that it is at the show at a moment given in UTC."""
        self.ensure_one()
        return to_local_date(moment, self.tz)

    @api.private
    def _get_begin(self):
        """Return the moment in UTC at which the first day begins at the show, None while it is not known."""
        return get_midnight(self.date_begin, self.tz) if self.date_begin else None

    # -- states ------------------------------------------------------------------------------------------

    def action_start(self):
        """Open the show: its people capture customers, and the media report falls due."""
        for show in self:
            if show.state != "preparation":
                raise UserError(
                    self.env._("You cannot start “%s” because it has already started. Reload the page.", show.name)
                )
        self.state = "running"
        self._sync_media_report()
        return True

    def action_done(self):
        """End the follow-up: what is still planned is cancelled, what was done stays."""
        for show in self:
            if show.state != "followup":
                raise UserError(
                    self.env._("You cannot complete “%s” because it is not in follow-up. Reload the page.", show.name)
                )
        self.state = "done"
        self.participation_ids._sync_followups()
        return True

    def action_resume(self):
        """Take up the follow-up of a show that was declared done too early."""
        for show in self:
            if show.state != "done":
                raise UserError(
                    self.env._(
                        "You cannot reopen “%s” because its follow-up is not completed. Reload the page.", show.name
                    )
                )
        self.state = "followup"
        self.participation_ids._sync_followups()
        return True

    @api.private
    def _sync_media_report(self):
        """Remind the responsible of the media report: due the day before the last day (rules.md §4).

        Idempotent; the reminder goes when the report is out or the show is over. Who cancels it does without one.
        """
        xmlid = "expo_followup.activity_media_report"
        running = self.filtered(
            lambda show: show.state == "running" and not show.media_report_on and not show.media_report_off
        )
        (self - running).activity_unlink([xmlid])
        remind(running, xmlid, lambda show: show._get_media_reminder(), is_quiet=False)

    def _get_media_reminder(self):
        day_before = fields.Date.subtract(self.date_end, days=1)
        return Reminder(self._get_responsible() or self.env.user, max(self.date_begin, day_before))

    def action_media_report_sent(self):
        """Note that the media report is out, and end its reminder."""
        for show in self.filtered(lambda show: not show.media_report_on):
            show.media_report_on = show._today()
        self._sync_media_report()
        return True

    # -- ways in ------------------------------------------------------------------------------------------

    def action_open_participations(self):
        """Show the customers of this show."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_participation")
        return {**action, "domain": [("exhibition_id", "=", self.id)], "context": {"default_exhibition_id": self.id}}

    def action_open_followups(self):
        """Show the follow-ups of this show."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_followup_all")
        return {**action, "domain": [("exhibition_id", "=", self.id)], "context": {}}

    # -- lists for the booth page

    @api.model
    def _get_booth_data(self):
        """Return the booth page's lists as this user sees them, in their language.

        Shows that run come first (those whose stand the user serves before the others), then those to come, then those
        in follow-up. Terms are those of the page's scripts and templates.
        """
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        shows = self._get_booth_shows()
        modules, _parameters = self.env["ir.http"]._get_translations_for_webclient(["expo_followup"], lang.code)
        return {
            "user_name": self.env.user.name,
            "lang": lang.code,
            "locale": py_to_js_locale(lang.code),
            "direction": lang.direction,
            "terms": {term["id"]: term["string"] for term in modules["expo_followup"]["messages"]},
            "shows": [show._get_booth_values() for show in shows],
            "tiers": self.env["expo.tier"].search_read([], ["name", "code", "color"], load=None),
            "products": [{"id": product.id, "name": product.display_name} for product in shows._get_booth_products()],
            "countries": self.env["res.country"].search_read([], ["name", "code"], order="name", load=None),
            "langs": [{"code": code, "name": name} for code, name in self.env["res.lang"].get_installed()],
            "consent": self._get_consent_wordings(),
        }

    def _get_booth_shows(self):
        """The shows at which the user may record contacts, the likeliest first."""
        shows = self.search([("state", "in", STATES)])
        return shows.sorted(lambda show: (STATES.index(show.state), self.env.user not in show.member_ids))

    def _get_booth_values(self):
        """One show, as the page lists it."""
        days = f"{format_date(self.env, self.date_begin)} – {format_date(self.env, self.date_end)}"
        state = dict(self._fields["state"]._description_selection(self.env))[self.state]
        return {
            "id": self.id,
            "name": self.display_name,
            "details": " · ".join(part for part in (state, days, self.city) if part),
            "product_ids": self.product_ids.ids,
        }

    def _get_booth_products(self):
        """The exhibits of these shows, then as many other products as a phone keeps."""
        exhibits = self.product_ids._filtered_access("read")
        others = Domain("sale_ok", "=", True) & Domain("id", "not in", exhibits.ids)
        left = max(0, MOST_PRODUCTS - len(exhibits))
        return exhibits + self.env["product.product"].search(others, limit=left)

    @api.model
    def _get_consent_wordings(self):
        """The question that a contact is asked at the stand, by language: they should understand what they agree to."""
        return {
            code: self.with_context(lang=code).env._(
                "May we keep your contact details and write to you about our products and this show? "
                "You can withdraw at any time."
            )
            for code, _name in self.env["res.lang"].get_installed()
        }

    # -- What came home from the show and is not entered yet.

    @api.depends("capture_ids.state")
    @api.depends_context("uid")
    def _compute_waiting_capture_count(self):
        waiting = self.env["expo.capture"]._read_group(
            [("exhibition_id", "in", self.ids), ("state", "=", "new")], ["exhibition_id"], ["__count"]
        )
        counts = {show.id: count for show, count in waiting}
        for show in self:
            show.waiting_capture_count = counts.get(show.id, 0)

    def action_open_captures(self):
        """Show what was captured at this show and waits to be entered."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_capture")
        return {
            **action,
            "domain": [("exhibition_id", "in", self.ids)],
            "context": {"search_default_new": 1, "default_exhibition_id": self[:1].id},
            "target": "current",
        }

    # -- closing

    def action_close(self):
        """Open the preview of what closing the show would send and plan. Nothing changes yet.

        :raises UserError: when the show does not run or has no customers
        """
        self.ensure_one()
        self._check_can_close()
        wizard = self.env["expo.close.show"].create({"exhibition_id": self.id})
        return wizard._open_dialog()

    def close_show(self):
        """Close the show: state ``followup``, follow-ups planned, letters queued.

        Closing twice, or two people at once, does it once: the second finds it closed and changes nothing.

        :returns: whether this call closed it
        :raises UserError: when it has no customers, has not started, or a letter does not render
        """
        self.ensure_one()
        self._lock_for_step()
        if self.state in ("followup", "done"):
            return False
        self._check_can_close()
        self._check_letters_render()
        self.state = "followup"
        self.participation_ids._sync_followups()
        self._sync_media_report()
        letters = self.env["expo.followup"].search(self._get_queueable_letters_domain())
        letters._queue_letters_in_batches()
        # First progress reports are issued, and opportunities opened, as soon as possible.
        self.env["expo.participation"]._trigger_sync()
        return True

    def _check_can_close(self):
        if self.state == "preparation":
            raise UserError(self.env._("You cannot close “%s” because it has not started. Start it first.", self.name))
        if self.state != "running":
            raise UserError(
                self.env._("You cannot close “%s” because it is already closed. Reload the page.", self.name)
            )
        if not self.plan_id.template_ids:
            raise UserError(
                self.env._(
                    "You cannot close “%s” because it has no follow-up plan with steps. Select a plan first.", self.name
                )
            )
        if not self.env["expo.participation"].search_count([("exhibition_id", "=", self.id)], limit=1):
            raise UserError(
                self.env._("You cannot close “%s” because it has no customers. Enter its customers first.", self.name)
            )

    def _check_letters_render(self):
        """Refuse to close while a letter that would leave by itself cannot be made.

        :raises UserError: naming the letter and what is wrong with it
        """
        if problem := self._get_letter_problem():
            raise UserError(problem)

    def _get_letter_problem(self):
        """Try each letter of the plan on one customer of each language; return the first problem in words."""
        by_language = self.participation_ids._group_by_language()
        people = self.env["expo.participation"].concat(*(customers[0] for customers in by_language.values()))
        for step in self.plan_id.template_ids.filtered("expo_letter_template_id"):
            try:
                people._render_letters(step.expo_letter_template_id)
            except UserError as error:
                return self.env._(
                    "The letter “%(letter)s” cannot be created, so no letters were sent: %(problem)s",
                    letter=step.expo_letter_template_id.name,
                    problem=str(error),
                )
        return ""

    def _get_queueable_letters_domain(self):
        return [
            ("exhibition_id", "in", self.ids),
            ("state", "=", "planned"),
            ("auto_send", "=", True),
            ("mail_mail_id", "=", False),
        ]

    # -- the daily list of the manager

    @api.model
    def _get_listed_domain(self):
        """Return the shows with something for the manager's daily list, or with a list that stands."""
        kind = self.env.ref("expo_followup.activity_escalation")
        standing = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("activity_type_id", "=", kind.id)]
        )
        # Archived shows have their list as well.
        listed = {*standing.mapped("res_id"), *(show.id for show in self._get_escalation_lists())}
        return Domain("id", "in", list(listed)) & Domain("active", "in", (True, False))

    def _sync_escalations(self):
        """Bring the managers' lists of these shows up to date; a second run on the same day changes nothing."""
        kind = self.env.ref("expo_followup.activity_escalation")
        activities = self.env["mail.activity"].with_context(active_test=False)
        by_show = activities.search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("activity_type_id", "=", kind.id)]
        ).grouped("res_id")
        lists = self._get_escalation_lists([("exhibition_id", "in", self.ids)])
        for show in self:
            show._sync_escalation(kind, lists.get(show), by_show.get(show.id, activities))

    def _sync_escalation(self, kind, rows, activities):
        manager, values = self._get_escalation_manager(), {}
        if rows and manager:
            words = self.with_context(lang=manager.lang)
            values = {
                "summary": words._get_escalation_summary(rows),
                "note": words._get_escalation_note(rows),
                "user_id": manager.id,
                "activity_type_id": kind.id,
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": self.id,
            }
        keep_daily_list(activities, values, self._today())

    def _get_escalation_manager(self):
        """Return the user to notify: the responsible of the show, else the leader of its team."""
        users = self.user_id, self.team_id.user_id
        return next(filter(None, (user._expo_working(self.company_id) for user in users)), self.env["res.users"])

    def _get_responsible(self, company=None):
        """Return who stands in where a customer has no salesperson, empty when all have left.

        :param company: whose manager it is where there is no show; the company of the show when None
        :returns: the responsible of the show, else the leader of its team, else a manager
        """
        company = self.company_id or company or self.env.company
        return self._get_escalation_manager() or company._expo_managers()[company][:1].sudo(self._is_system())

    @api.model
    def _get_escalation_lists(self, domain=()):
        """Return ``{show: (customers who wait too long, late reports)}``, shows without any left out.

        :param domain: of the customers and reports; default: all
        """
        customers = self.env["expo.participation"].search(
            Domain("response_state", "=", "red")
            & self.env["expo.participation"]._get_unanswered_domain()
            & Domain(domain),
            order="exhibition_id, is_key desc, assigned_on, id",
        )
        reports = self.env["expo.progress.report"].search(
            [("state", "=", "open"), ("is_late", "=", True), *domain], order="exhibition_id, is_key desc, due_on, id"
        )
        red, late = customers.grouped("exhibition_id"), reports.grouped("exhibition_id")
        return {show: (red.get(show, customers[:0]), late.get(show, reports[:0])) for show in {*red, *late}}

    def _get_escalation_summary(self, rows):
        customers, reports = rows
        parts = [
            customers and self.env._("Waiting too long: %s", len(customers)),
            reports and self.env._("Overdue reports: %s", len(reports)),
        ]
        return ", ".join(filter(None, parts))

    def _get_escalation_note(self, rows):
        customers, reports = rows
        note = Markup()
        if customers:
            title = self.env._("Customers waiting too long for a first answer")
            note += make_list(self.env, title, self._get_escalation_entries("exhibition-customers", customers))
        if reports:
            title = self.env._("Overdue progress reports")
            note += make_list(self.env, title, self._get_escalation_entries("progress-reports", reports))
        return note

    def _get_escalation_entries(self, path, records):
        """Return each record's link, customer, and who serves them."""
        return [
            (f"/odoo/{path}/{one.id}", one.partner_id.display_name, one.user_id.name or self.env._("no salesperson"))
            for one in records
        ]

    # -- The way from a show to its lists.

    def action_import_list(self):
        """Start the import of a list of this show."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_import_new")
        return {**action, "context": {"default_exhibition_id": self.id}}

    @api.ondelete(at_uninstall=False)
    def _unlink_lists(self):
        """A show without customers goes with its lists, through the ORM: so do their files."""
        # Colleagues' lists of the show go as well.
        self.env["expo.import"].sudo().search([("exhibition_id", "in", self.ids)]).unlink()

    # -- What a show brings: what is expected, won and invoiced, against what it cost.

    @api.depends("participation_ids.lead_id")
    def _compute_revenue(self):
        """In sudo: totals over the customers of all colleagues, for managers."""
        self.env["expo.participation"].flush_model(["exhibition_id", "lead_id"])
        self.env["crm.lead"].flush_model(["expected_revenue", "won_status"])
        totals = {}
        if self.ids:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT show, won_status, count(*), sum(expected_revenue) FROM (
                        SELECT DISTINCT p.exhibition_id AS show, l.id, l.won_status, l.expected_revenue
                          FROM expo_participation p JOIN crm_lead l ON l.id = p.lead_id
                         WHERE p.exhibition_id IN %s) leads
                     GROUP BY show, won_status
                    """,
                    tuple(self.ids),
                )
            )
            totals = {(show, status): (count, amount) for show, status, count, amount in rows}
        for show in self:
            by_status = {status: totals.get((show.id, status), (0, 0)) for status in ("pending", "won", "lost")}
            show.lead_count = sum(count for count, _amount in by_status.values())
            show.expected_revenue = by_status["pending"][1]
            show.won_revenue = by_status["won"][1]

    @api.depends("total_cost")
    def _compute_turnover(self):
        """In sudo: totals over the customers of all colleagues, for managers."""
        turnover = self._fetch_turnover()
        costs = dict(
            self.env["expo.sample"]._read_group(
                [("exhibition_id", "in", self.ids)], ["exhibition_id"], ["company_cost:sum"]
            )
        )
        for show in self:
            show.turnover = turnover.get(show.id, 0)
            show.sample_cost = costs.get(show._origin, 0)
            show.result = show.turnover - show.total_cost - show.sample_cost

    def _fetch_turnover(self):
        """Return ``{show id: turnover}``: one statement, each line of an invoice counted once."""
        if not self.ids:
            return {}
        self.env["account.move.line"].flush_model(["balance", "parent_state", "display_type", "move_id"])
        self.env["sale.order"].flush_model(["expo_participation_id"])
        self.env["expo.participation"].flush_model(["exhibition_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT show, -sum(balance) FROM (
                    SELECT DISTINCT p.exhibition_id AS show, l.id, l.balance
                      FROM expo_participation p
                      JOIN sale_order o ON o.expo_participation_id = p.id
                      JOIN sale_order_line s ON s.order_id = o.id
                      JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                      JOIN account_move_line l ON l.id = r.invoice_line_id
                      JOIN account_move m ON m.id = l.move_id
                     WHERE p.exhibition_id IN %s AND l.parent_state = 'posted' AND l.display_type = 'product'
                       AND m.move_type IN ('out_invoice', 'out_refund')) lines
                 GROUP BY show
                """,
                tuple(self.ids),
            )
        )
        return dict(rows)

    @api.model
    def get_results(self, show_id=False):
        """Return what a show brought as plain data, see :class:`.results.Results`.

        :param show_id: the show; the last one that has begun when not given
        :returns: False when no show has begun
        """
        show = self.browse(show_id).exists() if show_id else self._get_last_begun()
        show.check_access("read")
        return bool(show) and Results(show).get()

    def action_open_figure(self, key):
        """List what a figure of the page of results is made of."""
        self.ensure_one()
        return Results(self).get_action(key)

    def action_open_results(self):
        """Open the page of what the show brought."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id("expo_followup.action_exhibition_results")
        return {**action, "context": {"active_id": self.id}}

    @api.model
    def _get_last_begun(self):
        """Return the last show of the user's companies that has begun."""
        return self.search_fetch([("state", "!=", "preparation")], ["name", "code"], limit=1)

    def action_open_leads(self):
        """Show the opportunities of this show."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_action_pipeline")
        return {
            **action,
            "domain": [("expo_participation_ids.exhibition_id", "=", self.id)],
            "context": {
                "active_test": False,
                "default_type": "opportunity",
                "default_campaign_id": self.campaign_id.id,
            },
        }
