from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, config

from ...tools.abc import A_PERCENT, B_PERCENT, period_begin
from ...tools.cadence import Rhythm, parse_days
from ...tools.complaint_clocks import CLOCKS
from ...tools.complaint_flow import RELAXABLE
from ...tools.lifecycle import DECLINE_PERCENT
from ...tools.response import next_working_day
from ...tools.workdays import CompanyCalendar, public_days, working_weeks
from ...tools.zones import get_zone, to_local_date

ABC_FIELDS = {"expo_abc_months", "expo_abc_a_percent", "expo_abc_b_percent", "expo_decline_percent"}


class Period(NamedTuple):
    """The turnover after ``begin`` until ``today`` counts; the period before it is that after ``former_begin``."""

    former_begin: date
    begin: date
    today: date


CODE = "expo.complaint"
GATE = "expo_complaint_gate_"
MANAGER = "sales_team.group_sale_manager"
SALES = "sales_team.group_sale_salesman"
HOURS = "expo_complaint_hours_"
RESPONSE_FIELDS = {"expo_amber_days", "expo_red_days"}
# The longest period of a setting or step, in days or months: longer ones lead beyond the dates that there are.
LONGEST_PERIOD = 3660
RHYTHM_FIELDS = {"expo_memory_days", "expo_cadence_a_days", "expo_cadence_b_days", "expo_cadence_c_days"}


