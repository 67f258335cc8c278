from collections import defaultdict
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.cadence import has_room
from ...tools.completeness import completeness
from ...tools.festivals import GREETING_DAYS, anniversary_keys, drop_near, letter_day, next_anniversary, occasions
from ...tools.windows import keeps_letters_apart
from ...tools.workdays import both_working
from ..mixins.job import run_step
from ..mixins.notices import Reminder, remind
from ..participation.planner import SILENT

KINDS = ("birthday", "company_day", "festival")
# Of two greetings close to each other the more important one is sent: the first here, a country's main festival
# before its others.
IMPORTANCE = {"birthday": 0, "company_day": 1, "main_festival": 2, "festival": 3}
# The fields that hold the missing facts which have another name.
FACT_FIELDS = {
    "country": "country_id",
    "products": "needed_products",
    "people": "person_ids",
    "decider": "person_ids",
    "accounts": "account_ids",
    "staff": "staff_management",
    "season": "high_season",
    "purchase_plan": "plan_ids",
}
VALUED_CLASSES = ("a", "b")


class Greeting(NamedTuple):
    """One occasion to congratulate a customer on; ``key`` tells it from all others, also of other years."""

    kind: str
    key: str
    day: object
    wanted: object
    festival: object
    person: object


class Diary(NamedTuple):
    """What the company congratulates on in the days to come.

    Greetings up to ``until`` are prepared; those up to ``horizon`` are known, since they may be more important.
    """

    today: object
    until: object
    horizon: object
    festivals: dict
    main_festivals: dict
    calendar: object
    limit: int
    method: object
    templates: dict


