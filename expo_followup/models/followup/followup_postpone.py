from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import babel_locale_parse, format_date

from ...tools.postponing import CHOICES, OFFERED, get_latest_day, get_postponed_day
from ...tools.response import next_working_day
from ...tools.workdays import both_working
from ..activities.visit import OPEN_STATES as OPEN_VISIT_STATES
from .followup_board import OPEN_STATES
from .undo import Snapshot

# Whose day is an agreement of people: a date chosen for them stays, also on a day off.
AGREED_ORIGINS = ("manual", "reply")


class ExpoFollowupPostpone(models.AbstractModel):
    """Postponing: a user chooses another day, which plan and contact cadence respect.

    Whatever the way, by button, dialog, drag, form or reminder, :meth:`_settle_postponed` ends it: the day is a working
    day of both sides, reminder and queued letter move along, and the chatter says why. While :attr:`postponed_on` is
    set the engine keeps the day; it says whether that is late.
    """

    _name = "expo.followup.postpone"
    _description = "Follow-up: Postponing"

    postponed_on = fields.Datetime(
        readonly=True,
        copy=False,
        help="Moment at which a user chose the day; empty means that the day is set by the plan.",
    )
    postpone_reason = fields.Char("Postponing Reason", readonly=True, copy=False)

    def postpone_to(self, day, reason=""):
        """Move open follow-ups to another day.

        :param day: a date, or a choice of :mod:`...tools.postponing`, reckoned from the user's today
        :param str reason: why, shown in the chatter; may be empty
        :raises UserError: when one of them cannot be postponed, or the day has passed or is too far away
        """
        self._lock_for_step()
        self._check_postponable()
        before = self._get_days()
        today = fields.Date.context_today(self)
        own_day = None if day in CHOICES else fields.Date.to_date(day)
        # The day of a follow-up of the plan is read-only in forms, but not through this method, which has checked
        # access.
        for followup in self.sudo():
            followup.window_start = own_day or get_postponed_day(day, today, followup._get_working_test())
        self._settle_postponed(before, reason)
        return True

    def action_postpone_to(self, day, reason=""):
        """Postpone as :meth:`postpone_to` does, and return the action that says so and offers to undo it."""
        self.check_access("write")
        undo = Snapshot(self)
        self.postpone_to(day, reason)
        return undo.get_action(self._get_postponed_text())

    def action_move_to(self, bucket):
        """Move what is dropped on a column of the board; the message says to which day it went.

        :param str bucket: the column, a value of ``day_bucket``
        """
        self.check_access("write")
        undo = Snapshot(self)
        self.day_bucket = bucket
        return undo.get_action(self._get_postponed_text())

    def _get_postponed_text(self):
        if len(self) > 1:
            return self.env._("%s follow-ups postponed.", len(self))
        return self.env._("Postponed to %s.", self._format_day(self.window_start))

    def _get_days(self):
        """Return day and deadline of these follow-ups, for :meth:`_settle_postponed`."""
        return {followup.id: (followup.window_start, followup.deadline) for followup in self}

    def _get_working_test(self):
        """Return the test for working days of ours and of the customer's country."""
        self.ensure_one()
        place, _zones = self.partner_id._expo_get_place()
        return both_working(self.company_id._expo_calendar(), place.country_id.code)

    @api.constrains("window_start", "postponed_on")
    def _check_chosen_day(self):
        """Refuse a day that a user chose by a typing error: agreed in an outcome or a visit, typed, or postponed to."""
        latest = get_latest_day(fields.Date.context_today(self))
        for followup in self:
            is_chosen = followup.origin in AGREED_ORIGINS or followup.postponed_on
            if is_chosen and followup.window_start > latest:
                raise ValidationError(
                    self.env._(
                        "You cannot plan “%(followup)s” for %(date)s because the latest day is %(latest)s. Choose an "
                        "earlier day.",
                        followup=followup.display_name,
                        date=format_date(self.env, followup.window_start),
                        latest=format_date(self.env, latest),
                    )
                )

    def _check_postponable(self):
        """Refuse follow-ups that are done, are a visit of their own, or whose letter is leaving.

        :raises UserError: naming the first one
        """
        for followup in self:
            if followup.state not in OPEN_STATES:
                raise UserError(
                    self.env._(
                        "You cannot postpone “%s” because it is not open. Choose a follow-up that is planned or due.",
                        followup.display_name,
                    )
                )
            if followup.mail_state == "sending":
                raise UserError(
                    self.env._(
                        "You cannot postpone “%s” because its letter is being sent. Reload the page in a minute.",
                        followup.display_name,
                    )
                )
            if followup.sudo().visit_ids.filtered(lambda visit: visit.state in OPEN_VISIT_STATES and visit.start):
                raise UserError(
                    self.env._(
                        "You cannot postpone “%s” because a visit stands for it. Change the date of the visit instead.",
                        followup.display_name,
                    )
                )

    def _settle_postponed(self, before, reason=""):
        """Finish what a user began by moving follow-ups to other days; those that stayed are left alone.

        :param dict before: their days and deadlines before, from :meth:`_get_days`
        """
        today = fields.Date.context_today(self)
        # In sudo: these are facts that our methods keep; the caller has checked access.
        moved = self.sudo().filtered(lambda followup: followup.window_start != before[followup.id][0])
        moved._check_postponable()
        for followup in moved:
            if followup.window_start < today:
                raise UserError(
                    self.env._(
                        "You cannot postpone “%(followup)s” to %(date)s because that day has passed. Choose a "
                        "later day.",
                        followup=followup.display_name,
                        date=self._format_day(followup.window_start),
                    )
                )
            day, (old_day, old_deadline) = followup.window_start, before[followup.id]
            if followup.origin not in AGREED_ORIGINS:
                day = next_working_day(day, followup._get_working_test())
            deadline = followup.deadline
            if deadline == old_deadline and old_deadline == old_day:
                deadline = day
            followup.write(
                {
                    "window_start": day,
                    "deadline": max(deadline, day),
                    "wanted_on": False,
                    "flag": False,
                    "postponed_on": fields.Datetime.now(),
                    "postpone_reason": (reason or "").strip(),
                }
            )
            # Its day has not come any more, but its reminder stays where its user looks for it.
            if followup.state == "due" and not followup.mail_state and day > today:
                followup.state = "planned"
            followup.activity_id.filtered("active").date_deadline = day
        queued = moved.filtered(lambda followup: followup.mail_state == "outgoing")
        queued._requeue_letters(queued._get_letter_schedule())
        moved.participation_id._sync_followups()
        moved._sync_contacts()
        for followup in moved:
            followup._post_postponed(before[followup.id][0])

    def _post_postponed(self, old_day):
        """Say in the chatter of the customer from when to when, whether that is late, and why."""
        words = {
            "followup": self.title or self.activity_type_id.name,
            "old": self._format_day(old_day),
            "new": self._format_day(self.window_start),
        }
        if self.flag == "late":
            body = self.env._("%(followup)s postponed from %(old)s to %(new)s, after the deadline.", **words)
        else:
            body = self.env._("%(followup)s postponed from %(old)s to %(new)s.", **words)
        if self.postpone_reason:
            body = self.env._("%(change)s Reason: %(reason)s", change=body, reason=self.postpone_reason)
        thread = self.participation_id or self.partner_id
        thread.message_post(body=body, subtype_xmlid="mail.mt_note")

    def _format_day(self, day):
        """Return a day with its weekday, in the language of the user: a date alone does not tell what a week has."""
        return format_skeleton("MMMEd", day, locale=babel_locale_parse(self.env.lang))

    def get_postpone_choices(self):
        """Return what the button offers: ``[{"choice", "label", "day"}]``, the day as the user reads it."""
        self.ensure_one()
        self.check_access("read")
        labels = dict(self.env["expo.postpone"]._fields["choice"]._description_selection(self.env))
        today = fields.Date.context_today(self)
        is_working = self._get_working_test()
        days = {choice: get_postponed_day(choice, today, is_working) for choice in OFFERED}
        return [
            {"choice": choice, "label": labels[choice], "day": self._format_day(day)} for choice, day in days.items()
        ]

    def action_postpone(self):
        """Open the dialog that asks for the day and the reason, for those of these that are open."""
        open_ones = self.filtered(lambda followup: followup.state in OPEN_STATES)
        (open_ones or self)._check_postponable()
        wizard = self.env["expo.postpone"].create({"followup_ids": [fields.Command.set(open_ones.ids)]})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Postpone follow-up"),
            "res_model": "expo.postpone",
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _inverse_day_bucket(self):
        """Move what is dropped on a column of the board to the first working day of that column."""
        choices = {"today": "today", "week": "tomorrow", "later": "later"}
        for bucket, followups in self.grouped("day_bucket").items():
            if bucket not in choices:
                raise UserError(
                    self.env._(
                        "You cannot move a follow-up to Overdue because that day has passed. Choose another column."
                    )
                )
            followups.postpone_to(choices[bucket])