class ResCompany(models.Model):
    _inherit = "res.company"

    expo_plan_id = fields.Many2one(
        "mail.activity.plan",
        "Default Follow-up Plan",
        domain="[('res_model', '=', 'expo.participation')]",
        ondelete="set null",
        help="Follow-up plan that a new exhibition starts with.",
    )
    expo_amber_days = fields.Integer(
        "Amber after (Days)",
        default=7,
        help="Days a customer may wait for a first answer before turning amber; 0 means on the first day.",
    )
    expo_red_days = fields.Integer(
        "Red after (Days)",
        default=14,
        help="Days a customer may wait for a first answer before turning red; 0 means on the first day.",
    )
    expo_letter_hour = fields.Float(
        "Letter Sending Time",
        default=9.0,
        help="Hour of the day, in the customer's time zone, from which letters are sent.",
    )
    expo_letters_per_hour = fields.Integer(
        "Letters per Hour",
        default=60,
        help="Most automatic letters that leave in an hour; 0 means no limit.",
    )
    expo_capture_at_once = fields.Boolean(
        "Automatic Qualification",
        help="Captured contacts become exhibition customers automatically.",
    )
    expo_capture_review_first = fields.Boolean(
        "Review before Qualification",
        help="A sales manager reviews captured contacts before they become exhibition customers, not afterwards.",
    )
    expo_marketing_user_id = fields.Many2one(
        "res.users",
        "Marketing Contact",
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="User who gets a list of the customers reviewed the day before, once per working day; "
        "empty means no list.",
    )
    expo_entry_days = fields.Integer(
        "Qualification Period (Working Days)",
        default=2,
        help="Working days within which a captured contact is to be qualified; 0 means on the same day.",
    )
    _expo_entry_days_range = models.Constraint(
        "CHECK(expo_entry_days >= 0)", "The qualification period must be 0 or more working days."
    )
    expo_keeper_id = fields.Many2one(
        "res.users",
        "File Manager",
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="User who manages new customer files and is reminded to review them.",
    )
    expo_file_review_months = fields.Integer(
        "File Review Interval (Months)",
        default=6,
        help="Months after which a file that was not verified is to be reviewed; 0 means never.",
    )
    expo_retention_months = fields.Integer(
        "File Retention (Months)",
        default=0,
        help="Months a file may be kept after the last follow-up, order or exhibition; 0 means without limit.",
    )
    _expo_days_order = models.Constraint(
        "CHECK(expo_amber_days >= 0 AND expo_red_days >= expo_amber_days)",
        "The days in “Amber after” must not exceed the days in “Red after”.",
    )
    _expo_letter_hour_range = models.Constraint(
        "CHECK(expo_letter_hour >= 0 AND expo_letter_hour < 24)", "The letter sending time must be from 0:00 to 23:59."
    )
    _expo_letters_per_hour_range = models.Constraint(
        "CHECK(expo_letters_per_hour >= 0)", "The letters per hour must be 0 (no limit) or more."
    )
    _expo_retention_months_range = models.Constraint(
        "CHECK(expo_retention_months >= 0)", "The file retention must be 0 (without limit) or more months."
    )
    _expo_file_review_months_range = models.Constraint(
        "CHECK(expo_file_review_months >= 0)", "The file review interval must be 0 (never) or more months."
    )

    # Who may export our lists and contacts; every export is logged with its reason (rules.md §3).
    expo_list_export = fields.Boolean(
        "List Export",
        default=True,
        help="Lets sales managers and file managers export exhibition lists and contacts; empty means that only users "
        "with the access right to export can.",
    )
    expo_list_export_sales = fields.Boolean(
        "List Export by Salespeople",
        help="Lets salespeople export the exhibition lists and contacts that they can read; empty means that they "
        "cannot.",
    )

    # How customers are classed by their turnover: see ``tools/abc.py`` and ``tools/lifecycle.py`` for the rules.
    expo_abc_months = fields.Integer(
        "Turnover Period (Months)", default=12, help="Months of turnover that determine the ABC class, at least 1."
    )
    expo_abc_a_percent = fields.Integer(
        "Class A Threshold (%)",
        default=A_PERCENT,
        help="Percentage of the turnover up to which the largest customers are class A.",
    )
    expo_abc_b_percent = fields.Integer(
        "Class B Threshold (%)",
        default=B_PERCENT,
        help="Percentage of the turnover up to which the next largest customers are class B; the others are class C.",
    )
    expo_decline_percent = fields.Integer(
        "Decline Threshold (%)",
        default=DECLINE_PERCENT,
        help="Percentage of the purchases of the previous period below which a customer is in decline; 0 means never.",
    )
    _expo_abc_months_range = models.Constraint(
        "CHECK(expo_abc_months >= 1)", "The turnover period must be at least 1 month."
    )
    _expo_abc_percent_order = models.Constraint(
        "CHECK(expo_abc_a_percent >= 0 AND expo_abc_b_percent >= expo_abc_a_percent AND expo_abc_b_percent <= 100)",
        "The ABC thresholds must be from 0 to 100 %, and class A must not exceed class B.",
    )
    _expo_decline_percent_range = models.Constraint(
        "CHECK(expo_decline_percent >= 0 AND expo_decline_percent <= 100)",
        "The decline threshold must be from 0 to 100 %.",
    )

    # What a complaint needs at each step: a small office must not fight its tool.
    expo_complaint_gate_acknowledged = fields.Boolean("Acknowledgement before Confirmed", default=True)
    expo_complaint_gate_facts = fields.Boolean("Agreed Facts before Evaluating", default=True)
    expo_complaint_gate_photos = fields.Boolean("Photos before Negotiating", default=True)
    expo_complaint_gate_assessment = fields.Boolean("Assessment before Negotiating", default=True)
    expo_complaint_gate_departments = fields.Boolean("Joint Review if Serious", default=True)
    expo_complaint_gate_demand = fields.Boolean("Customer Request before Implementing", default=True)
    expo_complaint_gate_acceptance = fields.Boolean("Acceptance before Implementing", default=True)
    expo_complaint_gate_documents = fields.Boolean("Documents Posted before Feedback", default=True)
    expo_complaint_gate_feedback = fields.Boolean("Customer Feedback before Closed", default=True)
    expo_complaint_reopen_days = fields.Integer(
        "Reopening Period (Days)",
        default=30,
        help=(
            "Days within which a new e-mail from the customer reopens the complaint; 0 means that it "
            "always creates a new one."
        ),
    )
    _expo_complaint_reopen_days_range = models.Constraint(
        "CHECK(expo_complaint_reopen_days >= 0)", "The reopening period must be 0 (never) or more days."
    )

    # How long we may take over a complaint, in working hours. What runs keeps the limit that it started with.
    expo_complaint_hours_acknowledge = fields.Float(
        "Acknowledgement SLA (Hours)",
        default=8,
        help=("Working hours from the receipt of a complaint to its acknowledgement; 0 means no target."),
    )
    expo_complaint_hours_evaluate = fields.Float(
        "Evaluation SLA (Hours)",
        default=24,
        help="Working hours from the acknowledgement to the evaluation; 0 means no target.",
    )
    expo_complaint_hours_offer = fields.Float(
        "Remedy SLA (Hours)",
        default=16,
        help="Working hours from the evaluation to the offered remedy; 0 means no target.",
    )
    expo_complaint_hours_implement = fields.Float(
        "Implementation SLA (Hours)",
        default=80,
        help=("Working hours from the customer's acceptance to the implementation; 0 means no target."),
    )
    expo_complaint_serious_percent = fields.Integer(
        "Serious Complaint SLA (%)",
        default=50,
        help="Share of the SLA hours that a serious complaint may take, in percent.",
    )
    expo_complaint_warn_percent = fields.Integer(
        "SLA Reminder (%)",
        default=75,
        help=("Share of the SLA hours after which the user assigned to a complaint is reminded, in percent."),
    )
    _expo_complaint_hours_range = models.Constraint(
        "CHECK(expo_complaint_hours_acknowledge >= 0 AND expo_complaint_hours_evaluate >= 0"
        " AND expo_complaint_hours_offer >= 0 AND expo_complaint_hours_implement >= 0)",
        "The SLA hours must be 0 (no target) or more.",
    )
    _expo_complaint_percent_range = models.Constraint(
        "CHECK(expo_complaint_serious_percent BETWEEN 1 AND 100 AND expo_complaint_warn_percent BETWEEN 1 AND 99)",
        "The SLA share of serious complaints must be from 1 to 100 %, and that of reminders from 1 to 99 %.",
    )

    # How long customers have to give feedback on the remedy of their complaint.
    expo_complaint_ask_days = fields.Integer(
        "Feedback Request after (Days)",
        default=7,
        help=(
            "Days until the first feedback request after the implementation, and again until the "
            "second; after that, the lack of a reply counts as feedback."
        ),
    )
    _expo_complaint_ask_days_range = models.Constraint(
        "CHECK(expo_complaint_ask_days > 0)", "The days before a feedback request must be 1 or more."
    )

    # What happens when a complaint comes in by mail.
    expo_complaint_auto_acknowledge = fields.Boolean(
        "Automatic Email Acknowledgement",
        default=True,
        help=(
            "Customers who complain by e-mail get a confirmation immediately, at most one per hour; "
            "automatic e-mails get none."
        ),
    )
    expo_complaint_mail_days = fields.Integer(
        "Original Email Retention (Days)",
        default=365,
        help=(
            "Days until the original of an e-mail is deleted, unless the e-mail is in quarantine or "
            "its complaint is open; 0 means never."
        ),
    )
    _expo_complaint_mail_days_range = models.Constraint(
        "CHECK(expo_complaint_mail_days >= 0)", "The days for keeping original mails must be 0 (forever) or more."
    )

    # How much time the letters about complaints give, to us and to the customer; in working days of ours.
    expo_complaint_answer_days = fields.Integer(
        "Answer Period (Working Days)",
        default=3,
        help="Working days until the answer date in the acknowledgement; 0 means the same day.",
    )
    expo_complaint_photo_days = fields.Integer(
        "Photo Period (Working Days)",
        default=5,
        help="Working days that customers get to send photos; 0 means the same day.",
    )
    expo_complaint_review_days = fields.Integer(
        "Review Period (Working Days)",
        default=5,
        help=("Working days for the conclusions of production and inspection; 0 means the same day."),
    )
    expo_complaint_reply_days = fields.Integer(
        "Reply Period (Working Days)",
        default=10,
        help=("Working days that customers get to reply to a remedy or a feedback request; 0 means the same day."),
    )
    _expo_complaint_days_range = models.Constraint(
        "CHECK(expo_complaint_answer_days >= 0 AND expo_complaint_photo_days >= 0 AND expo_complaint_review_days >= 0"
        " AND expo_complaint_reply_days >= 0)",
        "The periods in letters about complaints must be 0 or more working days.",
    )

    # Whom the company congratulates, and how soon a letter is prepared (rules.md §4: long-term care).
    expo_greeting_scope = fields.Selection(
        [
            ("none", "None"),
            ("key", "Key customers"),
            ("valued", "Key customers, class A and B, and customers with orders"),
            ("all", "All customers in follow-up"),
        ],
        "Greeting Recipients",
        default="valued",
        required=True,
        help="Customers for whom letters for birthdays, company anniversaries and festivals are "
        "prepared; the salesperson sends them.",
    )
    expo_greeting_days = fields.Integer(
        "Greeting Lead Time (Days)",
        default=7,
        help="Days before the occasion at which the greeting is shown to the salesperson; 0 means on the day.",
    )
    expo_suggestion_days = fields.Integer(
        "Opinion Response Time (Days)",
        default=14,
        help="Days within which the customer is informed of the action taken; 0 means on the same day.",
    )
    _expo_greeting_days_range = models.Constraint(
        "CHECK(expo_greeting_days BETWEEN 0 AND 60)", "The greeting lead time must be from 0 to 60 days."
    )
    _expo_suggestion_days_range = models.Constraint(
        "CHECK(expo_suggestion_days >= 0)", "The opinion response time must be 0 or more days."
    )

    # How often salespeople report on a customer.
    expo_report_days = fields.Integer(
        "Progress Report Interval (Days)",
        default=14,
        help="Days between the issue and the deadline of a progress report; 0 means no reports.",
    )
    expo_report_tier_ids = fields.Many2many(
        "expo.tier",
        "expo_company_report_tier_rel",
        string="Progress Report Tiers",
        help="Intent tiers whose customers are reported on; empty means all.",
    )
    _expo_report_days_range = models.Constraint(
        "CHECK(expo_report_days >= 0)", "The progress report interval must be 0 (no reports) or more days."
    )

    # How often customers are contacted, and for how long they stay open (rules.md §4).
    expo_memory_days = fields.Char(
        "Initial Cadence (Days)",
        default="0, 3, 7, 15",
        help="Days until the next follow-up of a new customer, after the first, second and third personal "
        "follow-up, such as 0, 3, 7, 15, where a first 0 stands for a follow-up on the day of the meeting; empty "
        "means no initial cadence.",
    )
    expo_cadence_a_days = fields.Integer(
        "Class A Cadence (Days)", default=7, help="Days between follow-ups of a class A customer; 0 means no cadence."
    )
    expo_cadence_b_days = fields.Integer(
        "Class B Cadence (Days)", default=14, help="Days between follow-ups of a class B customer; 0 means no cadence."
    )
    expo_cadence_c_days = fields.Integer(
        "Class C Cadence (Days)",
        default=30,
        help="Days between follow-ups of a class C customer, or of a customer without orders after the "
        "initial cadence; 0 means no cadence.",
    )
    expo_cadence_started = fields.Boolean(
        "Automatic Cadence Start",
        default=lambda self: self._default_expo_cadence_started(),
        help="Customers with turnover enter the contact cadence automatically; otherwise a sales manager starts it.",
    )
    expo_daily_limit = fields.Integer(
        "Daily Start Limit",
        default=20,
        help="Maximum number of follow-ups of a salesperson on the days on which customers enter the contact cadence, "
        "or on which overdue steps are planned; 0 means no limit.",
    )
    expo_touch_limit = fields.Integer(
        "Weekly Follow-up Limit",
        default=3,
        help="Maximum number of follow-ups with one customer within seven days, letters included; "
        "further ones are postponed. 0 means no limit.",
    )
    expo_horizon_months = fields.Integer(
        "Follow-up Horizon (Months)",
        default=8,
        help="Months from the exhibition until a customer without an order or refusal becomes dormant; 0 means never.",
    )
    _expo_rhythm_range = models.Constraint(
        "CHECK(expo_cadence_a_days >= 0 AND expo_cadence_b_days >= 0 AND expo_cadence_c_days >= 0"
        " AND expo_touch_limit >= 0 AND expo_daily_limit >= 0 AND expo_horizon_months >= 0)",
        "The contact cadence, the follow-up limits and the follow-up horizon must be 0 or more.",
    )

    # res_company_visit
    expo_minutes_days = fields.Integer(
        "Minutes Deadline (Working Days)",
        default=2,
        help="Working days within which minutes are to be written; a reminder is sent when they are "
        "overdue, and after the same time again they are escalated to a manager.",
    )
    _expo_minutes_days_range = models.Constraint(
        "CHECK(expo_minutes_days >= 0)", "The minutes deadline must be 0 or more working days."
    )

    @api.model
    def _default_expo_cadence_started(self):
        """Where there are customers with turnover already, a manager sees first who enters the contact cadence."""
        # In sudo: whether there are invoices at all is no secret. Classes are kept by company.
        invoiced = [("state", "=", "posted"), ("move_type", "=", "out_invoice")]
        if self.env["account.move"].sudo().search_count(invoiced, limit=1):
            return False
        return not self.env.execute_query(SQL("SELECT FROM res_partner WHERE expo_abc_class IS NOT NULL LIMIT 1"))

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create([{"expo_cadence_started": True, **vals} for vals in vals_list])
        companies._expo_make_complaint_sequences()
        return companies

    def write(self, vals):
        res = super().write(vals)
        # In sudo: the user who changes the settings need not see the customers.
        customers = self.env["expo.participation"].sudo()
        if RESPONSE_FIELDS & vals.keys():
            customers.search(
                Domain("company_id", "in", self.ids)
                & Domain("response_state", "!=", "answered")
                & customers._get_unanswered_domain()
            )._update_response_state()
        if ABC_FIELDS & vals.keys():
            self.env["ir.cron"]._trigger_expo("ir_cron_classify")
        if "resource_calendar_id" in vals:
            self._expo_request_calendar()
        if {"expo_report_days", "expo_report_tier_ids"} & vals.keys():
            customers._trigger_sync()
        if RHYTHM_FIELDS & vals.keys():
            customers.search(
                [("company_id", "in", self.ids), ("outcome", "=", "open"), ("exhibition_id.state", "=", "followup")]
            )._request_sync()
        return res

    @api.private
    def _expo_may_export_lists(self):
        """Tell whether the settings of these companies let the user export our lists and contacts."""
        is_keeper = self.env["expo.customer.file"]._is_keeper()
        is_seller = self.env.user.has_group(SALES)
        # In sudo: not every user may read the settings of a company.
        return all(
            company.expo_list_export and (is_keeper or (is_seller and company.expo_list_export_sales))
            for company in self.sudo()
        )

    @api.private
    def _expo_local_date(self, moment):
        """Return the date on which a UTC moment falls where the company is."""
        return to_local_date(moment, self._expo_tz())

    @api.private
    def _expo_today(self, tz=None):
        """Return today's date in ``tz``, else where the company is, whatever the server's time zone."""
        return to_local_date(fields.Datetime.now(), tz or self._expo_tz())

    @api.private
    def _expo_tz(self):
        """Name of the time zone the company lives in: its calendar's, else its address's, else UTC."""
        self.ensure_one()
        return self.resource_calendar_id.tz or self.partner_id.tz or "UTC"

    @api.private
    def _expo_calendar(self, schedule=None, leaves=None, fortnight=None):
        """Return our working days and days off, for :mod:`..tools.workdays`.

        :param schedule: another working schedule than that of the company
        :param leaves: the days off that count with it
        :param fortnight: its working hours, where they have been read already
        """
        self.ensure_one()
        # Working hours and company holidays are no secret, yet not every salesperson may read calendars.
        calendar = schedule or self.sudo().resource_calendar_id
        zone = get_zone(calendar.tz)
        days = {"leave": set(), "other": set()}
        for row in self._expo_global_leaves() if leaves is None else leaves:
            days[row.time_type].update(_days_spanned(row.date_from, row.date_to, zone))
        first, second = working_weeks(calendar._expo_fortnight() if fortnight is None else fortnight)
        return CompanyCalendar(first, frozenset(days["leave"]), second, frozenset(days["other"]))

    @api.private
    def _expo_add_holidays(self, year):
        """Add the public holidays of our country in a year to our working schedule, and the days worked in exchange.

        Days that the schedule has already are left as they are: twice adds nothing.

        :return: how many days were added
        :raises UserError: when the country has no known holidays
        """
        self.ensure_one()
        days = public_days(self.country_id.code, year, self.env.lang)
        if not days.holidays:
            raise UserError(
                self.env._(
                    "You cannot add the public holidays of %(company)s because those of its country are not known. "
                    "Set the country of the company, or add the days in the working schedule.",
                    company=self.display_name,
                )
            )
        known = self._expo_calendar()
        added = [(day, name, "leave") for day, name in days.holidays.items() if day not in known.days_off]
        added += [
            (day, self.env._("Make-up working day"), "other") for day in days.make_up_days if not known.is_working(day)
        ]
        calendar = self.resource_calendar_id
        zone = get_zone(calendar.tz)
        self.env["resource.calendar.leaves"].with_company(self).create(
            [
                {
                    "name": name,
                    "time_type": time_type,
                    "calendar_id": calendar.id,
                    "date_from": _to_utc(zone, datetime.combine(day, time())),
                    "date_to": _to_utc(zone, datetime.combine(day, time(23, 59, 59))),
                }
                for day, name, time_type in added
            ]
        )
        return len(added)

    @api.private
    def _expo_years_without_holidays(self):
        """Return which of this year and the next have no day off in our working schedule."""
        self.ensure_one()
        year = self._expo_today().year
        known = {day.year for day in self._expo_calendar().days_off}
        return [one for one in (year, year + 1) if one not in known]

    @api.private
    def _expo_holiday_warning(self):
        """Say for which years public holidays are missing in our working schedule; "" where there are some."""
        missing = self._expo_years_without_holidays()
        if not missing:
            return ""
        return self.env._(
            "The working schedule of %(company)s has no public holidays in %(years)s: follow-ups may fall on them.",
            company=self.display_name,
            years=", ".join(map(str, missing)),
        )

    # -- what is not set up yet

    @api.readonly
    @api.model
    def expo_get_setup_gaps(self):
        """Return what the user's company has not set up yet, for sales managers; see :meth:`_expo_get_setup_gaps`.

        :raises AccessError: for any other user
        """
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("You cannot read the set-up because you are not a sales manager. Ask one."))
        shows = self.env["expo.exhibition"].search(
            [("company_id", "=", self.env.company.id), ("state", "in", ("preparation", "running"))]
        )
        return self.env.company._expo_get_setup_gaps(shows)

    def _expo_get_setup_gaps(self, shows):
        """Return what is missing, what it breaks and the action that sets it, for the user.

        In sudo: that something is not set up is no secret, the pages that set it are for users with their rights.

        :param shows: exhibitions whose feedback form is asked for
        :return: dicts with ``key``, ``name``, ``effect`` and ``action``, which is empty without the right to open it
        :rtype: list[dict]
        """
        company, env = self.sudo(), self.sudo().env
        without_form = shows.sudo().filtered(lambda show: not show.survey_id)
        teams = env["expo.complaint.team"].search([("company_id", "=", self.id)])
        missing = {
            "address": not (company.street and company.city and company.country_id),
            "mail_server": not (env["ir.mail_server"].search_count([], limit=1) or _is_smtp_configured()),
            "alias_domain": not company.alias_domain_id,
            "feedback_form": bool(without_form),
            "schedule": not company.resource_calendar_id.attendance_ids,
            "holidays": bool(self._expo_years_without_holidays()),
            "keeper": not company.expo_keeper_id,
            "complaint_address": not any(team.alias_name and team.alias_domain_id for team in teams),
        }
        names = {
            "address": env._("Company address"),
            "mail_server": env._("Outgoing mail server"),
            "alias_domain": env._("Alias domain"),
            "feedback_form": env._("Exhibition feedback form"),
            "schedule": env._("Working schedule"),
            "holidays": env._("Public holidays"),
            "keeper": env._("File manager"),
            "complaint_address": env._("Address for complaints"),
        }
        forms = ", ".join(without_form.mapped("name")[:3])
        effects = {
            "address": env._("Letters lack our address, and public holidays are unknown."),
            "mail_server": env._("Letters and notices may not leave."),
            "alias_domain": env._("Answers of customers do not come back."),
            "feedback_form": env._("Letters ask for no opinion: %s", forms),
            "schedule": env._("Deadlines count usual office hours."),
            "holidays": env._("Follow-ups may fall on days off."),
            "keeper": env._("New customer files have no user who reviews them."),
            "complaint_address": env._("Complaints by e-mail are not recorded."),
        }
        administrator, manager = "base.group_system", "sales_team.group_sale_manager"
        settings = (administrator, "crm.crm_config_settings_action")
        targets = {
            "address": (administrator, {"res_model": "res.company", "res_id": self.id}),
            "mail_server": (administrator, "base.action_ir_mail_server_list"),
            "alias_domain": (administrator, "mail.mail_alias_domain_action"),
            "feedback_form": (manager, {"res_model": "expo.exhibition", "res_id": without_form[:1].id}),
            "schedule": settings,
            "holidays": settings,
            "keeper": settings,
            "complaint_address": (manager, "expo_followup.action_complaint_team"),
        }
        return [
            {
                "key": key,
                "name": names[key],
                "effect": effects[key],
                "action": self._expo_get_setup_action(*targets[key]),
            }
            for key, is_missing in missing.items()
            if is_missing
        ]

    def _expo_get_setup_action(self, group, target):
        """Return the action that sets something up, False when the user may not."""
        if not self.env.user.has_group(group):
            return False
        if isinstance(target, str):
            return target
        return {"type": "ir.actions.act_window", "views": [(False, "form")], **target}

    def _expo_global_leaves(self):
        """Return the days off of the whole company, and the days that it works besides: core's time type *Other*."""
        # A row without a schedule holds for every schedule of the company.
        return (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id", "=", False),
                    ("company_id", "in", (False, self.id)),
                    ("calendar_id", "in", (False, self.sudo().resource_calendar_id.id)),
                ]
            )
        )

    # -- classes by turnover

    @api.private
    def _expo_abc_period(self):
        """Return the period whose turnover counts today, and the one before it of the same length."""
        today = self._expo_today()
        return Period(period_begin(today, 2 * self.expo_abc_months), period_begin(today, self.expo_abc_months), today)

    # -- What a complaint needs at each step: a small office must not fight its tool.

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

    # -- SLA of complaints, in working hours

    @api.private
    def _expo_clock_limits(self, serious=False):
        """Return how many working hours each clock of a complaint that starts now may take: ``{clock: hours}``.

        :param bool serious: whether the complaint is serious
        """
        share = self.expo_complaint_serious_percent / 100 if serious else 1
        return {clock: self[HOURS + clock] * share for clock in CLOCKS}

    @api.private
    def _expo_clock_thresholds(self):
        """Return the shares of an SLA target at which assignee, escalation contact and managers are notified."""
        return self.expo_complaint_warn_percent / 100, 1.0, 2.0

    @api.private
    def _expo_managers(self):
        """Return ``{company: its sales managers}``, who hear of what takes too long or fails."""
        return self._expo_users_of(MANAGER)

    @api.private
    def _expo_salespeople(self):
        """Return ``{company: users who may serve its customers}``, as ``res.users._expo_working`` says of one."""
        return self._expo_users_of(SALES)

    def _expo_users_of(self, group):
        # In sudo: which role a user has is no secret of a customer's.
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", [self.env["ir.model.data"]._xmlid_to_res_id(group)]),
                    ("company_ids", "in", self.ids),
                    ("share", "=", False),
                ],
                order="id",
            )
        )
        if len(self) == 1:
            return {self: users}
        return {company: users.filtered(lambda user, company=company: company in user.company_ids) for company in self}

    @api.private
    def _expo_request_clocks(self):
        """Our working hours have changed: what runs is due at another moment, as soon as the scheduled action runs."""
        # In sudo: the user who keeps the calendar need not see complaints.
        self.env["expo.complaint.clock"].sudo()._request(self)

    @api.private
    def _expo_request_calendar(self):
        """Our days have changed: what is planned moves, and what runs is due at another moment."""
        if not self:
            return
        self._expo_request_clocks()
        # In sudo: the user who keeps the calendar need not see exhibition customers.
        self.env["expo.participation"].sudo().search(
            [("company_id", "in", self.ids), ("exhibition_id.state", "in", ("running", "followup"))]
        )._request_sync()

    # -- Our working hours, for how long customers wait for a first answer.

    @api.private
    def _expo_working_hours(self, begin, end):
        """Return the working hours between two UTC moments by the company's clock, its days off left out."""
        return self._expo_working_time().between(begin, end)

    @api.private
    def _expo_working_time(self):
        """Return when we work, for :mod:`..tools.working_time`; the usual hours where the schedule says none."""
        self.ensure_one()
        # As with the calendar: no secret, yet not every salesperson may read schedules.
        return self.sudo().resource_calendar_id._expo_working_time(self._expo_tz(), self._expo_calendar())

    @api.private
    def _expo_working_times(self, users):
        """Return when these users work for us, ``{user: WorkingTime}``: by their own schedule and days off where they
        have one, by the clock of their place.

        A constant number of queries, and one for each schedule of theirs.
        """
        self.ensure_one()
        # In sudo: when colleagues work is no secret, yet not every salesperson may read schedules.
        ours, users = self.sudo().resource_calendar_id, users.sudo()
        resources = users.env["resource.resource"].search(
            [("user_id", "in", users.ids), ("company_id", "in", (False, self.id))]
        )
        resource_of = {resource.user_id: resource for resource in resources}
        leaves = users.env["resource.calendar.leaves"].search(
            Domain("company_id", "in", (False, self.id))
            & (
                Domain("resource_id", "in", resources.ids)
                | Domain("resource_id", "=", False)
                & Domain("calendar_id", "in", (False, *(ours | resources.calendar_id).ids))
            )
        )
        weeks = {schedule: schedule._expo_fortnight() for schedule in ours | resources.calendar_id}
        times = {}
        for user in users:
            resource = resource_of.get(user, resources.browse())
            schedule = resource.calendar_id or ours
            counting = leaves.filtered(
                lambda row, resource=resource, schedule=schedule: (
                    row.resource_id == resource if row.resource_id else row.calendar_id in (schedule, ours.browse())
                )
            )
            zone = (resource.tz if resource else user.tz) or self._expo_tz()
            times[user.id] = schedule._expo_working_time(
                zone, self._expo_calendar(schedule, counting, weeks.get(schedule)), weeks.get(schedule)
            )
        return times

    # -- How often salespeople report on a customer.

    @api.private
    def _expo_report_due_on(self, day):
        """Return when a report issued on ``day`` is due: after the company's days, on a working day of ours."""
        self.ensure_one()
        due_on, calendar = fields.Date.add(day, days=self.expo_report_days), self._expo_calendar()
        return next_working_day(due_on, calendar.is_working)

    # -- How often customers are contacted, and for how long they stay open (rules.md §4).

    @api.model
    def _get_expo_period_fields(self):
        """Return the names of the settings that are numbers of days or months."""
        integers = [name for name, field in self._fields.items() if field.type == "integer"]
        return [name for name in integers if name.startswith("expo_") and name.endswith(("_days", "_months"))]

    @api.constrains(lambda self: self._get_expo_period_fields())
    def _check_expo_periods(self):
        for company in self:
            for name in self._get_expo_period_fields():
                if company[name] > LONGEST_PERIOD:
                    raise ValidationError(
                        self.env._(
                            "You cannot set “%(field)s” to %(value)s because it is above %(limit)s. Enter a smaller "
                            "number.",
                            field=self._fields[name].get_description(self.env, ["string"])["string"],
                            value=company[name],
                            limit=LONGEST_PERIOD,
                        )
                    )

    @api.constrains("expo_memory_days")
    def _check_expo_memory_days(self):
        for company in self:
            try:
                parse_days(company.expo_memory_days)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "You cannot use “%(days)s” as initial cadence because it is not a list of days. Enter "
                        "numbers separated by commas, such as 3, 7, 15.",
                        days=company.expo_memory_days,
                    )
                ) from error

    @api.private
    def _expo_rhythm(self):
        """Return the settings for :mod:`..tools.cadence`."""
        self.ensure_one()
        days = parse_days(self.expo_memory_days)
        return Rhythm(
            memory=tuple(filter(None, days)),
            same_day=days[:1] == (0,),
            by_class={
                "a": self.expo_cadence_a_days,
                "b": self.expo_cadence_b_days,
                "c": self.expo_cadence_c_days,
            },
        )


def _is_smtp_configured():
    """Tell whether Odoo's configuration names a mail server; its default is this machine, where there may be none."""
    return config["smtp_server"] not in (False, "", "localhost")


def _days_spanned(begin, end, zone):
    """Yield the days whose noon lies between two UTC datetimes: half a day off is still a working day."""
    day = pytz.utc.localize(begin).astimezone(zone).date()
    last = pytz.utc.localize(end).astimezone(zone).date()
    while day <= last:
        noon = _to_utc(zone, datetime.combine(day, time(12)))
        if begin <= noon <= end:
            yield day
        day += timedelta(days=1)


def _to_utc(zone, local):
    return zone.localize(local).astimezone(pytz.utc).replace(tzinfo=None)
