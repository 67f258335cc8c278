from collections import defaultdict
from typing import NamedTuple

import pytz

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ...tools.cadence import place_with_room
from ...tools.planning import Facts, Finished, is_overtaken, wanted
from ...tools.windows import NoWorkingDay, place
from ...tools.workdays import both_working

BATCH_SIZE = 1000
# States that the engine may change; the others are facts.
LIVE = ("planned", "due", "excluded", "cancelled")
# What a customer can still become something from; for who is dormant there is only what the horizon asks for.
PLANNED_OUTCOMES = ("open", "won", "dormant")


class ShowContext(NamedTuple):
    """What all customers of a show share while they are planned."""

    steps: list
    records: dict
    values: dict
    anchors: dict
    today: object
    tz: object
    calendar: object
    is_live: bool
    is_followed: bool
    rhythm: object
    limit: int
    responsible: object


class Changes(NamedTuple):
    """What a sync would do: rows to create, and ids to write by identical values."""

    create: list
    write: dict


class ExpoParticipation(models.Model):
    """The one engine: which follow-ups there must be, compared with those there are.

    ``_sync_followups`` creates what the show's plan asks for and is missing, calls off what no longer
    applies, and never touches what was done. It is idempotent, takes any number of customers with constant
    queries per thousand, and is what closing a show, a new tier, a payment, a plan or a merge call.
    """

    _inherit = "expo.participation"

    sync_pending = fields.Boolean(compute="_compute_sync_pending", store=True, readonly=False, copy=False)

    _sync_pending_index = models.Index("(id) WHERE sync_pending")

    @api.depends(
        "payment_state",
        "paid_on",
        "sample_agreed_on",
        "sample_received_on",
        "horizon_on",
        "active",
        "tier_id.answer_expected",
        "partner_id.active",
        "partner_id.email",
        "partner_id.email_normalized",
        "partner_id.country_id",
        "exhibition_id.active",
        "exhibition_id.state",
        "exhibition_id.date_begin",
        "exhibition_id.date_end",
        "exhibition_id.tz",
        "exhibition_id.user_id",
        "exhibition_id.team_id.user_id",
        "exhibition_id.plan_id.template_ids.activity_type_id",
        "exhibition_id.plan_id.template_ids.summary",
        "exhibition_id.plan_id.template_ids.expo_title",
        "exhibition_id.plan_id.template_ids.delay_count",
        "exhibition_id.plan_id.template_ids.delay_unit",
        "exhibition_id.plan_id.template_ids.delay_from",
        "exhibition_id.plan_id.template_ids.responsible_type",
        "exhibition_id.plan_id.template_ids.responsible_id",
        "exhibition_id.plan_id.template_ids.sequence",
        "exhibition_id.plan_id.template_ids.expo_tier_ids",
        "exhibition_id.plan_id.template_ids.expo_role",
        "exhibition_id.plan_id.template_ids.expo_payment",
        "exhibition_id.plan_id.template_ids.expo_anchor",
        "exhibition_id.plan_id.template_ids.expo_window_days",
        "exhibition_id.plan_id.template_ids.expo_weekdays",
        "exhibition_id.plan_id.template_ids.expo_repeat_days",
        "exhibition_id.plan_id.template_ids.expo_alternative",
        "exhibition_id.plan_id.template_ids.expo_letter_template_id",
        "exhibition_id.plan_id.template_ids.expo_auto_send",
    )
    def _compute_sync_pending(self):
        """Whatever the follow-ups are derived from has changed: the next sync plans anew."""
        self.sync_pending = True

    @api.private
    def _request_sync(self):
        """Plan these customers anew as soon as the scheduled action runs, which is at once."""
        # A mark of the engine, which users do not write.
        self.sudo().write({"sync_pending": True})
        self._trigger_sync()

    @api.private
    def _trigger_sync(self):
        """Run the scheduled action as soon as this transaction is committed."""
        self.env["ir.cron"]._trigger_expo("ir_cron_sync")

    @api.private
    def _sync_followups(self):
        """Make the follow-ups what the plan asks for. Idempotent; constant queries per thousand customers.

        In sudo: follow-ups of the plan are derived from facts that a salesperson may not read (orders,
        invoices, the blacklist); which customers are synced is decided by who may write them.
        """
        everybody = self.sudo()
        for ids in split_every(BATCH_SIZE, (everybody | everybody._get_rhythm_siblings()).sorted("id").ids):
            self.sudo().browse(ids)._sync_batch()

    def _sync_batch(self):
        self.flush_recordset()
        # Whoever syncs the same customers waits here, then starts over on the new state.
        self.env.execute_query(
            SQL("SELECT id FROM expo_participation WHERE id IN %s ORDER BY id FOR NO KEY UPDATE", self._ids)
        )
        changes = self._plan_followups()
        followups = self.env["expo.followup"]
        for values, ids in changes.write.items():
            followups.browse(ids)._apply_plan(dict(values))
        followups.create(changes.create)
        self.write({"sync_pending": False})
        if (("state", "cancelled"),) in changes.write:
            self._request_sync_of_bereft()

    @api.private
    def _plan_followups(self, as_closed=False, as_of=None):
        """Compare what the plan asks for with what there is; change nothing.

        :param bool as_closed: plan as if the shows were closed already (for the preview)
        :param date as_of: plan as on that day, None for today at the show
        :rtype: Changes
        """
        contexts = {show: self._get_show_context(show, as_closed, as_of) for show in self.exhibition_id}
        rows = defaultdict(dict)
        for row in self._fetch_plan_rows():
            rows[row.participation_id.id][row._get_plan_key()] = row
        blacklisted = self._get_blacklisted()
        touches = self._fetch_touches()
        changes = Changes([], defaultdict(list))
        for participation in self:
            context = contexts[participation.exhibition_id]
            participation._plan_one(context, rows[participation.id], blacklisted, touches, changes)
        return changes

    def _get_show_context(self, show, as_closed, as_of=None):
        steps = show.plan_id.template_ids
        state = "followup" if as_closed else show.state
        return ShowContext(
            steps=[
                step for step in steps._expo_steps() if state == "followup" or step.anchor not in ("show_end", "paid")
            ],
            records={step.id: step for step in steps},
            values={},
            anchors={"show_begin": show.date_begin, "show_end": show.date_end},
            today=as_of or show._today(),
            tz=pytz.timezone(show.tz),
            calendar=show.company_id._expo_calendar(),
            is_live=show.active and state in ("running", "followup"),
            is_followed=show.active and state == "followup",
            rhythm=show.company_id._expo_rhythm(),
            limit=show.company_id.expo_touch_limit,
            responsible=show._get_responsible(),
        )

    def _fetch_plan_rows(self):
        fetched = [
            "participation_id", "step_id", "round", "state", "window_start", "deadline", "flag", "placed_on",
            "user_id", "exclude_reason", "done_on", "activity_type_id", "summary", "auto_send", "mail_state",
            "wanted_on", "origin",
        ]  # fmt: skip
        planned = fields.Domain("step_id", "!=", False)
        rhythm = fields.Domain("origin", "in", ("memory", "cadence")) & fields.Domain("state", "in", LIVE)
        return self.env["expo.followup"].search_fetch(
            fields.Domain("participation_id", "in", self.ids) & (planned | rhythm), fetched
        )

    def _get_blacklisted(self):
        emails = set(self.partner_id.mapped("email_normalized")) - {False}
        listed = self.env["mail.blacklist"].search_fetch([("email", "in", list(emails))], ["email"])
        return set(listed.mapped("email"))

    def _plan_one(self, context, rows, blacklisted, touches, changes):
        """Add to ``changes`` what this customer needs. ``rows`` are his follow-ups by step and round."""
        rhythm_row = rows.pop(None, None)
        asked = self._get_asked(context, rows)
        exclude_reason = self._get_exclude_reason(blacklisted)
        is_working = both_working(context.calendar, self.country_id.code)
        for key, row in rows.items():
            if key not in asked and row.state in ("planned", "due", "excluded"):
                changes.write[(("state", "cancelled"),)].append(row.id)
                touches.drop(self, row.id)
        for key, (step, window) in asked.items():
            row = rows.get(key)
            spoken_on = touches.get_last_personal(self, context.tz)
            if (not row or row.state == "cancelled") and is_overtaken(step, window, context.today, spoken_on):
                continue
            reason = exclude_reason if step.is_letter else False
            self._plan_step(context, key, (step, window), row, reason, is_working, touches, changes)
        self._plan_rhythm(context, rhythm_row, exclude_reason, is_working, touches, changes)

    def _get_asked(self, context, rows):
        """Return what the plan asks for: ``{(step id, round): (step, window)}``."""
        if not (context.is_live and self.active and self.partner_id.active and self.outcome in PLANNED_OUTCOMES):
            return {}
        # Once he is dormant nothing is asked but what the horizon brings, and that not before.
        steps = [step for step in context.steps if (step.anchor == "horizon") == (self.outcome == "dormant")]
        return {
            (step.id, number): (step, window) for step, number, window in wanted(steps, self._get_facts(context, rows))
        }

    def _plan_step(self, context, key, asked, row, reason, is_working, touches, changes):
        """Add to ``changes`` what one round of a step needs. ``reason`` says why its letter must not be."""
        step, window = asked
        if row and (row.state not in LIVE or (row.state == "due" and not reason)):
            return
        owner = self._get_step_owner(context, context.records[key[0]])
        values = {
            **self._get_step_values(context, key[0], owner.lang),
            "state": "excluded" if reason else "planned",
            "exclude_reason": reason,
            "user_id": owner.id,
        }
        # What comes back after its day has passed is placed anew, as anything late.
        is_back = row and not reason and row.state in ("cancelled", "excluded")
        stale = row and (row.state == "cancelled" or (is_back and row.window_start < context.today))
        if not (row and not stale and row._is_placed(_place(window, is_working, row.placed_on))):
            if row:
                touches.drop(self, row.id)
            is_free = touches.get_test(self, 0 if reason else context.limit, step.is_letter)
            values.update(
                _get_placement_values(lambda test: place(window, test, context.today), is_working, is_free, context)
            )
        if not reason:
            day = values.get("window_start") or row.window_start
            touches.put(self, row.id if row else key, day, "plan", step.is_letter)
        if row:
            row._collect_change(values, changes)
        else:
            changes.create.append(
                {**values, "participation_id": self.id, "step_id": key[0], "round": key[1], "origin": "plan"}
            )

    def _get_step_owner(self, context, step):
        """Return who does a step: whom the step names, else the customer's owner, else whoever stands in."""
        named = step.responsible_id if step.responsible_type == "other" else step.responsible_id.browse()
        return named.filtered("active") or self.user_id.filtered("active") or context.responsible

    def _get_step_values(self, context, step_id, lang):
        """Return what all follow-ups of a step have in common for owners of one language."""
        key = (step_id, lang)
        if key not in context.values:
            context.values[key] = context.records[step_id].with_context(lang=lang)._expo_followup_values()
        return context.values[key]

    def _get_facts(self, context, rows):
        """Return what the plan needs to know of this customer."""
        finished = {}
        for (step_id, _round), row in rows.items():
            if row.state in ("done", "skipped") and row.done_on:
                rounds, last_on = finished.get(step_id, Finished(0, None))
                day = self._to_local_date(row.done_on, context.tz)
                finished[step_id] = Finished(rounds + 1, max(day, last_on or day))
        return Facts(
            tier=self.tier_id.id,
            role=self.role,
            paid=self.payment_state == "paid",
            delivered=self.delivery_state == "delivered",
            anchors={
                **context.anchors,
                "captured": self._to_local_date(self.captured_on, context.tz),
                "assigned": self.assigned_on or None,
                "sample_agreed": self._get_sample_days("sample_agreed_on"),
                "sample_received": self._get_sample_days("sample_received_on"),
                "paid": self.paid_on or None,
                "horizon": self.horizon_on or None,
            },
            finished=finished,
        )

    def _get_sample_days(self, name):
        """Return the days on which samples were agreed or received, as the plan counts from them."""
        return self[name] or None

    @staticmethod
    def _to_local_date(moment, tz):
        return pytz.utc.localize(moment).astimezone(tz).date()

    def _get_exclude_reason(self, blacklisted):
        """Return why this customer must get no letter, False when he may."""
        if self.contact_consent == "refused":
            return "refused"
        if not self.partner_id.email:
            return "no_email"
        if not self.partner_id.email_normalized:
            return "bad_email"
        return "blacklisted" if self.partner_id.email_normalized in blacklisted else False

    @api.model
    def _cron_sync(self):
        """Plan anew the customers whose facts have changed."""
        self._run_job([("sync_pending", "=", True)], lambda batch: batch._sync_followups())
        self.env["expo.exhibition"].search([("state", "=", "running")])._sync_media_report()


def _place(window, is_working, as_of):
    """Place a window; where their working days and ours never meet, ours alone decide."""
    try:
        return place(window, is_working, as_of)
    except NoWorkingDay:
        return place(window, lambda day: day.weekday() < 5, as_of)


def _get_placement_values(place_on, is_working, is_free, context):
    """Return where a touch falls among the others of its customer.

    :param callable place_on: places it, given the test for days that will do
    :param callable is_free: tells on which days the other touches leave room for it
    """
    try:
        placement, wanted_on = place_with_room(place_on, is_working, is_free)
    except NoWorkingDay:
        placement, wanted_on = place_on(lambda day: day.weekday() < 5), None
    return {
        "window_start": placement.day,
        "deadline": placement.deadline,
        "flag": "crowded" if wanted_on else placement.flag or False,
        "placed_on": context.today,
        "wanted_on": wanted_on or False,
    }
