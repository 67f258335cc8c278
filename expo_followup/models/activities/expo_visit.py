from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...tools.clock import add_working_days
from ..mixins.defaults import without_defaults

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
# What our methods keep: who decided what and when.
DERIVED_FIELDS = frozenset(
    {
        "state", "back_reason", "cancel_reason", "submitted_by_id", "submitted_on", "approved_by_id", "approved_on",
        "held_on", "minutes_due_on", "minutes_by_id", "minutes_on", "reviewed_by_id", "reviewed_on", "sent_on",
        "confirmed_on", "confirmed_by", "confirmed_how", "followup_id", "event_id", "todo_id", "chase_state",
        "escalate_on", "outcome_noted",
        "company_id", "stop", "failure_count", "failure_reason", "is_parked",
    }
)  # fmt: skip


class ExpoVisit(models.Model):
    """One visit to a customer: planned and approved first, its minutes soon after, sent to him and confirmed.

    The rules are those of rules.md §4: aims and plan first, the visit form approved by the manager, minutes within two
    working days, reviewed by the manager, sent to the customer, receipt confirmed. Nobody approves or reviews his own:
    see ``expo_visit_flow``. What is to be done next, and by whom, follows from the state: ``expo_visit_todo``.
    """

    _name = "expo.visit"
    _description = "Customer Visit"
    _inherit = ["mail.thread", "mail.activity.mixin", "expo.job.mixin", "expo.customer.hints"]
    _order = "start desc, id desc"
    _rec_names_search = ("partner_id", "aim")
    _mail_thread_customer = True

    participation_id = fields.Many2one(
        "expo.participation", "Exhibition Customer", ondelete="cascade", index="btree_not_null", tracking=True
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", compute="_compute_partner_id", store=True, readonly=False, precompute=True,
        required=True, ondelete="restrict", index=True,
    )  # fmt: skip
    commercial_partner_id = fields.Many2one(related="partner_id.commercial_partner_id", string="Customer Company")
    exhibition_id = fields.Many2one(related="participation_id.exhibition_id", store=True, index=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id", store=True, precompute=True, index=True)
    tier_id = fields.Many2one(related="participation_id.tier_id", string="Intent Tier")
    is_key = fields.Boolean(related="participation_id.is_key")
    phone = fields.Char(related="partner_id.phone")
    user_id = fields.Many2one(
        "res.users", "Owner", compute="_compute_user_id", store=True, readonly=False, precompute=True, index=True,
        required=True, tracking=True, domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who visits the customer and writes the minutes.",
    )  # fmt: skip
    member_ids = fields.Many2many(
        "res.users", string="Our People", domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Colleagues who go along.",
    )  # fmt: skip
    followup_id = fields.Many2one(
        "expo.followup", "Follow-up", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    event_id = fields.Many2one(
        "calendar.event", "Meeting", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )

    aim = fields.Char(tracking=True, help="What the visit is to bring.")
    plan = fields.Text(help="What is to be talked about and shown, and in which order.")
    start = fields.Datetime(tracking=True, copy=False)
    duration = fields.Float("Duration (Hours)", default=2.0)
    stop = fields.Datetime("End", compute="_compute_stop", store=True)
    location = fields.Char("Place", compute="_compute_location", store=True, readonly=False, precompute=True)
    person_ids = fields.One2many(
        "expo.visit.person", "visit_id", "People to Meet", compute="_compute_person_ids", store=True, readonly=False
    )
    item_ids = fields.One2many(
        "expo.visit.item", "visit_id", "To Prepare", default=lambda self: self._get_default_items(), copy=True
    )
    preparation = fields.Char("Prepared", compute="_compute_preparation", help="How much of the list is ready.")

    state = fields.Selection(
        [
            ("draft", "Plan"),
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
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    back_reason = fields.Char("Why Sent Back", readonly=True, copy=False)
    cancel_reason = fields.Char("Why Cancelled", readonly=True, copy=False)
    submitted_by_id = fields.Many2one("res.users", "Requested By", readonly=True, copy=False, ondelete="set null")
    submitted_on = fields.Datetime("Requested On", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    approved_on = fields.Datetime(readonly=True, copy=False)

    held_on = fields.Date(readonly=True, copy=False)
    minutes_due_on = fields.Date("Minutes Due", compute="_compute_minutes_due_on", store=True, index="btree_not_null")
    discussed = fields.Text("What Was Discussed", copy=False)
    agreed = fields.Text("What Was Agreed", copy=False)
    next_steps = fields.Text(copy=False, help="Who does what until when.")
    internal_note = fields.Text("For Our Eyes Only", copy=False, help="Never part of the minutes that are sent.")
    effect = fields.Selection(
        selection=lambda self: self.env["expo.followup"]._fields["effect"]._description_selection(self.env),
        copy=False,
        help="How the customer reacted.",
    )
    next_on = fields.Date("Next Step On", copy=False, help="A further touch that you agreed with the customer.")
    minutes_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    minutes_on = fields.Datetime("Minutes Written On", readonly=True, copy=False)
    reviewed_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    reviewed_on = fields.Datetime(readonly=True, copy=False)
    sent_on = fields.Datetime(readonly=True, copy=False)
    confirmed_on = fields.Datetime("Receipt Confirmed On", readonly=True, copy=False)
    confirmed_by = fields.Char("Receipt Confirmed By", readonly=True, copy=False)
    confirmed_how = fields.Selection(
        [("link", "By the link in the mail"), ("hand", "Noted by one of us")],
        "How Confirmed",
        readonly=True,
        copy=False,
    )

    _duration_range = models.Constraint("CHECK(duration > 0)", "A visit takes some time.")

    # -- what follows ------------------------------------------------------------------------------------

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
        """Propose who was met at the show and who decides; the list is the owner's from then on."""
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
        # Not in sudo, though computed fields are: people of a file are for whoever may read it.
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

    # -- who writes what ---------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        plain = without_defaults(self, lambda name: name in DERIVED_FIELDS or name in MINUTES_FIELDS)
        for vals in vals_list:
            self._check_user_values(vals, MINUTES_FIELDS)
        visits = super(ExpoVisit, plain).create(vals_list).with_env(self.env)
        # Customers given as a default were not among the values.
        visits._check_customers()
        return visits

    def write(self, vals):
        self._check_user_values(vals)
        if not self.env.su:
            for state, visits in self.sudo().grouped("state").items():
                frozen = {name for name in vals if state not in WRITABLE_IN.get(name, (state,))}
                if state == "approved" and not vals.get("start", True):
                    # It may be moved; without a day nobody would be asked for its minutes.
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

    def _check_user_values(self, vals, refused=frozenset()):
        """Refuse facts that our methods keep.

        :raises AccessError: when a user other than the system writes them
        """
        if kept := not self.env.su and (DERIVED_FIELDS | refused) & vals.keys():
            raise AccessError(self.env._("These facts of a visit are kept by the system: %s.", ", ".join(sorted(kept))))

    def _check_customers(self):
        """Refuse customers that the user does not serve."""
        self.participation_id.check_access("write")
        self.partner_id.check_access("read")

    def _refuse_frozen(self, names):
        labels = sorted(self._fields[name]._description_string(self.env) for name in names)
        raise UserError(
            self.env._(
                "This cannot be changed any more, or not yet: %(what)s. The visit is in the state “%(state)s”.",
                what=", ".join(labels),
                state=dict(self._fields["state"]._description_selection(self.env))[self[:1].state],
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        if any(visit.state not in (*PLANNED_STATES, "cancelled") for visit in self):
            raise UserError(self.env._("A visit that was asked for is not deleted: cancel it."))
