from collections import defaultdict
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.cadence import has_room
from ...tools.festivals import anniversary_keys, letter_day, next_anniversary, occasions
from ...tools.workdays import both_working
from ..participation.expo_participation_rhythm import SILENT

KINDS = ("birthday", "company_day", "festival")
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
    """What the company congratulates on in the days to come."""

    today: object
    until: object
    festivals: dict
    calendar: object
    limit: int
    method: object
    templates: dict


class ExpoCustomerFile(models.Model):
    """Long-term care (rules.md §4): birthdays, company days and the festivals of the customer's own country.

    A few days ahead each becomes a follow-up, a letter where there is an address, for the owner to send. Once for each
    occasion: of a festival one letter per company, to who decides; within the limit of touches per week.
    """

    _inherit = "expo.customer.file"

    company_day = fields.Date(help="Founding day or another celebration of theirs; congratulated on every year.")
    company_day_name = fields.Char("Name of the Company Day", help="e.g. Anniversary of the company.")
    company_day_key = fields.Char(compute="_compute_company_day_key", store=True, index="btree_not_null")
    greeted_on = fields.Date(readonly=True, copy=False, help="When greetings were last looked for.")

    @api.depends("company_day")
    def _compute_company_day_key(self):
        for file in self:
            file.company_day_key = file.company_day and f"{file.company_day:%m%d}"

    @api.model
    def _cron_care(self):
        """Prepare the greetings of the days to come; call off those whose day has passed."""
        res = super()._cron_care()
        for company in self.env["res.company"].search([("expo_greeting_scope", "!=", "none")]):
            files = self.with_company(company)
            diary = files._get_diary(company)
            files._run_job(files._get_greeting_domain(company, diary), partial(_plan, diary=diary))
        self.env["expo.followup"]._drop_past_greetings()
        return res

    @api.model
    def _get_diary(self, company):
        """Return which festivals are held where: ``{country: [(festival, occasion)]}`` for our customers' countries."""
        today = company._expo_today()
        until = today + timedelta(days=company.expo_greeting_days)
        countries = [
            country for [country] in self._read_group([("company_id", "=", company.id)], groupby=["country_id"])
        ]
        festivals = defaultdict(list)
        for festival in self.env["expo.festival"].search([]):
            rule, last = festival._to_rule(), until + timedelta(days=festival.days_before)
            for country in countries:
                for occasion in occasions(rule, country.code or None, today, last):
                    festivals[country].append((festival, occasion))
        return Diary(
            today=today,
            until=until,
            festivals=dict(festivals),
            calendar=company._expo_calendar(),
            limit=company.expo_touch_limit,
            method=self.env.ref("expo_followup.activity_greeting"),
            templates={
                # A company may have deleted one: then the owner congratulates himself.
                kind: self.env.ref(f"expo_followup.mail_template_greeting_{kind}", raise_if_not_found=False)
                for kind in KINDS
            },
        )

    @api.model
    def _get_greeting_domain(self, company, diary):
        """Return the files that there is something to congratulate on, and that were not looked at today."""
        keys = anniversary_keys(diary.today, diary.until)
        celebrates = (
            Domain("country_id", "in", [country.id for country in diary.festivals])
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
        made = self._get_made_keys({greeting.key for greetings in wanted.values() for greeting in greetings})
        blacklisted = entries._get_blacklisted()
        # Touches of the last week and to come, by contact: what is planned here counts at once.
        days = defaultdict(list, {key: list(value) for key, value in entries._get_touch_days().items()})
        values = []
        for file, greetings in wanted.items():
            for greeting in sorted(greetings, key=lambda one: (one.wanted, one.key)):
                entry = file._get_greeted_entry(by_file.get(file, entries.browse()), greeting)
                if entry and (file.partner_id.id, greeting.key) not in made:
                    reason = entry._get_exclude_reason(blacklisted)
                    values.append(file._get_greeting_values(entry, greeting, diary, reason, days[entry.partner_id.id]))
        self.env["expo.followup"].create(values)

    def _get_greetings(self, diary):
        """Return what there is to congratulate this customer on in the days to come."""
        found = [
            Greeting(
                "festival", f"festival:{festival.id}:{occasion.name}", occasion.day,
                occasion.day - timedelta(days=festival.days_before), festival, None,
            )
            for festival, occasion in diary.festivals.get(self.country_id, [])
        ]  # fmt: skip
        for person in self.person_ids.filtered("birthday"):
            day = next_anniversary(person.birthday, diary.today)
            if day <= diary.until:
                found.append(Greeting("birthday", f"birthday:{person.id}:{day.year}", day, day, None, person))
        if self.company_day:
            day = next_anniversary(self.company_day, diary.today)
            if day <= diary.until:
                found.append(Greeting("company_day", f"company:{self.id}:{day.year}", day, day, None, None))
        return found

    def _get_made_keys(self, keys):
        """Return which of these occasions have had their greeting: ``{(customer id, key)}``."""
        made = self.env["expo.followup"].search_fetch(
            [
                ("occasion_key", "in", list(keys)),
                ("company_id", "in", self.company_id.ids),
                ("partner_id.commercial_partner_id", "in", self.partner_id.ids),
            ],
            ["occasion_key", "partner_id"],
        )
        return {(row.partner_id.commercial_partner_id.id, row.occasion_key) for row in made}

    def _get_greeted_entry(self, entries, greeting):
        """Return the entry that a greeting goes to: the person's own, else that of who decides, the latest first."""
        deciders = self.person_ids.filtered(lambda person: person.decides == "yes").partner_id
        contact = greeting.person.partner_id if greeting.person else self.env["res.partner"]
        return entries.sorted(
            lambda e: (e.partner_id == contact, e.partner_id in deciders, e.is_key, e.captured_on, e.id), reverse=True
        )[:1]

    def _get_greeting_values(self, entry, greeting, diary, reason, days):
        """Return the values of a greeting's follow-up; its day is added to ``days``."""
        owner = entry._get_greeter()
        name = self.with_context(lang=owner.lang)._get_occasion_name(greeting)
        # A letter goes to who was met; anybody else is congratulated by the owner himself.
        is_letter = greeting.kind != "birthday" or greeting.person.partner_id == entry.partner_id
        template = is_letter and diary.templates[greeting.kind]
        if not template and reason not in SILENT:
            reason = False
        is_working = both_working(diary.calendar, self.country_id.code)
        day = letter_day(
            greeting.wanted,
            diary.today,
            lambda day: is_working(day) and has_room(day, days, diary.limit),
            lambda day: has_room(day, days, diary.limit),
        )
        reason = reason or (False if day else "crowded")
        if not reason:
            days.append(day)
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
        if greeting.kind == "birthday":
            return self.env._("Birthday of %s", greeting.person.name)
        return self.company_day_name or self.env._("Anniversary of the company")


def _plan(files, diary):
    files._plan_greetings(diary)