class ExpoCustomerFileCare(models.AbstractModel):
    """How a file stays alive: what is missing, when it was last verified, who is reminded to look at it again.

    Files are dynamic (rules.md §3): a file that was not verified for ``expo_file_review_months`` is stale, and its
    file manager is reminded, once.
    """

    _name = "expo.customer.file.care"
    _description = "Customer File: Maintenance"

    completeness = fields.Integer("Completeness (%)", compute="_compute_completeness", store=True, aggregator="avg")
    missing_facts = fields.Char(
        compute="_compute_completeness", store=True, help="Codes of the missing facts, the most important first."
    )
    missing = fields.Text("Missing Information", compute="_compute_missing")
    missing_fields = fields.Json(compute="_compute_missing", help="Label and field of each missing fact.")
    verified_on = fields.Date("Last Verified", readonly=True, copy=False, tracking=True)
    verified_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    review_on = fields.Date(
        "Review Due On",
        compute="_compute_review_on",
        store=True,
        index=True,
        help="Day on which the file is due for review, counted from the last verification or from its creation.",
    )
    is_stale = fields.Boolean("Review Needed", compute="_compute_is_stale", store=True)
    reminder_id = fields.Many2one("mail.activity", readonly=True, copy=False, ondelete="set null")

    # Long-term care (rules.md §4): birthdays, company days and the festivals of the customer's own country.
    company_day = fields.Date(
        help="Founding day or another anniversary of the company; the customer is congratulated every year.",
        string="Company Anniversary",
    )
    company_day_name = fields.Char(help="Name of the anniversary, e.g. founding day.", string="Anniversary Name")
    company_day_key = fields.Char(
        compute="_compute_company_day_key", store=True, index="btree_not_null", string="Anniversary Key"
    )
    greeted_on = fields.Date(
        readonly=True,
        copy=False,
        help="Day on which occasions for greetings were last checked.",
        string="Occasions Last Checked",
    )

    @api.depends(
        "country_id", "city", "street", "email", "phone", "website", "vat", "registration_number", "foreign_notes",
        "is_foreign", "business_scope", "chain_position", "needed_products", "exhibited_products", "legal_form",
        "founded_year", "registered_capital", "staff_total", "standing", "main_bank", "payment_method",
        "credit_rating", "high_season", "low_season", "competitors", "plan_ids", "account_ids", "person_ids.decides",
        "person_ids.partner_id.expo_foreign_notes",
    )  # fmt: skip
    def _compute_completeness(self):
        for file in self:
            result = completeness(file._get_known_facts(), foreign=file.is_foreign)
            file.completeness = result.percent
            file.missing_facts = ",".join(result.missing)

    def _get_known_facts(self):
        """Return which facts of :data:`..tools.completeness.WEIGHTS` this file holds."""
        facts = {
            name: self[name]
            for name in (
                "city", "street", "email", "phone", "website", "business_scope", "chain_position",
                "legal_form", "founded_year", "registered_capital", "standing", "main_bank", "vat",
                "registration_number", "payment_method", "credit_rating", "competitors",
            )
        }  # fmt: skip
        facts |= {
            "country": self.country_id,
            "foreign_notes": self._get_shown_notes(),
            "products": self.needed_products or self.exhibited_products,
            "people": self.person_ids,
            "decider": self.person_ids.filtered(lambda person: person.decides == "yes"),
            "accounts": self.account_ids,
            "staff": self.staff_total,
            "season": self.high_season or self.low_season,
            "purchase_plan": self.plan_ids,
        }
        return {name for name, fact in facts.items() if fact}

    def _get_shown_notes(self):
        """The notes on the company and on each of its people."""
        partners = self.partner_id | self.person_ids.partner_id
        return [note for note in dict.fromkeys(partners.mapped("expo_foreign_notes")) if note]

    @api.depends("missing_facts")
    @api.depends_context("lang")
    def _compute_missing(self):
        labels = self._get_fact_labels()
        for file in self:
            codes = (file.missing_facts or "").split(",")
            codes = [code for code in codes if code in labels]
            file.missing = ", ".join(labels[code] for code in codes)
            file.missing_fields = [{"field": FACT_FIELDS.get(code, code), "label": labels[code]} for code in codes]

    @api.model
    def _get_fact_labels(self):
        """Return what each fact is called on the form, in the user's language."""
        translated = self.fields_get(attributes=["string"])
        return {name: field["string"] for name, field in translated.items()} | {
            "country": self.env._("Country"),
            "products": self.env._("Exhibited or needed products"),
            "people": self.env._("People"),
            "decider": self.env._("Decision maker"),
            "accounts": self.env._("Network accounts"),
            "staff": self.env._("Number of staff"),
            "season": self.env._("High or low season"),
            "purchase_plan": self.env._("Purchase plans"),
        }

    @api.depends("verified_on", "opened_on", "company_id.expo_file_review_months")
    def _compute_review_on(self):
        for file in self:
            since = file.verified_on or file.opened_on
            months = file.company_id.expo_file_review_months
            file.review_on = fields.Date.add(since, months=months) if since and months else False

    @api.depends("review_on")
    def _compute_is_stale(self):
        """A file stops being stale here; that it becomes so, by the day alone, is what the scheduled action finds."""
        for file in self:
            today = file.company_id._expo_today()
            file.is_stale = bool(file.is_stale and file.review_on and file.review_on <= today)

    def action_verify(self):
        """Note that the user looked through these files today and found them right, or put them right."""
        self.check_access("write")
        for company, files in self.grouped("company_id").items():
            # Only this method says who verified what, and when.
            files.sudo().write({"verified_on": company._expo_today(), "verified_by_id": self.env.uid})
        # The reminder may be the file manager's.
        self.sudo()._end_reminders()
        return True

    def _end_reminders(self):
        if reminders := self.reminder_id.filtered("active"):
            self.reminder_id = False
            reminders._action_done()

    @api.model
    def _cron_care(self):
        """Flag files to be reviewed, prepare greetings, and remind of opinions that wait for an answer."""
        self._run_job(lambda files: files._get_stale_domain(), lambda files: files._become_stale())
        run_step(self, lambda files: files._prepare_greetings())
        self.env["expo.followup"]._run_job(
            lambda followups: followups._get_past_greetings_domain(),
            lambda greetings: greetings._apply_plan({"state": "cancelled"}),
        )
        self.env["expo.suggestion"]._cron_remind()

    @api.model
    def _get_stale_domain(self):
        """Return the files whose review is due and that are not flagged."""
        due = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("review_on", "<=", company._expo_today())
            for company in self.env["res.company"].search([])
        )
        return Domain("is_stale", "=", False) & due

    def _become_stale(self):
        """Flag these files and remind each one's file manager, once: a reminder still open is not doubled."""
        self.is_stale = True
        todo = self.filtered(lambda file: not file.reminder_id.active)
        kind = "mail.mail_activity_data_todo"
        for file, activity in remind(todo, kind, lambda file: file._get_reminder(), is_once=False).items():
            file.reminder_id = activity

    def _get_reminded_user(self):
        """Return who reviews this file: its file manager, else the company's, else none."""
        users = self.keeper_id, self.company_id.expo_keeper_id
        return next((user for user in users if user.active), self.env["res.users"])

    def _get_reminder(self):
        user = self._get_reminded_user()
        words = self.with_context(lang=user.lang).env
        return Reminder(user, self.company_id._expo_today(), words._("Review this customer file"))

    # -- long-term care: birthdays, company days and festivals (rules.md §4)

    @api.depends("company_day")
    def _compute_company_day_key(self):
        for file in self:
            file.company_day_key = file.company_day and f"{file.company_day:%m%d}"

    @api.model
    def _prepare_greetings(self):
        """Prepare the greetings of the days to come, company by company."""
        for company in self.env["res.company"].search([("expo_greeting_scope", "!=", "none")]):
            run_step(self.with_company(company), lambda files: files._prepare_company_greetings())

    def _prepare_company_greetings(self):
        company = self.env.company
        diary = self._get_diary(company)
        self._run_job(self._get_greeting_domain(company, diary), partial(_plan, diary=diary))

    @api.model
    def _get_diary(self, company):
        """Return which festivals are held where: ``{country: [(festival, occasion)]}`` for our customers' countries."""
        today = company._expo_today()
        until = today + timedelta(days=company.expo_greeting_days)
        horizon = until + timedelta(days=GREETING_DAYS)
        year = today.replace(month=1, day=1), today.replace(month=12, day=31)
        countries = [
            country for [country] in self._read_group([("company_id", "=", company.id)], groupby=["country_id"])
        ]
        festivals, main = defaultdict(list), {}
        for festival in self.env["expo.festival"].search([]):
            rule, last = festival._to_rule(), horizon + timedelta(days=festival.days_before)
            for country in countries:
                for occasion in occasions(rule, country.code or None, today, last):
                    festivals[country].append((festival, occasion))
                # The first of the list that is a public holiday there: a date that all countries share is none's own.
                if rule.words and country not in main and occasions(rule, country.code or None, *year):
                    main[country] = festival
        return Diary(
            today=today,
            until=until,
            horizon=horizon,
            festivals=dict(festivals),
            main_festivals=main,
            calendar=company._expo_calendar(),
            limit=company.expo_touch_limit,
            method=self.env.ref("expo_followup.activity_greeting"),
            templates={
                # A company may have deleted one: then the salesperson congratulates themselves.
                kind: self.env.ref(f"expo_followup.mail_template_greeting_{kind}", raise_if_not_found=False)
                for kind in KINDS
            },
        )

    @api.model
    def _get_greeting_domain(self, company, diary):
        """Return the files that there is something to congratulate on, and that were not looked at today."""
        keys = anniversary_keys(diary.today, diary.until)
        near = [
            country.id
            for country, days in diary.festivals.items()
            if any(one.day - timedelta(days=festival.days_before) <= diary.until for festival, one in days)
        ]
        celebrates = (
            Domain("country_id", "in", near)
            | Domain("company_day_key", "in", keys)
            | Domain("person_ids.birthday_key", "in", keys)
        )
        entry = Domain("active", "=", True) & Domain("outcome", "!=", "lost")
        valued = {
            "key": Domain("participation_ids", "any", entry & Domain("is_key", "=", True)),
            "all": Domain("participation_ids", "any", entry),
        }
        valued["valued"] = valued["all"] & (
            valued["key"] | Domain("is_customer", "=", True) | Domain("partner_id.expo_abc_class", "in", VALUED_CLASSES)
        )
        fresh = Domain("greeted_on", "=", False) | Domain("greeted_on", "<", diary.today)
        own = Domain("company_id", "=", company.id) & Domain("active", "=", True)
        return own & fresh & celebrates & valued[company.expo_greeting_scope]

    def _plan_greetings(self, diary):
        """Prepare what is missing. Constant queries per thousand files; a second run finds nothing to do."""
        self.greeted_on = diary.today
        entries = self.participation_ids.filtered(lambda e: e.active and e.outcome != "lost" and e.partner_id.active)
        by_file = entries.grouped("file_id")
        wanted = {file: file._get_greetings(diary) for file in self}
        made = self._get_made({greeting.key for greetings in wanted.values() for greeting in greetings})
        sent = self._get_sent_days(entries, diary)
        blacklisted = entries._get_blacklisted()
        # Follow-ups of the last week and to come, by contact: what is planned here counts at once.
        touches = entries._get_touch_days()
        values, losing = [], self.env["expo.followup"]
        for file, greetings in wanted.items():
            greeted = {one: file._get_greeted_entry(by_file.get(file, entries.browse()), one) for one in greetings}
            dropped = file._get_dropped_keys({one: entry for one, entry in greeted.items() if entry}, made, sent, diary)
            for greeting in sorted(greetings, key=lambda one: (one.wanted, one.key)):
                entry, row = greeted[greeting], made.get((file.partner_id.id, greeting.key))
                if row and greeting.key in dropped:
                    losing |= row
                elif entry and not row and greeting.wanted <= diary.until:
                    reason = entry._get_exclude_reason(blacklisted) or ("near" if greeting.key in dropped else False)
                    values.append(
                        file._get_greeting_values(entry, greeting, diary, reason, touches[entry.partner_id.id])
                    )
        losing._apply_plan({"state": "excluded", "exclude_reason": "near"})
        self.env["expo.followup"].create(values)

    @api.model
    def _get_sent_days(self, entries, diary):
        """Return the days of the greetings that were sent of late: ``{partner id: days}``."""
        sent = defaultdict(list)
        rows = self.env["expo.followup"].search_fetch(
            [
                ("origin", "=", "greeting"),
                ("is_letter", "=", True),
                ("state", "=", "done"),
                ("partner_id", "in", entries.partner_id.ids),
                ("window_start", ">=", diary.today - timedelta(days=2 * GREETING_DAYS)),
            ],
            ["partner_id", "window_start"],
        )
        for row in rows:
            sent[row.partner_id.id].append(row.window_start)
        return sent

    def _get_dropped_keys(self, greeted, made, sent, diary):
        """Return the greeting letters of a customer that give way to more important ones, or to one already sent.

        :param dict greeted: the customer to congratulate by greeting
        """
        letters = defaultdict(list)
        for greeting, entry in greeted.items():
            row = made.get((self.partner_id.id, greeting.key))
            is_open = not row or (row.state in ("planned", "due") and row.mail_state in (False, "cancel"))
            if is_open and self._is_greeting_letter(entry, greeting):
                is_main = greeting.festival and greeting.festival == diary.main_festivals.get(self.country_id)
                rank = IMPORTANCE["main_festival" if is_main else greeting.kind]
                day = row.window_start if row else max(greeting.wanted, diary.today)
                letters[entry.partner_id].append((day, rank, greeting.key))
        return {key for partner, rows in letters.items() for key in drop_near(rows, sent[partner.id])}

    @api.model
    def _is_greeting_letter(self, entry, greeting):
        """A letter goes to whom we met; any other person is congratulated by the salesperson themselves."""
        return greeting.kind != "birthday" or greeting.person.partner_id == entry.partner_id

    def _get_greetings(self, diary):
        """Return what there is to congratulate this customer on in the days to come."""
        found = [
            Greeting(
                "festival",
                f"festival:{festival.id}:{occasion.name}",
                occasion.day,
                occasion.day - timedelta(days=festival.days_before),
                festival,
                None,
            )
            for festival, occasion in diary.festivals.get(self.country_id, [])
        ]
        for person in self.person_ids.filtered("birthday"):
            day = next_anniversary(person.birthday, diary.today)
            if day <= diary.horizon:
                found.append(Greeting("birthday", f"birthday:{person.id}:{day.year}", day, day, None, person))
        if self.company_day:
            day = next_anniversary(self.company_day, diary.today)
            if day <= diary.horizon:
                found.append(Greeting("company_day", f"company:{self.id}:{day.year}", day, day, None, None))
        return found

    def _get_made(self, keys):
        """Return the greetings that these occasions have had: ``{(customer id, key): follow-up}``."""
        made = self.env["expo.followup"].search_fetch(
            [
                ("occasion_key", "in", list(keys)),
                ("company_id", "in", self.company_id.ids),
                ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
            ],
            ["occasion_key", "partner_id", "state", "mail_state"],
        )
        return {(row.partner_id.commercial_partner_id.id, row.occasion_key): row for row in made}

    def _get_greeted_entry(self, entries, greeting):
        """Return the entry that a greeting goes to: the person's own, else that of who decides, the latest first."""
        deciders = self.person_ids.filtered(lambda person: person.decides == "yes").partner_id
        contact = greeting.person.partner_id if greeting.person else self.env["res.partner"]
        return entries.sorted(
            lambda e: (e.partner_id == contact, e.partner_id in deciders, e.is_key, e.captured_on, e.id), reverse=True
        )[:1]

    def _get_greeting_values(self, entry, greeting, diary, reason, touches):
        """Return the values of a greeting's follow-up; its day is added to the customer's days and letters."""
        days, letters = touches
        owner = entry._get_greeter()
        name = self.with_context(lang=owner.lang)._get_occasion_name(greeting)
        template = self._is_greeting_letter(entry, greeting) and diary.templates[greeting.kind]
        if not template and reason not in SILENT:
            reason = False
        is_working = both_working(diary.calendar, self.country_id.code)

        def is_free(day):
            # The salesperson sends it: it keeps away from automatic letters.
            return has_room(day, days, diary.limit) and (not template or keeps_letters_apart(day, False, letters))

        day = letter_day(greeting.wanted, diary.today, lambda day: is_working(day) and is_free(day), is_free)
        if not day and not reason:
            had_room = letter_day(greeting.wanted, diary.today, lambda day: has_room(day, days, diary.limit))
            reason = "near" if had_room else "crowded"
        if not reason:
            days.append(day)
            letters += [(day, False)] if template else []
        start = day or max(greeting.wanted, diary.today)
        return {
            "participation_id": entry.id,
            "user_id": owner.id,
            "origin": "greeting",
            "activity_type_id": diary.method.id,
            "letter_template_id": template.id if template else False,
            "summary": name,
            "occasion": name,
            "occasion_key": greeting.key,
            "festival_id": greeting.festival.id if greeting.festival else False,
            "greeted_person_id": greeting.person.id if greeting.person else False,
            "window_start": start,
            "deadline": max(start, greeting.day),
            "state": "excluded" if reason else "planned",
            "exclude_reason": reason,
        }

    def _get_occasion_name(self, greeting):
        """Return what a greeting is for, in the language of the context."""
        if greeting.kind == "festival":
            return greeting.festival.with_env(self.env).name
        followups = self.env["expo.followup"]
        if greeting.kind == "birthday":
            return followups._get_birthday_title(greeting.person.name)
        return followups._get_company_day_title(self)


def _plan(files, diary):
    files._plan_greetings(diary)
