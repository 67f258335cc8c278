import math
from collections import Counter
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import mute_logger, split_every

from ...tools.letter_times import day_span, find_moment, get_room, moment_of, quarter_of
from ...tools.smtp import is_address_refused, is_temporary, retry_delay
from ...tools.workdays import both_working
from ...tools.zones import get_zone, to_local_date
from .undo import UNDO_SECONDS, Snapshot

# Letters made at once when a show is closed; the rest follows in the background.
QUEUE_BATCH = 1000
# A letter that is "being sent" for that long was cut off: whether it arrived is unknown.
UNCERTAIN_AFTER = timedelta(minutes=15)
# Belated congratulations are better than none; after that they are not.
GRACE_DAYS = 3
# So far ahead a day is sought for a letter.
LETTER_DAYS = 31


class ExpoFollowupLetter(models.AbstractModel):
    """Letters: queued once, sent by Odoo's mail queue, done when they left.

    One letter is one ``mail.mail`` with one Message-ID, also when it is tried again. The claim (``sending``)
    is committed before the message is handed over, so a server killed in between never sends it twice; such
    a letter is parked until a user decides whether it arrived.
    """

    _name = "expo.followup.letter"
    _description = "Follow-up: Letter"

    letter_template_id = fields.Many2one(
        "mail.template",
        compute="_compute_letter_template_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="set null",
    )
    is_letter = fields.Boolean("Letter Method", compute="_compute_is_letter", store=True, precompute=True)
    auto_send = fields.Boolean("Sent Automatically", readonly=True)
    mail_mail_id = fields.Many2one(
        "mail.mail", "Letter", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    mail_state = fields.Selection(
        [
            ("outgoing", "Queued"),
            ("sending", "Being sent"),
            ("sent", "Sent"),
            ("exception", "Failed"),
            ("cancel", "Withdrawn"),
        ],
        "Delivery Status",
        readonly=True,
        copy=False,
    )
    claimed_on = fields.Datetime("Sending Started On", readonly=True, copy=False)
    personal_paragraph = fields.Text(
        help="Text below the salutation of this letter; empty means that of the exhibition for letters that are sent "
        "automatically.",
    )
    letter_subject = fields.Char(compute="_compute_letter_preview", compute_sudo=True)
    letter_body = fields.Html(compute="_compute_letter_preview", compute_sudo=True, sanitize=False)

    # Of a greeting: a letter with an occasion, prepared for the salesperson to send, once for each occasion.
    festival_id = fields.Many2one("expo.festival", readonly=True, copy=False, ondelete="set null")
    greeted_person_id = fields.Many2one(
        "expo.customer.person",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    @api.depends("step_id.expo_letter_template_id")
    def _compute_letter_template_id(self):
        """A step's letter is the step's; one without a step, as a greeting, keeps its own."""
        for followup in self:
            step = followup.step_id
            followup.letter_template_id = step.expo_letter_template_id if step else followup.letter_template_id

    @api.depends("letter_template_id")
    def _compute_is_letter(self):
        for followup in self:
            followup.is_letter = bool(followup.letter_template_id)

    @api.depends(
        "mail_mail_id", "letter_template_id", "participation_id", "personal_paragraph", "exhibition_id.letter_paragraph"
    )
    def _compute_letter_preview(self):
        """Show the letter before it leaves, and afterwards as it left.

        In sudo: the letter draws on products, surveys and the company; who may see the follow-up may see it.
        """
        self.letter_subject = self.letter_body = False
        queued = self.filtered("mail_mail_id")
        for followup in queued:
            followup.letter_subject = followup.mail_mail_id.subject
            followup.letter_body = followup.mail_mail_id.body_html
        prepared = (self - queued).filtered(lambda f: f.is_letter and f.participation_id)
        for template, letters in prepared.grouped("letter_template_id").items():
            letters._fill_preview(template)

    def _fill_preview(self, template):
        for letters in self._split_letters():
            try:
                rendered = letters._render_letters(template)
            except UserError as error:
                # A letter that cannot be made is shown as what it is, and does not keep any person from the follow-up.
                letters.letter_subject = str(error)
                continue
            for followup in letters:
                values = rendered[followup.participation_id.id]
                followup.letter_subject = values["subject"]
                followup.letter_body = values["body_html"]

    # -- queue

    def action_send_letter(self):
        """Queue the prepared letters now, on behalf of their salespeople; to be undone while they wait in the queue.

        :raises UserError: when a customer must get no letter
        """
        self.check_access("write")
        for followup in self.filtered("is_letter"):
            if followup.state == "excluded":
                raise UserError(
                    self.env._(
                        "You cannot send a letter to %(customer)s because of the following: %(reason)s.",
                        customer=followup.partner_id.display_name,
                        reason=followup.problem,
                    )
                )
        undo = Snapshot(self)
        letters = self._filter_sendable()
        # Making a letter reads orders, surveys and the blacklist, and writes what users may not.
        letters.sudo()._queue_letters(now=True)
        return undo.get_action(
            self.env._("Letters in the queue: %s.", len(letters))
            if letters
            else self.env._("No letter was sent: none of the selected follow-ups is an open letter."),
            "success" if letters else "warning",
        )

    def action_send_due_letters(self):
        """Send the letters that wait for the user and whose day has come."""
        today = fields.Date.context_today(self)
        due = self.search(
            [
                ("user_id", "=", self.env.uid),
                ("is_letter", "=", True),
                ("auto_send", "=", False),
                ("state", "in", ("planned", "due")),
                ("window_start", "<=", today),
            ]
        )
        return due.action_send_letter()

    def _filter_sendable(self):
        """Return the open letters that do not wait in the queue yet."""
        return self.filtered(
            lambda one: one.is_letter and one.state in ("planned", "due") and one.mail_state in (False, "cancel")
        )

    @api.private
    def _queue_letters_in_batches(self):
        """Queue the first thousand letters here and now, and let the scheduled action do the rest.

        In sudo: closing a show queues the letters of all its customers and salespeople.
        """
        ids = self.sudo().ids
        self.sudo().browse(ids[:QUEUE_BATCH])._run_guarded(lambda batch: batch._queue_letters())
        if ids[QUEUE_BATCH:]:
            self.env["ir.cron"]._trigger_expo("ir_cron_open")

    @api.private
    def _queue_letters(self, now=False):
        """Make one ``mail.mail`` per letter and hand it to Odoo's queue.

        :param bool now: leave at once rather than in the customer's morning of its first day
        """
        todo = self.filtered(lambda f: f.is_letter and f.state in ("planned", "due") and not f.mail_state)
        for template, letters in todo.grouped("letter_template_id").items():
            for ids in split_every(QUEUE_BATCH, letters.ids):
                self.browse(ids)._queue_letters_of(template, now)
        withdrawn = self.filtered(lambda f: f.mail_state == "cancel" and f.state in ("planned", "due"))
        withdrawn._requeue_letters({} if now else withdrawn._get_letter_schedule())

    def _queue_letters_of(self, template, now):
        for letters in self._split_letters():
            rendered = letters._render_letters(template, create_links=True)
            schedule = {} if now else letters._get_letter_schedule()
            mails = self.env["mail.mail"].create(
                [
                    {**rendered[followup.participation_id.id], "scheduled_date": schedule.get(followup.id)}
                    for followup in letters
                ]
            )
            for followup, mail in zip(letters, mails, strict=True):
                followup.mail_mail_id = mail
            letters.write({"state": "due", "mail_state": "outgoing"})
            letters._wake_queue(schedule)
            letters._end_reminders()

    def _render_letters(self, template, create_links=False):
        """Return the ``mail.mail`` values of these letters by id of the customer; all are greetings, or none is."""
        return self.participation_id._render_letters(
            template, create_links, self._get_greetings(), self._get_paragraphs()
        )

    def _get_greetings(self):
        return self.filtered(lambda followup: followup.origin == "greeting")

    def _get_paragraphs(self):
        """Return the personal paragraphs of these letters by id of the customer."""
        return {
            followup.participation_id.id: followup.personal_paragraph
            or (followup.auto_send and followup.exhibition_id.letter_paragraph)
            for followup in self
        }

    def _refresh_waiting_letters(self):
        """Write letters anew that wait in the queue: as the same message, at the same time."""
        # In sudo: making a letter reads what users may not; the caller may write the follow-up.
        waiting = self.sudo().filtered(lambda followup: followup.mail_state == "outgoing" and followup.mail_mail_id)
        for template, letters in waiting.grouped("letter_template_id").items():
            for batch in letters._split_letters():
                rendered = batch._render_letters(template, create_links=True)
                for followup in batch:
                    values = rendered[followup.participation_id.id]
                    followup.mail_mail_id.write({name: values[name] for name in ("body", "body_html")})
        waiting.invalidate_recordset(["letter_body"])

    def action_send_test_letter(self):
        """Send the letter to the user instead of the customer, to see it as it arrives."""
        self.ensure_one()
        self.check_access("write")
        if not self.is_letter or not self.participation_id:
            raise UserError(
                self.env._(
                    "You cannot send a test of “%s” because it is no letter. Choose a follow-up with a letter.",
                    self.display_name,
                )
            )
        # In sudo: a letter is drawn for users who see its follow-up, whatever else they may read.
        letter = self.sudo()
        letter.participation_id._send_test_letter(
            letter.letter_template_id, greetings=letter._get_greetings(), paragraphs=letter._get_paragraphs()
        )
        return show_test_letter_sent(self.env)

    def _get_letter_schedule(self):
        """Return when each letter leaves, in UTC: in the customer's morning, at most so many an hour of a company.

        Letters in the queue keep their places; the same letters get the same ones whenever they are asked for.
        """
        schedule = {}
        now = fields.Datetime.now()
        calendars = self._get_calendars()
        taken = {company: self._count_letters_by_quarter(company, now) for company in calendars}
        for followup in self.sorted(lambda followup: (followup.window_start, followup.id)):
            company = followup.exhibition_id.company_id
            spans = followup._get_letter_spans(now, calendars[company])
            limit = company.expo_letters_per_hour
            if leaves := find_moment(spans, now, limit, taken[company]):
                schedule[followup.id] = leaves
        return schedule

    def _count_letters_by_quarter(self, company, now):
        """Return how many other automatic letters of a company leave in each quarter of an hour from the present on.

        Those whose time is past leave in the present one, as far as they have room.
        """
        if not company.expo_letters_per_hour:
            return Counter()
        waiting = self.search(
            [
                ("company_id", "=", company.id),
                ("auto_send", "=", True),
                ("mail_state", "=", "outgoing"),
                ("mail_mail_id.scheduled_date", "!=", False),
                ("id", "not in", self.ids),
            ]
        )
        taken = Counter(quarter_of(max(moment, now)) for moment in waiting.mail_mail_id.mapped("scheduled_date"))
        taken[quarter_of(now)] += self._count_letters_of_quarter(company, now)
        return taken

    def _count_letters_of_quarter(self, company, now):
        """Return how many automatic letters of a company have left or are leaving in the present quarter."""
        left = Domain("mail_state", "=", "sending") | (
            Domain("mail_state", "=", "sent") & Domain("done_on", ">=", moment_of(quarter_of(now)))
        )
        automatic = Domain("auto_send", "=", True) & Domain("mail_mail_id.scheduled_date", "!=", False)
        return self.search_count(Domain("company_id", "=", company.id) & automatic & left)

    def _get_letter_spans(self, now, calendar):
        """Yield when this letter may leave: on its day and on later ones of its window on which both sides work.

        A late one leaves on a working day of ours.
        """
        place, zones = self._get_letter_place()
        first = max(self.window_start, to_local_date(now, zones[0]))
        days = [first + timedelta(days=ahead) for ahead in range(LETTER_DAYS)]
        is_working = both_working(calendar, place.country_id.code)
        fitting = [
            day
            for day in days
            if day <= max(self.deadline or self.window_start, self.window_start)
            and (is_working(day) or (day == self.window_start and calendar.is_working(day)))
        ]
        hour = self.exhibition_id.company_id.expo_letter_hour
        for day in fitting or filter(calendar.is_working, days):
            yield day_span(day, zones, hour)

    def _get_letter_place(self):
        """Return whom the letter goes to, or their company, and the time zones there, else that of the exhibition."""
        place, zones = self.partner_id._expo_get_place()
        return place, zones or (get_zone(self.exhibition_id.tz).zone,)

    def _get_calendars(self):
        return {company: company._expo_calendar() for company in self.exhibition_id.company_id}

    @api.private
    def _postpone_late_letters(self):
        """Let automatic letters that were kept back wait for a working day of ours, and for room within the hour.

        :returns: the others, which leave now
        """
        calendars, now = self._get_calendars(), fields.Datetime.now()
        room, waiting = {}, self.browse()
        for company in calendars:
            limit = company.expo_letters_per_hour
            room[company] = get_room(now, limit) - self._count_letters_of_quarter(company, now) if limit else math.inf
        automatic = self.filtered(lambda followup: followup.auto_send and followup.mail_mail_id.scheduled_date)
        for followup in automatic.sorted(lambda followup: (followup.mail_mail_id.scheduled_date, followup.id)):
            company = followup.exhibition_id.company_id
            _place, zones = followup._get_letter_place()
            # The day at the customer's counts: their Friday may be our Saturday by then.
            if room[company] <= 0 or not calendars[company].is_working(to_local_date(now, zones[-1])):
                waiting |= followup
            else:
                room[company] -= 1
        schedule = waiting._get_letter_schedule()
        for followup in waiting:
            followup.mail_mail_id.scheduled_date = schedule.get(followup.id)
        waiting._wake_queue(schedule)
        return self - waiting

    def _wake_queue(self, schedule):
        """Let the mail queue run when letters leave; without a moment given, when sending cannot be undone any more."""
        soon = fields.Datetime.now() + timedelta(seconds=UNDO_SECONDS)
        moments = {schedule.get(followup.id) or soon for followup in self}
        if moments:
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger(sorted(moments))

    def _withdraw_letters(self):
        """Cancel letters that wait in the queue; those being sent or sent stay what they are."""
        waiting = self.filtered(lambda followup: followup.mail_state == "outgoing")
        waiting.mail_mail_id.cancel()
        waiting.mail_state = "cancel"

    def _requeue_letters(self, schedule=()):
        """Queue the same messages again, with the Message-ID they have.

        :param dict schedule: when each may leave, by id of the follow-up; at once where none is given
        """
        letters = self.filtered("mail_mail_id")
        leaves = dict(schedule)
        for moment, together in letters.grouped(lambda followup: leaves.get(followup.id, False)).items():
            together.mail_mail_id.write({"state": "outgoing", "scheduled_date": moment, "failure_reason": False})
        letters.write({"state": "due", "mail_state": "outgoing", "claimed_on": False})
        letters._wake_queue(leaves)

    # -- what becomes of a letter

    @api.private
    def _claim_letters(self):
        """Take letters for sending: only those that are not being sent already. The caller commits.

        :returns: the claimed ones
        """
        waiting = self._lock_outgoing()
        waiting.write({"mail_state": "sending", "claimed_on": fields.Datetime.now()})
        return waiting

    @api.private
    def _lock_outgoing(self):
        """Lock the letters that wait in the queue and that no other process has taken, and return them."""
        try:
            with self.env.cr.savepoint(flush=False), mute_logger("odoo.sql_db"):
                waiting = self.try_lock_for_update()
        except psycopg2.errors.SerializationFailure:
            # Another process has taken one of them since this transaction began.
            return self.browse() if len(self) < 2 else self.browse().union(*(one._lock_outgoing() for one in self))
        waiting.invalidate_recordset(["mail_state"])
        return waiting.filtered(lambda followup: followup.mail_state == "outgoing")

    @api.private
    def _letter_sent(self):
        """The mail server took the letters: they are done."""
        # It left, even when it was cancelled in that very moment.
        self.filtered(lambda followup: followup.state == "cancelled").state = "due"
        self.write({"mail_state": "sent", "claimed_on": False, "failure_count": 0, "failure_reason": False})
        self._mark_done()

    @api.private
    def _letter_failed(self, reason, is_temporary, is_refused=False):
        """Try again later when the trouble is temporary, else show it to the salesperson.

        :param bool is_refused: the mail server does not know the address: as a returned mail it holds the next letters
            back, and the failure asks for the address
        """
        if is_refused:
            self.participation_id._note_refused_address()
        called_off = self._withdraw_called_off()
        for followup in self - called_off:
            failures = followup.failure_count + 1
            delay = retry_delay(failures) if is_temporary else None
            values = {"failure_reason": reason, "claimed_on": False}
            if delay is None:
                followup.write({**values, "mail_state": "exception"})
                followup._fail(reason)
                continue
            followup.write({**values, "mail_state": "outgoing", "failure_count": failures})
            followup.mail_mail_id._keep_in_queue(delay)

    @api.private
    def _note_letters(self, error, reason, failure_type):
        """Note of letters that the mail queue has tried whether they left.

        :param error: what sending raised, which carries the reply code; None when nothing was
        :param str failure_type: core's type of the failure, if any
        """
        for letter in self:
            if letter.mail_mail_id.state == "sent":
                letter._letter_sent()
            else:
                why = reason or letter.mail_mail_id.failure_reason
                letter._letter_failed(why, is_temporary(error, failure_type), is_address_refused(error))

    @api.private
    def _letters_wait(self, reason):
        """Keep letters queued that the mail server is not ready for: that is no failure of theirs, and ends with it."""
        queued = self.filtered(lambda followup: followup.mail_state in ("outgoing", "sending"))
        waiting = queued - queued._withdraw_called_off()
        waiting.write({"mail_state": "outgoing", "claimed_on": False, "failure_reason": reason})

    def _withdraw_called_off(self):
        """Withdraw letters that were cancelled while they were being sent and did not leave; return them."""
        called_off = self.filtered(lambda followup: followup.state in ("cancelled", "excluded", "skipped"))
        called_off.mail_mail_id.cancel()
        called_off.write({"mail_state": "cancel", "claimed_on": False})
        return called_off

    @api.private
    def _letter_returned(self, reason):
        """Take back that letters were delivered: they failed after all, and hold the next ones back."""
        returned = self.filtered(lambda followup: followup.mail_state == "sent")
        returned.filtered(lambda followup: followup.state == "done").write({"done_on": False, "number": 0})
        returned._letter_failed(reason, is_temporary=False, is_refused=True)
        returned.participation_id.sync_pending = True

    @api.model
    def _park_uncertain_letters(self, older_than=UNCERTAIN_AFTER):
        """Park letters whose sending was cut off: a person decides whether to send them again."""
        cut_off = self.search(
            [("mail_state", "=", "sending"), ("claimed_on", "<=", fields.Datetime.now() - older_than)]
        ).try_lock_for_update()
        reason = self.env._(
            "The server stopped while this letter was being sent. Ask whether it arrived; if not, try again."
        )
        cut_off.mail_mail_id.write({"state": "exception", "failure_reason": reason})
        cut_off.mail_state = "exception"
        for followup in cut_off:
            followup._fail(reason)

    @api.private
    def _drop_excluded_letters(self):
        """Withdraw letters whose customer has been listed or has refused since; return the others."""
        blacklisted = self.participation_id._get_blacklisted()
        excluded = self.filtered(lambda f: f.participation_id._get_exclude_reason(blacklisted))
        for followup in excluded:
            reason = followup.participation_id._get_exclude_reason(blacklisted)
            followup._apply_plan({"state": "excluded", "exclude_reason": reason})
        return self - excluded

    # -- greetings

    @api.model
    def _get_past_greetings_domain(self):
        """Return the greetings that were not sent and whose day is past."""
        past = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("deadline", "<", company._expo_today() - timedelta(days=GRACE_DAYS))
            for company in self.env["res.company"].search([])
        )
        unsent = Domain("mail_state", "in", (False, "cancel"))
        return past & unsent & Domain("origin", "=", "greeting") & Domain("state", "in", ("planned", "due"))

    def _split_letters(self):
        """Yield the letters that are no greetings, then the greetings, so that no customer is twice in one batch."""
        greetings = self._get_greetings()
        for letters in (self - greetings, greetings):
            turns = {}
            for letter in letters:
                turns.setdefault(letter.participation_id, []).append(letter.id)
            while turns:
                yield self.browse([customer.pop(0) for customer in turns.values()])
                turns = {customer: left for customer, left in turns.items() if left}

    def _get_letter_occasion(self):
        """Return what this greeting is for, in the language of the letter."""
        if self.festival_id:
            return self.festival_id.name
        if self.greeted_person_id:
            return self.env._("Your birthday")
        return self.participation_id.file_id.company_day_name or self.env._("The anniversary of your company")


def show_test_letter_sent(env):
    """Return the action that says that a test letter is on its way to the user."""
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {"type": "success", "message": env._("The test letter has been sent to %s.", env.user.email)},
    }
