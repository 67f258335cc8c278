from odoo import api, fields, models
from odoo.tools import format_datetime

from ...tools.moments import WORKING, moment_at
from ...tools.workdays import country_calendar
from .composer import composer_action
from .messenger import METHOD


class ExpoCallTime(models.AbstractModel):
    """Whether now is a good time to call the customer, and which hour is the next for both sides (rules.md §4).

    For any model with the hints on a customer. The caller is the salesperson of the record (``user_id``); where there
    is none, the user who looks.
    """

    _name = "expo.call.time"
    _description = "Time to Call"

    # What time it is at the customer's, and whether they would like to be called now.
    local_time = fields.Char(compute="_compute_moment", help="Local time of the customer.")
    moment = fields.Selection(
        [
            ("good", "Good time"),
            ("early", "Too early locally"),
            ("late", "Too late locally"),
            ("weekend", "Local weekend"),
            ("holiday", "Local holiday"),
            ("unknown", "Country unknown"),
        ],
        compute="_compute_moment",
        help="Whether now is a good time to call, by the working hours, weekend and public holidays "
        "of the customer's country and the preferred time.",
        string="Suitable Time to Call",
    )
    moment_text = fields.Char(
        "Call Timing",
        compute="_compute_moment",
        help="When to call: the next common working hour of the customer and the salesperson.",
    )
    callable_from = fields.Datetime(
        compute="_compute_moment",
        help="Next moment at which both sides work; now when the call can be made, empty when there is none.",
    )
    has_no_common_time = fields.Boolean(
        "No Common Hours",
        compute="_compute_moment",
        help="Set when the working hours of the customer and the salesperson do not overlap in the next two weeks.",
    )

    @api.depends("partner_id.country_id", "partner_id.state_id", "partner_id.tz")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_moment(self):
        now = fields.Datetime.now()
        preferred = self._get_preferred_times()
        working = self._get_working_times()
        known = {}
        for record in self:
            place, zones = record.partner_id._expo_get_place()
            likes, caller = preferred.get(record, WORKING), working.get(record)
            key = (zones, place.country_id.code, likes, id(caller))
            if key not in known:
                zones, code, likes, _caller = key
                moment = moment_at(now, zones, country_calendar(code), likes, caller)
                has_common = bool(moment.kind in ("good", "unknown") or moment.next_good)
                known[key] = (
                    self._get_local_time(moment, now),
                    moment.kind,
                    self._get_moment_text(moment, code),
                    not has_common,
                    now if moment.kind in ("good", "unknown") else moment.next_good or False,
                )
            (
                record.local_time,
                record.moment,
                record.moment_text,
                record.has_no_common_time,
                record.callable_from,
            ) = known[key]

    def _get_working_times(self):
        """Return when the users work who call these customers: the salesperson, else the user who looks."""
        times = {}
        for company, records in self.grouped(lambda record: record._get_hinting_company()).items():
            callers = {record: record._get_caller() for record in records}
            working = company._expo_working_times(self.env["res.users"].union(*callers.values()))
            times.update({record: working[caller.id] for record, caller in callers.items()})
        return times

    def _get_caller(self):
        return (self.user_id if "user_id" in self._fields else self.env.user.browse()) or self.env.user

    def _get_preferred_times(self):
        """Return when these customers like to be called: the person's word, else that of the company's file."""
        is_task = "participation_id" in self._fields
        served = self._filter_by_file_or_task() if is_task else self._filter_by_file()
        # In sudo: the user who serves the customer is told when to call, also where the file is a colleague's.
        people = (
            self.env["expo.customer.person"]
            .sudo()
            .search_fetch(
                [("partner_id", "in", served.partner_id.ids), ("preferred_time", "!=", False)],
                ["partner_id", "company_id", "preferred_time"],
            )
        )
        files = (
            self.env["expo.customer.file"]
            .sudo()
            .search_fetch(
                [("partner_id", "in", served.partner_id.commercial_partner_id.ids), ("preferred_time", "!=", False)],
                ["partner_id", "company_id", "preferred_time"],
            )
        )
        likes = {(row.partner_id.id, row.company_id.id): row.preferred_time for row in (*files, *people)}
        times = {}
        for record in served:
            company = record.company_id.id
            own = likes.get((record.partner_id.id, company))
            if own := own or likes.get((record.partner_id.commercial_partner_id.id, company)):
                times[record] = own
        return times

    def _get_local_time(self, moment, now):
        """Return their time in words: with the weekday where it is another day than here."""
        # The west first: its clock is behind.
        times, day = [], fields.Datetime.context_timestamp(self, now).date()
        for there in sorted({there.replace(tzinfo=None) for there in moment.local}):
            form = "HH:mm" if there.date() == day else "EEE HH:mm"
            times.append(format_datetime(self.env, there, tz="UTC", dt_format=form))
            day = there.date()
        return "–".join(times)

    def _get_moment_text(self, moment, country_code):
        """Say why not to call now, and from when on, by our clock."""
        words = dict(self._fields["moment"]._description_selection(self.env))[moment.kind]
        if moment.kind == "holiday":
            name = country_calendar(country_code).holiday_name(moment.day, self.env.lang)
            words = self.env._("Local public holiday: %s", name)
        if moment.kind in ("good", "unknown"):
            return words
        if not moment.next_good:
            return self.env._("%s; no common working hours", words)
        here = fields.Datetime.context_timestamp(self, fields.Datetime.now()).date()
        first = fields.Datetime.context_timestamp(self, moment.next_good)
        form = "HH:mm" if first.date() == here else "EEE HH:mm"
        if (first.date() - here).days > 6:
            form = "short"
        starts = format_datetime(self.env, first.replace(tzinfo=None), tz="UTC", dt_format=form)
        return self.env._("%(reason)s; better from %(time)s (your time)", reason=words, time=starts)

    def action_write_instead(self):
        """Open an e-mail to a customer who cannot be called: on their entry at the exhibition, else on the contact.

        Without an e-mail address a message is planned.
        """
        self.ensure_one()
        entry = (
            self if self._name == "expo.participation" else "participation_id" in self._fields and self.participation_id
        )
        if not self.partner_id.email_normalized:
            method = self.env.ref(METHOD, raise_if_not_found=False)
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Follow-up"),
                "res_model": "expo.followup",
                "views": [(False, "form")],
                "context": {
                    "default_participation_id": entry.id if entry else False,
                    "default_partner_id": self.partner_id.id,
                    "default_activity_type_id": method and method.id,
                },
            }
        return composer_action(
            entry or self.partner_id,
            self.env._("Email"),
            default_partner_ids=self.partner_id.ids,
            default_subject=entry.exhibition_id.name if entry else False,
        )
