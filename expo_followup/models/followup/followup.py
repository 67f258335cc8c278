from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools.postponing import get_postponed_day
from ..activities.visit import OPEN_STATES as OPEN_VISIT_STATES
from ..mixins.job import run_step
from ..mixins.notices import Reminder, remind
from ..mixins.record_keeping import RecordKeeping
from ..participation.care import Care
from .followup_board import OPEN_STATES
from .undo import Snapshot


class ExpoFollowup(models.Model):
    """One follow-up of a customer: planned, done or cancelled, with what was said and how they reacted.

    The plan derives most of them (:meth:`expo.participation._sync_followups`); salespeople add their own.
    When its window opens a follow-up becomes an activity for its salesperson, or a letter. Done once, whether from
    the activity, the chatter or here. A plain table: there are many, and the customer has the chatter.
    """

    _name = "expo.followup"
    _description = "Follow-up"
    _inherit = [
        "expo.followup.board",
        "expo.followup.letter",
        "expo.followup.postpone",
        "expo.followup.title",
        "expo.job.mixin",
        "expo.complaint.watch",
        "expo.customer.hints",
        "expo.messenger",
        "expo.call.time",
        "expo.steps",
        "expo.linked.records",
    ]
    _failure_on = "participation_id"
    _order = "window_start, id"
    _rec_names_search = ("title", "partner_id")
    _record_keeping = RecordKeeping(
        archive="followups",
        archive_order=100,
        personal="erase",
        personal_links=("partner_id", "participation_id"),
        erase_order=40,
        merge="_merge_followups",
        salesperson="participation_id.user_id",
    )
    # All that users may write. The rest are facts that our methods keep: what they point to (mails, activities) is read
    # and withdrawn on their word.
    _user_fields = frozenset(
        {
            "participation_id",
            "partner_id",
            "user_id",
            "activity_type_id",
            "title",
            "summary",
            "window_start",
            "deadline",
            "personal_paragraph",
            # Dropped on another column of the board: postponed.
            "day_bucket",
        }
    )

    participation_id = fields.Many2one("expo.participation", "Exhibition Customer", ondelete="cascade", index=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="cascade",
        index=True,
    )
    exhibition_id = fields.Many2one(related="participation_id.exhibition_id", store=True, precompute=True, index=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id", store=True, precompute=True)
    tier_id = fields.Many2one(related="participation_id.tier_id", string="Intent Tier")
    is_key = fields.Boolean(related="participation_id.is_key", store=True, precompute=True)
    foreign_notes = fields.Text(related="partner_id.expo_foreign_notes")
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    user_id = fields.Many2one("res.users", "Salesperson", ondelete="set null", default=lambda self: self.env.user)
    step_id = fields.Many2one("mail.activity.plan.template", ondelete="set null", index="btree_not_null")
    round = fields.Integer(default=1, readonly=True, help="Round of a repeated step; 1 for other steps.")
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Method",
        required=True,
        ondelete="restrict",
        domain="[('res_model', 'in', (False, 'expo.participation'))]",
        default=lambda self: self.env.ref("expo_followup.activity_phone_revisit", raise_if_not_found=False),
    )
    method_category = fields.Selection(
        related="activity_type_id.category",
        string="Method Category",
        help="Kind of contact that the method stands for, such as a call.",
    )
    summary = fields.Char(
        "Saved Subject", help="Subject entered by a user, otherwise the step in the language of the salesperson."
    )
    origin = fields.Selection(
        [
            ("plan", "Follow-up plan"),
            ("cadence", "Contact cadence"),
            ("memory", "Initial cadence"),
            ("greeting", "Greeting"),
            ("manual", "Manual"),
            ("reply", "Customer reply"),
        ],
        default="manual",
        required=True,
        readonly=True,
    )
    is_reply = fields.Boolean("Customer Waiting", compute="_compute_is_reply", store=True, precompute=True)
    unanswered_since = fields.Datetime(related="participation_id.unanswered_since")
    window_start = fields.Date("Day", required=True, default=fields.Date.context_today)
    deadline = fields.Date(compute="_compute_deadline", store=True, readonly=False, precompute=True)
    flag = fields.Selection(
        [
            ("moved", "Other weekday"),
            ("late", "After the deadline"),
            ("crowded", "Weekly follow-up limit reached"),
            ("abroad", "Customer's holiday"),
        ],
        "Scheduling Remark",
        readonly=True,
        help="Reason for the day. Other weekday: no allowed weekday in the window was a working day. "
        "After the deadline: the window had passed. Weekly follow-up limit reached: moved to a day with "
        "room. Customer's holiday: a letter whose window has no working day of the customer.",
    )
    placed_on = fields.Date(readonly=True, help="Day from which the plan looked for a free day.", string="Date Set On")
    wanted_on = fields.Date(
        readonly=True,
        help="Day for which the follow-up was planned before it was postponed because of other "
        "follow-ups in that week.",
        string="Originally Planned On",
    )
    occasion = fields.Char(readonly=True, copy=False, help="Occasion of the greeting.")
    occasion_key = fields.Char(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("due", "Due"),
            ("done", "Done"),
            ("skipped", "Skipped"),
            ("cancelled", "Cancelled"),
            ("excluded", "Excluded"),
            ("failed", "Failed"),
        ],
        "Status",
        default="planned",
        required=True,
        readonly=True,
        copy=False,
    )
    exclude_reason = fields.Selection(
        [
            ("no_email", "No e-mail address"),
            ("bad_email", "The e-mail address is not valid"),
            ("blacklisted", "The e-mail address is on the blacklist"),
            ("refused", "Customer opted out"),
            ("bounced", "E-mails to the address were returned"),
            ("crowded", "Weekly follow-up limit reached"),
            ("near", "Too close to another letter"),
        ],
        "Exclusion Reason",
        readonly=True,
    )
    problem = fields.Text(compute="_compute_problem")
    done_on = fields.Datetime(readonly=True, copy=False)
    number = fields.Integer(
        "Follow-up No.",
        readonly=True,
        copy=False,
        help="Number of this follow-up with the customer; 0 until it is done.",
    )
    content = fields.Text(readonly=True, copy=False, help="Summary of what was said and done.")
    effect = fields.Selection(
        [("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative"), ("no_answer", "No answer")],
        readonly=True,
        copy=False,
        help="How the customer reacted.",
    )
    outcome_missing = fields.Boolean(
        "Outcome to Complete",
        readonly=True,
        copy=False,
        help="Set when the follow-up is marked as done but its effect is not recorded yet.",
    )
    tier_before_id = fields.Many2one(
        "expo.tier", readonly=True, copy=False, ondelete="restrict", string="Previous Tier"
    )
    tier_after_id = fields.Many2one("expo.tier", "New Tier", readonly=True, copy=False, ondelete="restrict")
    next_on = fields.Date("Next Step On", readonly=True, copy=False)
    activity_id = fields.Many2one(
        "mail.activity", "Reminder", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    # A call that may ask for payment says first that there is a problem (rules.md §5).
    payment_warning = fields.Char(compute="_compute_payment_warning")
    visit_ids = fields.One2many("expo.visit", "followup_id", "Visits")
    is_visit = fields.Boolean("Visit Method", compute="_compute_is_visit")
    country_id = fields.Many2one(related="partner_id.country_id")
    abc_class = fields.Selection(related="participation_id.abc_class")
    last_effect = fields.Selection(related="participation_id.last_effect")
    _step_once = models.UniqueIndex(
        "(participation_id, step_id, round) WHERE step_id IS NOT NULL",
        "You cannot plan a step twice for one customer. Open the existing follow-up instead.",
    )
    _rhythm_once = models.UniqueIndex(
        "(participation_id) WHERE origin IN ('memory', 'cadence') AND state IN ('planned', 'due', 'cancelled')",
        "You cannot plan this follow-up because the contact cadence allows one open follow-up per customer. "
        "Complete the open one first.",
    )
    _contact_rhythm_once = models.UniqueIndex(
        "(partner_id, company_id) WHERE participation_id IS NULL AND origin IN ('memory', 'cadence')"
        " AND state IN ('planned', 'due', 'cancelled')",
        "You cannot plan this follow-up because the contact cadence allows one open follow-up per customer. "
        "Complete the open one first.",
    )
    _occasion_once = models.UniqueIndex(
        "(participation_id, occasion_key) WHERE occasion_key IS NOT NULL",
        "You cannot plan two greetings for one occasion. Open the existing greeting instead.",
    )
    # What is still to do is a small part of a growing table, and what everyone asks for every day.
    _open_index = models.Index("(user_id, window_start) WHERE state IN ('planned', 'due')")
    _done_index = models.Index("(user_id, done_on) WHERE state = 'done'")
    _window_order = models.Constraint(
        "CHECK(deadline IS NULL OR deadline >= window_start)", "The deadline of a follow-up must not be before its day."
    )

    # A letter stays below the size at which mail programs cut it off.
    _personal_paragraph_length = models.Constraint(
        "CHECK(char_length(personal_paragraph) <= 5000)", "The personal paragraph must have at most 5,000 characters."
    )

    @api.depends("participation_id.partner_id")
    def _compute_partner_id(self):
        for followup in self:
            followup.partner_id = followup.participation_id.partner_id or followup.partner_id

    @api.depends("participation_id.company_id", "user_id")
    def _compute_company_id(self):
        for followup in self:
            followup.company_id = followup.participation_id.company_id or followup.company_id or self.env.company

    @api.depends("window_start")
    def _compute_deadline(self):
        for followup in self:
            if not followup.deadline or followup.deadline < followup.window_start:
                followup.deadline = followup.window_start

    @api.depends("exclude_reason", "failure_reason", "state")
    @api.depends_context("lang")
    def _compute_problem(self):
        """Say why it was excluded, in the reader's language, or why it failed."""
        labels = dict(self._fields["exclude_reason"]._description_selection(self.env))
        for followup in self:
            excluded = labels.get(followup.exclude_reason) if followup.state == "excluded" else False
            followup.problem = followup.failure_reason if followup.state == "failed" else excluded

    @api.depends("title", "activity_type_id", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for followup in self:
            what = followup.title or followup.activity_type_id.name
            followup.display_name = f"{what}: {followup.partner_id.display_name}"

    @api.depends("activity_type_id")
    def _compute_is_visit(self):
        kind = self.env.ref("expo_followup.activity_visit", raise_if_not_found=False)
        for followup in self:
            followup.is_visit = bool(kind) and followup.activity_type_id == kind

    @api.depends("participation_id.payment_state", "state")
    @api.depends_context("lang")
    def _compute_payment_warning(self):
        waiting = self.filtered(
            lambda touch: (
                touch.state in ("planned", "due") and touch.participation_id.payment_state in ("unpaid", "partial")
            )
        )
        (self - waiting).payment_warning = False
        # In sudo: who serves the customer is to know that there is a problem, whichever user has the order.
        orders = waiting.sudo().participation_id.order_ids
        asking = orders.invoice_ids.filtered(lambda move: move._expo_is_asking())
        problems = asking._expo_get_problems()
        for touch in waiting:
            invoices = touch.sudo().participation_id.order_ids.invoice_ids
            found = dict.fromkeys(row for move in invoices for row in problems.get(move, ()))
            touch.payment_warning = asking._expo_show_problems(found)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_user_values(vals)
        followups = super(ExpoFollowup, self._drop_system_defaults()).create(vals_list).with_env(self.env)
        # Customers given as a default were not among the values.
        followups.participation_id.check_access("write")
        return followups

    def write(self, vals):
        self._check_user_values(vals)
        # What a user moves is postponed; the engine moves what it placed.
        days = self._get_days() if "window_start" in vals and not self._is_system() else {}
        res = super().write(vals)
        if days:
            self._settle_postponed(days)
        if "summary" in vals and not self._is_system():
            self._note_own_titles()
        if "personal_paragraph" in vals:
            self._refresh_waiting_letters()
        return res

    def _check_user_values(self, vals):
        """Refuse what is not the user's to write, by whatever way they come, and customers that are not theirs.

        :raises AccessError: when a user other than the system writes it
        """
        self._check_system_fields(vals)
        if self._is_system():
            return
        if self.sudo().filtered(lambda followup: followup.state not in (*OPEN_STATES, "excluded")):
            raise AccessError(
                self.env._("You cannot change a follow-up that is done or cancelled. Add a new follow-up instead.")
            )
        if vals.get("participation_id"):
            self.env["expo.participation"].browse(vals["participation_id"]).check_access("write")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if any(followup.state == "done" for followup in self):
            raise UserError(
                self.env._("You cannot delete a follow-up that is done. Keep it in the history of the customer.")
            )

    def unlink(self):
        """What a person had planned is gone: the contact cadence may ask again."""
        # A mark of the engine, which users do not write.
        self.filtered(
            lambda followup: followup.origin in ("manual", "reply")
        ).participation_id.sudo().sync_pending = True
        return super().unlink()

    def _get_owner(self):
        """Return the user to do it: the customer's salesperson, else the substitute at the show."""
        serving = self.participation_id.user_id if self.participation_id else self.partner_id.user_id
        salesperson = serving._expo_working(self.company_id)
        return salesperson or self.exhibition_id._get_responsible(self.company_id)

    @api.model
    def _create_manual(self, participation, window_start=None, activity_type=None, summary=False):
        """Create a follow-up by hand for a customer.

        :param date window_start: its day, today at the show when None
        """
        values = {
            "participation_id": participation.id,
            "user_id": participation.user_id._expo_working(participation.company_id).id or self.env.uid,
            "window_start": window_start or participation.exhibition_id._today(),
            "summary": summary,
        }
        if activity_type:
            values["activity_type_id"] = activity_type.id
        return self.create(values)

    # -- the plan's side

    def _get_plan_key(self):
        """Return by what the plan knows this row: its step and round; None is the one of the contact cadence."""
        return (self.step_id.id, self.round) if self.step_id else None

    def _is_placed(self, placement):
        """Tell whether it stands where its window alone puts it, or was postponed from there."""
        if self.flag == "crowded":
            return self.wanted_on == placement.day
        return (self.window_start, self.deadline, self.flag or "") == tuple(placement)

    def _collect_change(self, values, changes):
        """Add what differs from ``values`` to the plan's changes, grouped with rows that change alike."""
        if self.has_own_title:
            values = {name: value for name, value in values.items() if name != "summary"}
        differing = tuple(
            (name, value)
            for name, value in values.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        )
        if differing:
            changes.write[differing].append(self.id)

    @api.model
    def _get_care_rows(self, partners):
        """Return what the contact cadence asks, or asked last, of contacts who were never met at an exhibition."""
        return self.search(
            [
                ("partner_id", "in", partners.ids),
                ("participation_id", "=", False),
                ("origin", "in", ("memory", "cadence")),
                ("state", "in", ("planned", "due", "cancelled")),
            ]
        )

    def _apply_plan(self, values):
        """Write what the plan decided; take back reminders and letters of what is cancelled or excluded."""
        if values.get("state") in ("cancelled", "excluded"):
            self._withdraw()
        elif values.get("state") == "planned":
            # What was cancelled, or moves to another day, starts afresh.
            self._end_reminders()
            if values.get("auto_send") is False:
                # What was to leave by itself waits for the salesperson.
                self._withdraw_letters()
            values = {**values, "failure_count": 0, "failure_reason": False}
        elif {"window_start", "user_id"} & values.keys():
            # The reminder of a postponed one: it comes again, on its day and for its user.
            self.filtered(lambda followup: followup.state == "planned")._end_reminders()
        self.write(values)

    def _withdraw(self):
        """Take back reminders and letters that have not left."""
        self._end_reminders()
        self._withdraw_letters()

    # -- the outcome

    def record_outcome(self, content, effect, tier=None, next_on=None, method=None):
        """Note what came of a follow-up: done once, with its effect; the tier and the next step follow.

        :param str content: what was said and done; may be empty when there was no answer
        :param str effect: ``positive``, ``neutral``, ``negative`` or ``no_answer``
        :param tier: new ``expo.tier`` or its code, None to keep it
        :param date next_on: day of a further follow-up agreed with the customer
        :param method: ``mail.activity.type`` really used, None for the planned one
        :raises UserError: when the outcome is known already, or content or effect is missing
        """
        self.ensure_one()
        self.check_access("write")
        content = (content or "").strip()
        if not effect or not (content or effect == "no_answer"):
            raise UserError(
                self.env._(
                    "You cannot record this outcome because Content or Effect is empty. Enter what was said "
                    "and done, and how the customer reacted."
                )
            )
        self._lock_for_step()
        if self.state == "done" and not self.outcome_missing:
            raise UserError(
                self.env._(
                    "You cannot record the outcome of “%(followup)s” because it is already recorded. "
                    "Open the follow-up to see it.",
                    followup=self.display_name,
                )
            )
        if self.state in ("cancelled", "skipped"):
            raise UserError(
                self.env._(
                    "You cannot record an outcome because “%s” is cancelled. Add a new follow-up instead.",
                    self.display_name,
                )
            )
        participation = self.participation_id
        tier = tier and self.env["expo.tier"]._get(tier)
        values = {
            "content": content or self.content,
            "effect": effect,
            "outcome_missing": False,
            "tier_before_id": participation.tier_id.id,
            "tier_after_id": (tier or participation.tier_id).id,
            "next_on": next_on,
        }
        if method:
            values["activity_type_id"] = method.id
        # The facts of a follow-up are read-only to users but through this method, which has checked access.
        followup = self.sudo()
        followup.write(values)
        followup._mark_done(feedback=values["content"])
        # The user asked to do the follow-up may record its outcome, also where the customer is a colleague's.
        participation = followup.participation_id
        if next_on:
            followup._create_manual(participation, next_on, followup.activity_type_id)
        elif effect == "no_answer":
            participation._ensure_answer()
        if tier and participation:
            participation.set_tier(tier, reason=values["content"])
        participation._sync_followups()
        followup._sync_contacts()
        if effect != "no_answer":
            # The follow-up that asks how a sample was liked judges the sample.
            followup._get_asked_sample()._record_judgement(effect, self.content, self)
        return True

    def _get_asked_sample(self):
        """Return the sample that this follow-up was about: the one it was made for, else the one that waits longest."""
        samples = self.env["expo.sample"]
        if own := samples.search([("followup_id", "=", self.id)]):
            return own
        if self.step_id.expo_anchor != "sample_received":
            return samples
        waiting = [("participation_id", "=", self.participation_id.id), ("state", "=", "received")]
        return samples.search(waiting, order="received_on, id", limit=1)

    def _mark_done(self, feedback=False):
        """Turn open follow-ups into done follow-ups, count them, and end their reminders. Done ones stay."""
        todo = self.filtered(lambda followup: followup.state in (*OPEN_STATES, "excluded", "failed"))
        counts = todo._get_done_counts()
        for followup in todo:
            customer = followup.participation_id or followup.partner_id
            counts[customer] = counts.get(customer, 0) + 1
            followup.write({"state": "done", "done_on": fields.Datetime.now(), "number": counts[customer]})
        todo._note_first_response()
        # A follow-up resets the clock of the contact cadence: who does not sync at once is synced within the hour.
        todo.participation_id.sync_pending = True
        if reminders := todo.activity_id.filtered("active"):
            reminders._action_done(feedback=feedback)
        if feedback:
            for followup in todo.filtered(lambda f: f.participation_id and not f.activity_id):
                followup.participation_id.message_post(
                    body=self.env._(
                        "%(step)s: %(content)s",
                        step=followup.title or followup.activity_type_id.name,
                        content=feedback,
                    ),
                    subtype_xmlid="mail.mt_note",
                )
        return todo

    def _get_done_counts(self):
        """Return how many follow-ups were done with each of these customers, of shows or never met."""
        counts = {participation: participation.followup_count for participation in self.participation_id}
        if contacts := self.filtered(lambda followup: not followup.participation_id).partner_id:
            done = [("partner_id", "in", contacts.ids), ("participation_id", "=", False), ("state", "=", "done")]
            counts |= dict(self._read_group(done, ["partner_id"], ["__count"]))
        return counts

    def _sync_contacts(self):
        """Plan the next follow-up of customers with turnover who were never met."""
        for company, followups in self.filtered(lambda one: not one.participation_id).grouped("company_id").items():
            Care(company).sync(followups.partner_id.commercial_partner_id)

    def _note_first_response(self):
        """A follow-up in person stops the waiting; a letter does not, nor does a call without an answer."""
        for followup in self.filtered(lambda f: not f.is_letter and f.effect != "no_answer"):
            participation = followup.participation_id
            if participation and not participation.first_response_on:
                participation.write({"first_response_on": followup.done_on})
            if participation.unanswered_since:
                participation.unanswered_since = False
                # Any personal follow-up is the answer: what asked for one is done with.
                asked = participation.followup_ids.filtered(lambda row: row.is_reply and row.state in OPEN_STATES)
                asked._apply_plan({"state": "cancelled"})
        self.participation_id._update_response_state()

    def action_record_outcome(self):
        """Open the short dialog that asks for method, content and effect."""
        return self._open_outcome()

    def action_log_positive(self):
        """Open the dialog for a customer who was reached and reacted well: only the text is asked for."""
        return self._open_outcome("positive")

    def action_log_negative(self):
        """Open the dialog for a customer who was reached and reacted badly: only the text is asked for."""
        return self._open_outcome("negative")

    def action_log_no_answer(self):
        """Record that customers were not reached, plan the next tries, and say when they are; to be undone."""
        self.check_access("write")
        todo = self if len(self) == 1 else self._filter_loggable()
        undo = Snapshot(todo)
        done = todo.browse()
        for followup in todo:
            # Of several with one customer the first may have ended the others.
            if len(todo) == 1 or followup._filter_loggable():
                followup.record_outcome("", "no_answer")
                next_on = followup._plan_next_try()
                done |= followup
        if len(done) > 1:
            message = self.env._("No answer recorded for %s follow-ups.", len(done))
        elif next_on:
            message = self.env._("No answer recorded. Next follow-up: %s.", self._format_day(next_on))
        else:
            message = self.env._("No answer recorded. No further follow-up is planned.")
        return undo.get_action(message)

    def _filter_loggable(self):
        """Return those of several whose outcome can be recorded by hand: no letters, nothing that is over.

        :raises UserError: when there is none among several
        """
        found = self.filtered(lambda one: one.outcome_missing or (not one.is_letter and one.state in OPEN_STATES))
        if not found and len(self) != 1:
            raise UserError(
                self.env._(
                    "You cannot record an outcome because no call, e-mail or visit among the selected follow-ups is "
                    "open. Select open follow-ups."
                )
            )
        return found

    def action_log_several(self):
        """Open the dialog for one outcome of several follow-ups."""
        return self._open_bulk_change("outcome", self.env._("Log outcome"))

    def action_change_tier(self):
        """Open the dialog for a new tier of the customers of these follow-ups."""
        return self._open_bulk_change("tier", self.env._("Change tier"))

    def action_change_salesperson(self):
        """Open the dialog for a new salesperson of the customers of these follow-ups."""
        return self._open_bulk_change("salesperson", self.env._("Change salesperson"))

    def _open_bulk_change(self, kind, name):
        return self.env["expo.bulk.change"]._open_dialog(self, kind, name)

    def record_outcomes(self, content, effect, tier=None):
        """Record one outcome of several follow-ups, as :meth:`record_outcome` does; to be undone.

        :returns: the action that says how many
        """
        self.check_access("write")
        todo = self._filter_loggable()
        undo, done = Snapshot(todo), todo.browse()
        for followup in todo:
            if followup._filter_loggable():
                followup.record_outcome(content, effect, tier=tier)
                done |= followup
        return undo.get_action(self.env._("Outcomes recorded: %s.", len(done)))

    def _plan_next_try(self):
        """Return the day of the next follow-up in person, planned here where neither plan nor cadence asks for one.

        In sudo: a user who was asked to call may be told when the customer is called next.
        """
        customer = self.sudo().participation_id
        of_customer = ("participation_id", "=", customer.id) if customer else ("partner_id", "=", self.partner_id.id)
        domain = [of_customer, ("state", "in", OPEN_STATES), ("is_letter", "=", False), ("id", "!=", self.id)]
        planned = self.sudo().search([*domain, ("company_id", "=", self.company_id.id)], order="window_start", limit=1)
        if not planned and customer.outcome == "open":
            day = get_postponed_day("tomorrow", fields.Date.context_today(self), self.sudo()._get_working_test())
            planned = self.sudo()._create_manual(customer, day, self.activity_type_id, self.title)
        return planned.window_start

    def _open_outcome(self, effect=False, method=None):
        """Open the dialog of the outcome.

        :param str effect: the effect that is known already
        :param method: how the customer was contacted where it was not as planned, a ``mail.activity.type``
        """
        self.ensure_one()
        values = {"followup_id": self.id, "effect": effect}
        if method:
            values["activity_type_id"] = method.id
        wizard = self.env["expo.record.outcome"].create(values)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Follow-up outcome"),
            "res_model": "expo.record.outcome",
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_skip(self):
        """Leave out open follow-ups: the plan does not ask for them again."""
        self.check_access("write")
        open_ones = self.filtered(lambda followup: followup.state in (*OPEN_STATES, "excluded", "failed"))
        # The state is read-only to users but through these methods.
        open_ones.sudo()._withdraw()
        open_ones.sudo().write({"state": "skipped", "done_on": fields.Datetime.now()})
        open_ones.participation_id._sync_followups()
        open_ones.sudo()._sync_contacts()
        return True

    def action_open_participation(self):
        """Open the exhibition customer."""
        self.ensure_one()
        return self.participation_id.get_formview_action()

    def action_plan_visit(self):
        """Open the visit that this follow-up stands for, else the form of a new one."""
        self.ensure_one()
        visit = self.env["expo.visit"].search(
            [
                ("state", "in", OPEN_VISIT_STATES),
                "|",
                ("followup_id", "=", self.id),
                "&",
                ("followup_id", "=", False),
                ("participation_id", "=", self.participation_id.id or -1),
            ],
            limit=1,
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Visit"),
            "res_model": "expo.visit",
            "res_id": visit.id,
            "views": [(False, "form")],
            "context": {
                "default_participation_id": self.participation_id.id,
                "default_partner_id": self.partner_id.id,
                "default_aim": self.title,
            },
        }

    @api.depends("origin")
    def _compute_is_reply(self):
        for followup in self:
            followup.is_reply = followup.origin == "reply"

    # -- what the form warns of and shows

    def _get_watched(self):
        return "commercial_partner_id", self.partner_id.commercial_partner_id

    def _serves_customer(self):
        """A follow-up can be noted for any customer: the file decides, or that a colleague asked for it."""
        return bool(self._filter_by_file_or_task())

    # -- opening: a follow-up becomes a reminder when its window opens

    @api.model
    def _cron_open(self):
        """Open what is due: letters that leave by themselves are queued, the rest becomes reminders."""
        run_step(self, lambda followups: followups._park_uncertain_letters())
        run_step(self, lambda followups: followups._recover_bereft())
        run_step(self, lambda followups: followups._pass_on_of_leavers())
        self._run_job(lambda followups: followups._get_due_domain(letters=True), lambda batch: batch._queue_letters())
        self._run_job(lambda followups: followups._get_due_domain(letters=False), lambda batch: batch._open_reminders())

    @api.model
    def _recover_bereft(self):
        """Plan again what lost its reminder with a deleted user, or its queued letter with a deleted mail."""
        lost_letters = self.search([("mail_state", "=", "outgoing"), ("mail_mail_id", "=", False)])
        lost_letters.mail_state = False
        lost_reminders = self.search(
            [
                ("state", "=", "due"),
                ("activity_id", "=", False),
                ("mail_state", "=", False),
            ]
        )
        lost_reminders.state = "planned"

    @api.model
    def _get_due_domain(self, letters):
        """Return the planned follow-ups whose day has come, by the clock of their show.

        On a day off of ours nothing opens, also after an outage, but what a user or the customer chose for that day.

        :param bool letters: those that are sent automatically; else the others
        """
        planned = Domain("state", "=", "planned") & Domain("auto_send", "=", letters)
        if letters:
            planned &= Domain("exhibition_id.state", "=", "followup")
        groups = self._read_group(list(planned), ["exhibition_id", "company_id"])
        calendars = {company: company._expo_calendar() for company in {company for _show, company in groups}}
        by_day = {}
        for show, company in groups:
            by_day.setdefault((company, show._today() if show else company._expo_today()), []).append(show.id)
        chosen = Domain("origin", "in", ("manual", "reply"))
        return planned & Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("exhibition_id", "in", shows)
            & (
                Domain("window_start", "<=", day)
                if calendars[company].is_working(day)
                else chosen & Domain("window_start", "=", day)
            )
            for (company, day), shows in by_day.items()
        )

    def _open_reminders(self, is_quiet=True):
        """Create one activity for each follow-up, on the exhibition customer, for its salesperson.

        :param bool is_quiet: send no mail about it
        """
        todo = self.filtered(lambda followup: followup.state == "planned")
        todo.filtered(lambda followup: followup.user_id and not followup._get_working_user())._pass_on()
        # What was postponed when it was due has its reminder still.
        new = todo.filtered(lambda followup: not followup.activity_id.active)
        met = new.filtered("participation_id")
        for followups, thread in ((met, "participation_id"), (new - met, "partner_id")):
            reminders = remind(
                followups,
                "mail.mail_activity_data_todo",
                lambda followup: followup._get_reminder(),
                on=thread,
                is_once=False,
                is_quiet=is_quiet,
                get_kind=lambda followup: followup.activity_type_id,
            )
            for followup, activity in reminders.items():
                followup.activity_id = activity
        todo.state = "due"

    @api.model
    def _pass_on_of_leavers(self, users=None):
        """Plan again, for the next salespeople, the open follow-ups of users who may serve their customers no more.

        :param users: of these users only; default: of all
        """
        open_ones = Domain("state", "in", ("planned", "due", "excluded")) & Domain("user_id", "!=", False)
        if users is not None:
            open_ones &= Domain("user_id", "in", users.ids)
        pairs = self._read_group(open_ones, ["user_id", "company_id"])
        left = [(user.id, company.id) for user, company in pairs if not user._expo_working(company)]
        if left:
            left = self.search(
                open_ones & Domain.OR(Domain("user_id", "=", u) & Domain("company_id", "=", c) for u, c in left)
            )
            left._plan_again()
            left._pass_on()
            left.participation_id._request_sync()

    def _plan_again(self):
        """Take back the reminders of these follow-ups: they open again for the salesperson they have then."""
        self.filtered(lambda followup: followup.state in OPEN_STATES)._end_reminders()
        due = self.filtered(lambda followup: followup.state == "due")
        due.filtered(lambda followup: not followup.mail_state).state = "planned"
        due.participation_id._request_sync()

    def _pass_on(self):
        """Give follow-ups of users who have left to those who do them now, else leave them unassigned."""
        for owner, followups in self.grouped(lambda followup: followup._get_owner()).items():
            followups.user_id = owner

    def _get_reminder(self):
        user = self.user_id or self._get_owner()
        day = self.window_start if self.postponed_on else self.deadline or self.window_start
        return Reminder(user, day, self.with_context(lang=user.lang).title, self.step_id.note)

    def _open_lost_reminders(self):
        """Make the reminders of due follow-ups anew that have lost theirs: a command that ended them was undone."""
        lost = self.filtered(lambda one: one.state == "due" and not one.activity_id and not one.mail_state)
        lost.state = "planned"
        lost._open_reminders()

    def _end_reminders(self):
        """Remove the reminders of follow-ups that need none any more."""
        if reminders := self.activity_id.filtered("active"):
            self.activity_id = False
            reminders.unlink()

    def _show_parked(self, reason):
        self._fail(reason)

    def _fail(self, reason):
        """Park a follow-up and show its salesperson why."""
        self.write({"state": "failed", "failure_reason": reason})
        for followup in self.filtered("participation_id"):
            followup._show_failure(reason)

    def _get_failure_summary(self):
        return self.env._("Failed: %s", self.title or self.activity_type_id.name)

    def _get_failure_user(self):
        return self._get_working_user() or self._get_owner() or self.env.user

    def _get_working_user(self):
        """Return the user of the follow-up, if they may serve the customer."""
        return self.user_id._expo_working(self.company_id)

    def action_retry(self):
        """Try a failed follow-up again, or one whose e-mail was returned; a letter leaves as the same message."""
        res = super().action_retry()
        failed = self.sudo().filtered(lambda followup: followup.state == "failed")
        failed.write({"state": "planned"})
        returned = self.sudo().filtered(lambda followup: followup.exclude_reason == "bounced")
        # The user says that the address is right.
        (failed.filtered("is_letter") | returned).partner_id.message_bounce = 0
        # Meanwhile the plan may have called it off, or the customer may want no letters any more.
        (failed | returned).participation_id._sync_followups()
        failed.filtered(lambda followup: followup.state == "planned")._requeue_letters()
        return res
