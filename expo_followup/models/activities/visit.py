from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.clock import add_working_days
from ..mixins.notices import Reminder, keep_reminder, notify, remind
from ..mixins.record_keeping import RecordKeeping

# In these the visit is still ours to work on; the others are history.
OPEN_STATES = ("draft", "submitted", "sent_back", "approved", "held", "minutes", "reviewed", "sent")
PLANNED_STATES = ("draft", "sent_back")
# What users may write in which state; what is named nowhere they may always write.
PLAN_FIELDS = frozenset({"participation_id", "partner_id", "aim", "plan", "user_id", "member_ids"})
SCHEDULE_FIELDS = frozenset({"start", "duration", "location"})
MINUTES_FIELDS = frozenset({"discussed", "agreed", "next_steps", "internal_note", "effect", "next_on"})
WRITABLE_IN = {
    **dict.fromkeys(PLAN_FIELDS, PLANNED_STATES),
    **dict.fromkeys(SCHEDULE_FIELDS, (*PLANNED_STATES, "approved")),
    **dict.fromkeys(MINUTES_FIELDS, ("held",)),
}
MANAGER = "sales_team.group_sale_manager"
ALL_CUSTOMERS = "sales_team.group_sale_salesman_all_leads"


class ExpoVisit(models.Model):
    """One visit to a customer: planned and approved first, its minutes soon after, sent to them and confirmed.

    The rules are those of rules.md §4: aims and plan first, the visit form approved by the manager, minutes within two
    working days, reviewed by the manager, sent to the customer, receipt confirmed. No one approves or reviews their
    own. What is to be done next, and by whom, follows from the state; one reminder says it.
    """

    _name = "expo.visit"
    _description = "Customer Visit"
    _inherit = [
        "expo.visit.minutes",
        "mail.thread",
        "mail.activity.mixin",
        "expo.job.mixin",
        "expo.customer.hints",
        "expo.steps",
        "expo.linked.records",
    ]
    _order = "start desc, id desc"
    _rec_names_search = ("partner_id", "aim")
    _record_keeping = RecordKeeping(
        archive="visits",
        archive_order=160,
        attachments=True,
        personal="erase",
        personal_links=("partner_id", "participation_id"),
        erase_order=90,
        merge="_merge_visits",
        salesperson="participation_id.user_id",
    )
    _mail_thread_customer = True
    _steps = {
        "submit": PLANNED_STATES,
        "approve": ("submitted",),
        "send_back": ("submitted", "minutes"),
        "revise": ("submitted", "approved"),
        "cancel": ("draft", "submitted", "sent_back", "approved"),
        "hold": ("approved",),
        "submit_minutes": ("held",),
        "review": ("minutes",),
        "send": ("reviewed", "sent"),
        "note_receipt": ("sent",),
    }
    # What our methods keep: who decided what and when.
    _system_fields = frozenset(
        {
            "state", "back_reason", "cancel_reason", "submitted_by_id", "submitted_on", "approved_by_id", "approved_on",
            "held_on", "minutes_due_on", "minutes_by_id", "minutes_on", "reviewed_by_id", "reviewed_on", "sent_on",
            "confirmed_on", "confirmed_by", "confirmed_how", "followup_id", "event_id", "todo_id", "chase_state",
            "escalate_on", "outcome_noted",
            "company_id", "stop", "failure_count", "failure_reason", "is_parked",
        }
    )  # fmt: skip

    participation_id = fields.Many2one(
        "expo.participation", "Exhibition Customer", ondelete="cascade", index="btree_not_null", tracking=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="restrict",
        index=True,
    )
    commercial_partner_id = fields.Many2one(related="partner_id.commercial_partner_id", string="Customer Company")
    exhibition_id = fields.Many2one(related="participation_id.exhibition_id", store=True, index=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id", store=True, precompute=True, index=True)
    tier_id = fields.Many2one(related="participation_id.tier_id", string="Intent Tier")
    is_key = fields.Boolean(related="participation_id.is_key")
    phone = fields.Char(related="partner_id.phone")
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        required=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="User who visits the customer and writes the minutes.",
    )
    member_ids = fields.Many2many(
        "res.users",
        string="Our People",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Colleagues who join the visit.",
    )
    followup_id = fields.Many2one(
        "expo.followup", "Follow-up", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    event_id = fields.Many2one(
        "calendar.event", "Meeting", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    aim = fields.Char(tracking=True, help="Purpose of the visit.", string="Visit Purpose")
    plan = fields.Text(help="Topics and products to present, in order.")
    start = fields.Datetime(tracking=True, copy=False)
    duration = fields.Float("Duration (Hours)", default=2.0)
    stop = fields.Datetime("End", compute="_compute_stop", store=True)
    location = fields.Char("Place", compute="_compute_location", store=True, readonly=False, precompute=True)
    person_ids = fields.One2many(
        "expo.visit.person", "visit_id", "People to Meet", compute="_compute_person_ids", store=True, readonly=False
    )
    item_ids = fields.One2many(
        "expo.visit.item", "visit_id", "Preparation List", default=lambda self: self._get_default_items(), copy=True
    )
    preparation = fields.Char(
        "Preparation Progress",
        compute="_compute_preparation",
        help="Share of the preparation list that is ready, in percent.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "To approve"),
            ("sent_back", "Sent back"),
            ("approved", "Approved"),
            ("held", "Held"),
            ("minutes", "Minutes written"),
            ("reviewed", "Minutes reviewed"),
            ("sent", "Minutes sent"),
            ("confirmed", "Receipt confirmed"),
            ("cancelled", "Cancelled"),
        ],
        "Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    back_reason = fields.Char("Return Reason", readonly=True, copy=False)
    cancel_reason = fields.Char("Cancellation Reason", readonly=True, copy=False)
    submitted_by_id = fields.Many2one("res.users", "Requested By", readonly=True, copy=False, ondelete="set null")
    submitted_on = fields.Datetime("Approval Requested On", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    approved_on = fields.Datetime(readonly=True, copy=False)
    held_on = fields.Date(readonly=True, copy=False)
    minutes_due_on = fields.Date("Minutes Due", compute="_compute_minutes_due_on", store=True, index="btree_not_null")
    discussed = fields.Text("Discussion", copy=False)
    agreed = fields.Text("Agreements", copy=False)
    next_steps = fields.Text(copy=False, help="Tasks with the person responsible and the deadline.")
    internal_note = fields.Text(copy=False, help="Internal note, not part of the minutes sent to the customer.")
    effect = fields.Selection(
        selection=lambda self: self.env["expo.followup"]._fields["effect"]._description_selection(self.env),
        copy=False,
        help="How the customer reacted.",
    )
    next_on = fields.Date("Next Step On", copy=False, help="Date of a further follow-up agreed with the customer.")
    minutes_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    minutes_on = fields.Datetime("Minutes Written On", readonly=True, copy=False)
    reviewed_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    reviewed_on = fields.Datetime(readonly=True, copy=False)
    sent_on = fields.Datetime(readonly=True, copy=False)
    confirmed_on = fields.Datetime("Receipt Confirmed On", readonly=True, copy=False)
    confirmed_by = fields.Char("Receipt Confirmed By", readonly=True, copy=False)
    confirmed_how = fields.Selection(
        [("link", "Through the link in the e-mail"), ("hand", "Recorded by a user")],
        "Confirmation Method",
        readonly=True,
        copy=False,
    )
    can_decide = fields.Boolean(
        "Decision Allowed", compute="_compute_can_decide", help="Set when you may approve the visit or send it back."
    )
    todo_id = fields.Many2one("mail.activity", "Reminder", readonly=True, copy=False, ondelete="set null")
    chase_state = fields.Selection(
        [("none", "On time"), ("chased", "Salesperson notified"), ("escalated", "Manager notified")],
        "Minutes Reminder Status",
        default="none",
        required=True,
        readonly=True,
        copy=False,
    )
    escalate_on = fields.Date(
        readonly=True, copy=False, help="Day from which a manager is reminded of overdue minutes."
    )
    _duration_range = models.Constraint("CHECK(duration > 0)", "The duration must be greater than zero.")

    @api.depends("participation_id.partner_id")
    def _compute_partner_id(self):
        for visit in self:
            visit.partner_id = visit.participation_id.partner_id or visit.partner_id

    @api.depends("participation_id.company_id")
    def _compute_company_id(self):
        for visit in self:
            visit.company_id = visit.participation_id.company_id or visit.company_id or self.env.company

    @api.depends("participation_id")
    def _compute_user_id(self):
        for visit in self:
            visit.user_id = visit.user_id or visit.participation_id.user_id or self.env.user

    @api.depends("start", "duration")
    def _compute_stop(self):
        for visit in self:
            visit.stop = visit.start and visit.start + timedelta(hours=visit.duration)

    @api.depends("partner_id")
    def _compute_location(self):
        """Propose the customer's address; what was typed stays."""
        for visit in self:
            if not visit.location and visit.partner_id:
                lines = visit.partner_id._display_address(without_company=True).splitlines()
                visit.location = ", ".join(line.strip() for line in lines if line.strip())

    @api.depends("participation_id", "partner_id")
    def _compute_person_ids(self):
        """Propose who was met at the show and who decides; the list is the salesperson's from then on."""
        for visit in self:
            if visit.person_ids or not visit.partner_id:
                continue
            file = visit._get_file()
            wanted = file.person_ids.filtered(
                lambda person, visit=visit: person.partner_id == visit.partner_id or person.decides == "yes"
            )
            visit.person_ids = [fields.Command.create({"person_id": person.id}) for person in wanted]

    @api.depends("item_ids.is_ready")
    def _compute_preparation(self):
        for visit in self:
            ready = visit.item_ids.filtered("is_ready")
            visit.preparation = f"{len(ready)} / {len(visit.item_ids)}" if visit.item_ids else False

    @api.depends("held_on", "start")
    def _compute_minutes_due_on(self):
        """Two working days after the visit, by our calendar (rules.md §4); the days are a setting."""
        for company, visits in self.grouped("company_id").items():
            is_working = company._expo_calendar().is_working if company else None
            for visit in visits:
                day = visit.held_on or (visit.start and company and company._expo_local_date(visit.start))
                visit.minutes_due_on = day and add_working_days(day, company.expo_minutes_days, is_working)

    @api.depends("partner_id", "start", "company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for visit in self:
            day = visit.start and visit.company_id._expo_local_date(visit.start)
            shown = format_date(self.env, day) if day else self.env._("no date yet")
            visit.display_name = f"{visit.partner_id.display_name or ''} ({shown})"

    def _get_file(self):
        """Return the customer's file as far as the user may read it."""
        customer = self.partner_id.commercial_partner_id
        # Not in sudo, though computed fields are: people of a file are for the user who may read it.
        files = self.env["expo.customer.file"].sudo(False)
        if not customer or not files.has_access("read"):
            return files
        return files.search([("partner_id", "in", customer.ids), ("company_id", "=", self.company_id.id)], limit=1)

    @api.model
    def _get_default_items(self):
        """Return the preparation list that the company's visits start with, as commands."""
        rows = self.env["expo.visit.check"].search([])
        return [fields.Command.create({"name": row.name, "kind": row.kind, "sequence": row.sequence}) for row in rows]

    def _serves_customer(self):
        """A visit can be planned to any customer: the file decides, or that a colleague asked for it."""
        return bool(self._filter_by_file_or_task())

    # -- who writes what

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_fields(*vals_list, also=MINUTES_FIELDS)
        plain = self._drop_system_defaults(also=MINUTES_FIELDS)
        visits = super(ExpoVisit, plain).create(vals_list).with_env(self.env)
        # Customers given as a default were not among the values.
        visits._check_customers()
        return visits

    def write(self, vals):
        self._check_system_fields(vals)
        if not self._is_system():
            for state, visits in self.sudo().grouped("state").items():
                frozen = {name for name in vals if state not in WRITABLE_IN.get(name, (state,))}
                if state == "approved" and not vals.get("start", True):
                    # It may be moved; without a day its minutes would not be asked for.
                    frozen.add("start")
                if visits and frozen:
                    visits._refuse_frozen(frozen)
        res = super().write(vals)
        if {"participation_id", "partner_id"} & vals.keys():
            self._check_customers()
        if {"start", "duration", "location"} & vals.keys():
            self._move_meeting()
        if {"start", "user_id"} & vals.keys():
            self._update_todo()
        return res

    def _check_customers(self):
        """Refuse customers that the user does not serve."""
        self.participation_id.check_access("write")
        self.partner_id.check_access("read")

    def _refuse_frozen(self, names):
        labels = sorted(self._fields[name]._description_string(self.env) for name in names)
        raise UserError(
            self.env._(
                "You cannot change %(what)s because the visit has the status “%(state)s”. Change these "
                "fields in the step they belong to.",
                what=", ".join(labels),
                state=dict(self._fields["state"]._description_selection(self.env))[self[:1].state],
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if any(visit.state not in (*PLANNED_STATES, "cancelled") for visit in self):
            raise UserError(
                self.env._("You cannot delete a visit once its approval has been requested. Cancel it instead.")
            )

    # -- who decides

    @api.depends("state", "user_id", "submitted_by_id", "minutes_by_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for visit in self:
            visit.can_decide = visit.state in ("submitted", "minutes") and self.env.user in visit._get_deciders()

    def _get_deciders(self):
        """Return the users who may approve this visit or review its minutes, the responsible of the show first."""
        own = self.user_id | self.submitted_by_id
        if self.state == "minutes":
            own |= self.minutes_by_id
        # In sudo: who has which right is no secret of a customer's.
        deciders = self._find_users(MANAGER) - own.sudo()
        deciders = deciders or self._find_users(ALL_CUSTOMERS) - own.sudo()
        responsible = self.sudo().exhibition_id.user_id & deciders
        return (responsible | deciders).sudo(self._is_system())

    def _find_users(self, group):
        """Return the people of the visit's company with this right, in sudo."""
        users = self.env["res.users"].sudo()
        return users.search(
            [
                ("all_group_ids", "in", self.env.ref(group).ids),
                ("company_ids", "in", self.company_id.ids),
                ("share", "=", False),
            ],
            order="id",
        )

    # -- the steps

    def action_submit(self):
        """Ask for approval of the plan."""
        for visit in self._lock_for_step("submit"):
            visit._check_plan()
            visit._move_to_state(
                "submitted", submitted_by_id=self.env.uid, submitted_on=fields.Datetime.now(), back_reason=False
            )
            if not visit._get_deciders():
                raise UserError(
                    self.env._(
                        "You cannot submit this visit because no other user may approve it. Add another manager "
                        "or a user with access to all customers."
                    )
                )
        return True

    def _check_plan(self):
        """Refuse a request that does not say whom, why, what and when.

        :raises UserError: naming what is missing
        """
        names = ("aim", "plan", "person_ids", "start")
        if missing := [name for name in names if not self[name]]:
            labels = ", ".join(self._fields[name]._description_string(self.env) for name in missing)
            raise UserError(
                self.env._("You cannot continue because these fields are empty: %s. Fill them in first.", labels)
            )

    def action_approve(self):
        """Approve the plan: the visit is in the calendars of those who go, and a follow-up of the customer."""
        for visit in self._lock_for_step("approve"):
            visit._check_decides()
            visit._move_to_state("approved", approved_by_id=self.env.uid, approved_on=fields.Datetime.now())
            visit._ensure_followup()
            visit._make_meeting()
            visit._notify_people(lambda visit: visit.env._("Visit approved: %s", visit.display_name))
        return True

    def send_back(self, reason):
        """Send the plan, or the minutes, back to the user who wrote it.

        :param str reason: what is to be changed
        :raises UserError: without a reason
        """
        for visit in self._lock_for_step("send_back"):
            visit._check_decides()
            # Minutes go back to the writing of them, a plan to its planning.
            visit._move_to_state(
                "held" if visit.state == "minutes" else "sent_back", back_reason=self._get_reason(reason)
            )
            visit._notify_people(lambda visit: visit.env._("Sent back: %s", visit.back_reason))

    def action_revise(self):
        """Take an approved or requested plan back to change it; it is to be approved again."""
        for visit in self._lock_for_step("revise"):
            visit._move_to_state("draft", approved_by_id=False, approved_on=False)
            visit._drop_meeting()
        return True

    def cancel(self, reason):
        """Call the visit off.

        :param str reason: why
        :raises UserError: without a reason, or when the visit was held
        """
        for visit in self._lock_for_step("cancel"):
            visit._move_to_state("cancelled", cancel_reason=self._get_reason(reason))
            visit._drop_meeting()
            # A follow-up that stood for this visit alone goes with it; the plan's own visit is still to be made.
            followup = visit.sudo().followup_id
            if not followup.step_id:
                followup.action_skip()

    def action_open_participation(self):
        """Open the exhibition customer."""
        self.ensure_one()
        return self.participation_id.get_formview_action()

    def action_send_back(self):
        """Ask for the reason, then send back."""
        return self._ask_reason("send_back")

    def action_cancel(self):
        """Ask for the reason, then cancel."""
        return self._ask_reason("cancel")

    def _ask_reason(self, step):
        self.ensure_one()
        dialog = self.env["expo.visit.reason"].create({"visit_id": self.id, "step": step})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send back visit") if step == "send_back" else self.env._("Cancel visit"),
            "res_model": dialog._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # -- taking a step

    def _move_to_state(self, state, **values):
        """Move on to a state. In sudo: users change it through the methods only, which have checked their right."""
        self.sudo().write({"state": state, **values})
        self._update_todo(has_moved=True)

    def _check_decides(self):
        """Refuse a decision about one's own visit, and of people who have no say.

        :raises AccessError: in either case
        """
        if self.env.user in self._get_deciders():
            return
        if self.env.user in self.user_id | self.submitted_by_id | self.minutes_by_id:
            raise AccessError(self.env._("You cannot approve or review your own visit. Ask another manager."))
        raise AccessError(
            self.env._("You cannot approve visits or review minutes because you are not a manager. Ask a manager.")
        )

    def _get_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Enter a reason."))
        return reason.strip()

    def _notify_people(self, get_text):
        """Notify the salesperson and those who go along, but not the one who acts.

        :param callable get_text: returns the text, of the visit in the language of the reader
        """
        people = (self.user_id | self.member_ids | self.submitted_by_id) - self.env.user

        def get_message(env):
            visit = self.with_env(env)
            return visit.display_name, get_text(visit)

        notify(self, people.sudo().partner_id, get_message)

    # -- the follow-up

    def _ensure_followup(self):
        """Let the visit be one follow-up of the customer: the plan's visit where one is open, else one of its own.

        In sudo: follow-ups are kept by the engine, and the visit's access has been checked.
        """
        visit = self.sudo()
        if visit.followup_id.state in ("planned", "due", "done"):
            return
        kind = self.env.ref("expo_followup.activity_visit", raise_if_not_found=False)
        found = visit.participation_id.followup_ids.filtered(
            lambda followup: followup.state in ("planned", "due") and followup.activity_type_id == kind
        )
        taken = self.search_count([("followup_id", "in", found[:1].ids), ("state", "in", OPEN_STATES)], limit=1)
        visit.followup_id = found[:1] if found and not taken else visit._create_followup(kind)
        # Other follow-ups make room for it.
        visit.participation_id._sync_followups()

    def _create_followup(self, kind):
        values = {
            "participation_id": self.participation_id.id,
            "partner_id": self.partner_id.id,
            "user_id": self.user_id.id,
            "window_start": self.company_id._expo_local_date(self.start),
            "summary": self.aim,
        }
        if kind:
            values["activity_type_id"] = kind.id
        return self.env["expo.followup"].create(values)

    # -- reminders

    def _get_todo(self):
        """Return who has to do what until when; without a user when nothing is to be done."""
        today = self.company_id._expo_today()
        if self.state in ("submitted", "minutes"):
            user = self._get_deciders()[:1]
        else:
            user = self.user_id._expo_working(self.company_id) or self.participation_id._get_server()
        words = self.with_context(lang=user.lang or self.env.lang).env
        match self.state:
            case "submitted":
                return Reminder(user, today, words._("Approve the visit"))
            case "sent_back":
                return Reminder(user, today, words._("The visit was sent back: change the plan"))
            case "approved" | "held":
                return Reminder(user, self.minutes_due_on, words._("Write the minutes of the visit"))
            case "minutes":
                return Reminder(user, today, words._("Review the minutes of the visit"))
            case "reviewed":
                return Reminder(user, today, words._("Send the minutes to the customer"))
        return Reminder(user.browse(), today)

    def _update_todo(self, has_moved=False):
        """Bring the reminders in line with the state.

        :param bool has_moved: a step was taken; the user who takes it has done what their reminder asked for
        """
        # In sudo: reminders of others, which follow from the visit that the user has just moved on.
        for visit in self.sudo():
            todo = visit._get_todo()
            is_done = has_moved and visit.todo_id.user_id == self.env.user and bool(todo.user)
            keep_reminder(visit, "todo_id", "expo_followup.activity_visit_step", todo, is_done)

    # -- calendar

    def _make_meeting(self):
        """Put the visit into the calendars of those who go; a meeting that stands is moved.

        The customer is not invited: they have agreed on the day, and get no mail from a calendar. As the
        salesperson, and in sudo: it is their meeting, even when another user approves.
        """
        for visit in self.sudo():
            meetings = self.env["calendar.event"].with_user(visit.user_id).sudo()
            people = (visit.user_id | visit.member_ids).partner_id
            values = {
                "name": self.env._("Visit: %s", visit.partner_id.display_name),
                "start": visit.start,
                "stop": visit.stop,
                "location": visit.location,
                "user_id": visit.user_id.id,
                "partner_ids": [fields.Command.set(people.ids)],
                "description": visit.aim,
                # Whom we visit is between us and the customer.
                "privacy": "private",
            }
            quiet = {"no_mail_to_attendees": True, "dont_notify": True}
            if visit.event_id:
                meetings.browse(visit.event_id.id).with_context(**quiet).write(values)
            else:
                visit.event_id = meetings.with_context(**quiet).create(values).sudo()

    def _move_meeting(self):
        """The day or the place was changed: so is the meeting, and a follow-up that stands for this visit alone."""
        for visit in self.filtered(lambda visit: visit.state == "approved" and visit.start):
            visit._make_meeting()
            # In sudo: follow-ups are kept by the engine, and who moves the visit may write it.
            followup = visit.sudo().followup_id
            if followup.state == "planned" and not followup.step_id:
                day = visit.company_id._expo_local_date(visit.start)
                followup.write({"window_start": day, "deadline": day})

    def _drop_meeting(self):
        for visit in self.sudo():
            # As the salesperson, and in sudo: it is their meeting.
            event = visit.event_id.with_user(visit.user_id).sudo()
            event.with_context(no_mail_to_attendees=True, dont_notify=True).unlink()

    @api.model
    def _pass_on_of_leavers(self, users):
        """Give the open visits of those of these users who have left to the customers' next salespeople."""
        open_ones = self.search([("user_id", "in", users.ids), ("state", "in", OPEN_STATES)])
        left = open_ones.filtered(lambda visit: not visit.user_id._expo_working(visit.company_id))
        for user, visits in left.grouped(lambda visit: visit.participation_id._get_server()).items():
            if user:
                visits.user_id = user

    # -- late minutes

    @api.model
    def _cron_late_minutes(self):
        """Chase minutes that are late: first their salespeople, then a manager."""
        self._run_job(
            lambda visits: visits._get_late_domain("minutes_due_on", "none"), lambda late: late._chase_owners()
        )
        self._run_job(
            lambda visits: visits._get_late_domain("escalate_on", "chased"), lambda late: late._chase_managers()
        )

    @api.model
    def _get_late_domain(self, day_field, chase_state):
        """Return the visits without minutes whose day in this field has passed where the company is."""
        companies = self.env["res.company"].search([])
        without = Domain("state", "in", ("approved", "held")) & Domain("chase_state", "=", chase_state)
        return without & Domain.OR(
            Domain("company_id", "=", company.id) & Domain(day_field, "<", company._expo_today())
            for company in companies
        )

    def _chase_owners(self):
        """Tell each salesperson in one message whose minutes are late."""
        for user, visits in self.grouped("user_id").items():
            visits._notify_late_minutes(user)
        for company, visits in self.grouped("company_id").items():
            is_working = company._expo_calendar().is_working
            day = add_working_days(company._expo_today(), company.expo_minutes_days, is_working)
            visits.write({"chase_state": "chased", "escalate_on": day})

    def _notify_late_minutes(self, user):
        def get_message(env):
            told = self.with_env(env)
            items = Markup().join(
                Markup('<li><a href="/odoo/visits/%s">%s</a></li>') % (visit.id, visit.display_name) for visit in told
            )
            return env._("Overdue visit minutes: %s", len(told)), Markup("<ul>%s</ul>") % items

        notify(self.env["mail.thread"], user.sudo().partner_id, get_message)

    def _chase_managers(self):
        """Remind a manager of minutes that are late for long."""
        managers = {
            (company, owner): visits[:1]._get_deciders()[:1]
            for (company, owner), visits in self.grouped(lambda visit: (visit.company_id, visit.user_id)).items()
        }
        remind(
            self,
            "expo_followup.activity_visit_step",
            lambda visit: visit._get_late_reminder(managers[visit.company_id, visit.user_id]),
            is_once=False,
        )
        self.write({"chase_state": "escalated"})

    def _get_late_reminder(self, manager):
        words = self.with_context(lang=manager.lang).env
        return Reminder(manager, self.company_id._expo_today(), words._("Overdue minutes: %s", self.user_id.name))
