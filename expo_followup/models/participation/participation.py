from collections import defaultdict

from odoo import api, fields, models

from ..mixins.merging import (
    get_differences,
    get_fact_names,
    get_missing_values,
    join_texts,
    move_linked_rows,
    post_differences,
)
from ..mixins.record_keeping import RecordKeeping, get_declarations
from .planner import LIVE, RHYTHM, Planner, SharedFacts, split_by_company, with_colleagues
from .sales import REPORT_FACTS
from .touches import Person, Touches

BATCH_SIZE = 1000
# What the engine derives the follow-ups from, beside orders, partner, show and plan.
SYNC_FIELDS = {
    "partner_id", "tier_id", "role", "user_id", "outcome", "delivery_state", "contact_consent", "captured_on",
    "sample_agreed_on", "sample_received_on", "active",
}  # fmt: skip
# What of a plan's steps the follow-ups are derived from.
PLANNED_FROM = (
    "activity_type_id", "summary", "expo_title", "delay_count", "delay_unit", "delay_from", "responsible_type",
    "responsible_id", "sequence", "expo_tier_ids", "expo_role", "expo_payment", "expo_anchor", "expo_window_days",
    "expo_weekdays", "expo_repeat_days", "expo_alternative", "expo_letter_template_id", "expo_auto_send",
    "expo_or_ordered", "expo_reply", "expo_since",
)  # fmt: skip
# What follows from the captures: beside a user's own entry it is never written by hand.
CAPTURE_FIELDS = frozenset({"owner_locked", "co_recorder_ids"})
# How we came to know a customer (rules.md §3).
SOURCES = [
    ("show", "Exhibition"),
    ("web", "Website"),
    ("association", "Association"),
    ("press", "Trade press"),
    ("partner", "Introduced by a partner"),
    ("customer", "Long-standing customer"),
    ("directory", "Directory"),
    ("embassy", "Embassy or trade office"),
    ("other", "Other"),
]
# Why a fact is as it is goes along with that fact.
REASONS = {"tier_reason": "tier_id", "owner_reason": "user_id", "outcome_reason": "outcome"}
NEUTRAL = {"contact_consent": "unknown", "delivery_state": "pending", "outcome": "open"}
JOINED_FIELDS = ("conversation", "visitor_purchases")
# An opt-out at one show counts for all; an order won stays won.
STRONGEST = (
    ("contact_consent", ("refused", "granted", "unknown")),
    ("delivery_state", ("delivered", "shipped", "pending")),
    ("outcome", ("won", "open", "dormant", "lost")),
)
# What users write for a follow-up before it is made.
FOLLOWUP_TEXTS = ("personal_paragraph", "content")
# What merging does with the other entries of a customer, in this order. First what hangs on them is settled with what
# this entry has: of two greetings for one occasion one stays before the follow-ups move. Facts come last, as
# salesperson and tier decide over what has moved.
MERGE_STEPS = (
    "_merge_samples",
    "_merge_greetings",
    "_merge_visits",
    "_merge_reports",
    "_merge_leads",
    "_merge_followups",
    "_merge_linked_records",
    "_merge_facts",
    "_merge_chatter",
)


class ExpoParticipation(models.Model):
    """One customer met at one exhibition: who serves them, how keen they are, what happened since.

    Its follow-ups are derived from tier, role, payment and dates by the show's plan; see
    :meth:`_sync_followups`. A tier change re-plans at once and is kept in the history.
    """

    _name = "expo.participation"
    _description = "Exhibition Customer"
    _inherit = [
        "expo.participation.outcome",
        "expo.participation.response",
        "expo.participation.ownership",
        "expo.participation.letters",
        "expo.participation.sales",
        "mail.thread",
        "mail.activity.mixin",
        "expo.job.mixin",
        "expo.customer.class",
        "expo.punctuality",
        "expo.complaint.watch",
        "expo.customer.hints",
        "expo.messenger",
        "expo.call.time",
        "expo.linked.records",
    ]
    _order = "is_key desc, tier_sequence, id"
    _mail_thread_customer = True
    _rec_names_search = ("partner_id", "exhibition_id")
    _record_keeping = RecordKeeping(
        archive="participations",
        archive_order=70,
        attachments=True,
        personal="erase",
        personal_links=("partner_id",),
        erase_order=100,
        salesperson="user_id",
    )
    # The ABC class is that of the customer's company.
    _customer_field = "commercial_partner_id"
    # What follows from orders, follow-ups and answers: never written by hand.
    _system_fields = frozenset(
        {"payment_state", "paid_on", "ordered_on", "unpaid_since", "noted_bounces", "lead_id", "lead_made"}
        | {"weak_demand", "abc_class", "lifecycle"}
        | {"file_id", "assigned_on", "report_due_on", "sync_pending", "failure_count", "failure_reason", "is_parked"}
        | {
            "first_response_on",
            "replied_on",
            "unanswered_since",
            "response_state",
            "response_hours",
            "letter_sent_on",
            "answered_in_time",
            "punctuality",
        }
    )
    # What is the same for both, follows from what moves, or is merged by itself: salespeople become co-recorders,
    # reminders of failures are not those of the customer.
    _unmerged_fields = (_system_fields - {"first_response_on", "replied_on", "unanswered_since"}) | {
        "exhibition_id",
        "partner_id",
        "active",
        "owner_locked",
    }

    exhibition_id = fields.Many2one(
        "expo.exhibition", required=True, ondelete="restrict", index=True, check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="restrict", index=True, tracking=True, check_company=True
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer Company", store=True, index=True
    )
    country_id = fields.Many2one(related="partner_id.country_id", store=True)
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    lang = fields.Selection(related="partner_id.lang")
    foreign_notes = fields.Text(related="partner_id.expo_foreign_notes")
    is_foreign = fields.Boolean(related="partner_id.expo_is_foreign")
    company_id = fields.Many2one(related="exhibition_id.company_id", store=True, index=True)
    exhibition_state = fields.Selection(related="exhibition_id.state", string="Exhibition Status")
    active = fields.Boolean(default=True)
    role = fields.Selection(
        [("exhibitor", "Exhibitor"), ("visitor", "Visitor")], default="visitor", required=True, tracking=True
    )
    tier_id = fields.Many2one(
        "expo.tier",
        "Intent Tier",
        required=True,
        tracking=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["expo.tier"].search([("code", "=", "materials")], limit=1),
        group_expand="_group_expand_tier_id",
    )
    tier_sequence = fields.Integer(related="tier_id.sequence", store=True)
    is_key = fields.Boolean(related="tier_id.is_key", store=True)
    tier_description = fields.Text(related="tier_id.description")
    tier_reason = fields.Char(copy=False)
    tier_change_ids = fields.One2many("expo.tier.change", "participation_id", "Tier History", readonly=True)
    color = fields.Integer(related="tier_id.color")
    # Of the first answer.
    punctuality = fields.Selection(compute="_compute_punctuality")
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        default=lambda self: self.env.user,
        tracking=True,
        index=True,
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    assigned_on = fields.Date(compute="_compute_assigned_on", store=True, copy=False)
    captured_on = fields.Datetime("Met On", default=fields.Datetime.now, required=True)
    captured_by_id = fields.Many2one("res.users", "Met By", default=lambda self: self.env.user)
    capture_ids = fields.One2many("expo.capture", "participation_id", "Captured Contacts", readonly=True)
    co_recorder_ids = fields.Many2many(
        "res.users",
        "expo_participation_co_recorder_rel",
        string="Co-recorders",
        readonly=True,
        copy=False,
        help="Colleagues who also met the customer, later than the salesperson.",
    )
    owner_locked = fields.Boolean(
        "Salesperson Set Manually",
        copy=False,
        readonly=True,
        help="Set when the salesperson was assigned manually; an earlier record that arrives later does not change it.",
    )
    source = fields.Selection(
        SOURCES,
        default="show",
        required=True,
    )
    # Also those that are sold no more: the customer asked about them.
    product_ids = fields.Many2many("product.product", string="Products of Interest", context={"active_test": False})
    contact_consent = fields.Selection(
        [("unknown", "Not asked"), ("granted", "Opted in"), ("refused", "Opted out")],
        "Consent",
        default="unknown",
        required=True,
    )
    booth = fields.Char()
    media_review = fields.Text("Media Evaluation")
    visitor_level = fields.Char("Level")
    visitor_occupation = fields.Char("Occupation")
    visitor_arrival = fields.Char("Arrival and Departure")
    visitor_stay = fields.Char("Length of Stay")
    visitor_purchases = fields.Text("Purchases")
    request_purpose = fields.Selection(
        [("buyer", "Buyer"), ("peer", "Peer"), ("collector", "Data collector")],
        help="Why the contact asks for materials: as a buyer, as a peer, or to collect data.",
    )
    conversation = fields.Text("Conversation Notes")
    followup_ids = fields.One2many("expo.followup", "participation_id", "Follow-ups")
    outcome = fields.Selection(
        [("open", "In follow-up"), ("won", "Won"), ("lost", "Lost"), ("dormant", "Dormant")],
        default="open",
        required=True,
        tracking=True,
        index=True,
    )
    lead_id = fields.Many2one("crm.lead", "Opportunity", index="btree_not_null", ondelete="set null", copy=False)
    file_id = fields.Many2one(
        "expo.customer.file",
        "Customer File",
        compute="_compute_file_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        copy=False,
    )
    can_open_file = fields.Boolean("File Access", compute="_compute_can_open_file")
    sync_pending = fields.Boolean(
        "Rescheduling Pending", compute="_compute_sync_pending", store=True, readonly=False, copy=False
    )
    _partner_once_per_show = models.Constraint(
        "unique(exhibition_id, partner_id)",
        "You cannot add this customer twice to the same exhibition. Open the existing exhibition customer instead.",
    )
    _sync_pending_index = models.Index("(id) WHERE sync_pending")

    @api.model
    def _group_expand_tier_id(self, tiers, domain):
        return tiers.search([])

    @api.depends("partner_id", "exhibition_id")
    def _compute_display_name(self):
        for participation in self:
            show = participation.exhibition_id
            participation.display_name = f"{participation.partner_id.display_name} ({show.code or show.name})"

    @api.depends("user_id")
    def _compute_assigned_on(self):
        for participation in self:
            today = participation.exhibition_id._today() if participation.exhibition_id else fields.Date.today()
            participation.assigned_on = today if participation.user_id else False

    @api.depends("commercial_partner_id", "company_id")
    def _compute_file_id(self):
        """Find the file of the customer's company; :meth:`_ensure_files` opens what is missing."""
        found = (
            self.env["expo.customer.file"]
            .sudo()
            .with_context(active_test=False)
            .search([("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "in", self.company_id.ids)])
        )
        self._link_files(found)

    def _link_files(self, files):
        """Link these entries to those of the files that are of their companies."""
        files = {(file.partner_id, file.company_id): file for file in files}
        for participation in self:
            key = participation.commercial_partner_id, participation.company_id
            participation.file_id = files.get(key, False)

    @api.depends("file_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_open_file(self):
        readable = self.env["expo.customer.file"].browse(self.sudo().file_id.ids)._filtered_access("read")
        for participation in self:
            participation.can_open_file = participation.file_id in readable

    @api.depends(
        "abc_class", "payment_state", "paid_on", "ordered_on", "unpaid_since", "sample_agreed_on",
        "sample_received_on", "horizon_on", "active", "replied_on", "tier_id.answer_expected", "partner_id.active",
        "partner_id.email", "partner_id.email_normalized", "partner_id.phone", "partner_id.message_bounce",
        "partner_id.country_id", "exhibition_id.active", "exhibition_id.state", "exhibition_id.date_begin",
        "exhibition_id.date_end", "exhibition_id.tz", "exhibition_id.user_id", "exhibition_id.team_id.user_id",
        *(f"exhibition_id.plan_id.template_ids.{name}" for name in PLANNED_FROM),
    )  # fmt: skip
    def _compute_sync_pending(self):
        """Whatever the follow-ups are derived from has changed: the next sync plans anew."""
        self.sync_pending = True

    @api.model_create_multi
    def create(self, vals_list):
        # What a user says of derived facts is left out; they follow.
        vals_list = [self._drop_system_values(vals) for vals in vals_list]
        plain = self._drop_system_defaults()
        if len(vals_list) > 1:
            # Salespeople are told of all of theirs at once, below: a mail for each is most of what recording costs.
            plain = plain.with_context(mail_auto_subscribe_no_notify=True)
        participations = super(ExpoParticipation, plain).create(vals_list).with_env(self.env)
        participations._log_tier_changes({})
        participations._link_orders()
        participations.filtered(lambda p: p.exhibition_id.state in ("running", "followup"))._sync_followups()
        participations._ensure_files()
        participations._trigger_leads()
        participations._log_owner_changes({})
        if len(vals_list) > 1:
            participations._tell_owners_of_new()
        return participations

    def write(self, vals):
        self._check_system_fields(vals, also=CAPTURE_FIELDS)
        if vals.get("exhibition_id"):
            self.env["expo.exhibition"].browse(vals["exhibition_id"]).check_access("read")
        vals = self._complete_values(vals)
        tiers = {participation.id: participation.tier_id for participation in self} if "tier_id" in vals else {}
        owners = {participation.id: participation.user_id for participation in self} if "user_id" in vals else {}
        late = self._get_reopened_late(vals)
        if vals.get("partner_id"):
            self.filtered(lambda entry: entry.partner_id.id != vals["partner_id"])._discard_letters()
        res = super().write(vals)
        if "tier_id" in vals:
            self._log_tier_changes(tiers)
        if "user_id" in vals:
            self._reassign_followups()
            self._reassign_visits()
        if SYNC_FIELDS & vals.keys():
            self._sync_followups()
        if "user_id" in vals:
            self._update_response_state()
        if {"partner_id", "exhibition_id"} & vals.keys():
            self._ensure_files()
        if {"user_id", "active", "partner_id"} & vals.keys():
            # Reassigning takes all that hangs on the customer away from the former salesperson at once.
            self.sudo()._release_strangers()
        late._renew_horizon()
        self._update_leads(vals)
        if "user_id" in vals:
            self._complete_owner_change(owners)
        if REPORT_FACTS & vals.keys():
            self._update_reports()
        if vals.get("outcome") == "lost":
            self._cancel_greetings()
        return res

    def unlink(self):
        """Delete what hangs on the customer through the ORM: with chatter, papers, reminders and meetings."""
        if self:
            self.check_access("unlink")
            # In sudo: who may delete the customer deletes all that hangs on it, as the database would.
            self.sudo()._unlink_samples_visits_reports()
        return super().unlink()

    def _complete_values(self, vals):
        """Return the values with what a change of tier or salesperson brings along: its reason, and that it was
        decided.
        """
        vals = dict(vals)
        if "tier_id" in vals:
            vals.setdefault("tier_reason", False)
        if "user_id" in vals:
            vals.setdefault("owner_reason", False)
            # The user who writes the salesperson decides it; only the captures themselves say that they do not.
            if any(entry.user_id.id != vals["user_id"] for entry in self):
                vals.setdefault("owner_locked", True)
        return vals

    # -- actions and scheduled actions

    def action_open_followups(self):
        """Show the follow-ups of this customer."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_followup_all")
        return {
            **action,
            "domain": [("participation_id", "in", self.ids)],
            "context": {"default_participation_id": self.id, "default_partner_id": self.partner_id.id},
        }

    def action_log_outcome(self):
        """Open the outcome dialog on the next open follow-up, or on a new one when nothing is planned."""
        return self._get_followup_to_log().action_record_outcome()

    def _get_followup_to_log(self, method=None):
        """Return the next open follow-up, or a new one by this method when nothing is planned."""
        self.ensure_one()
        planned = self.followup_ids.filtered(lambda f: f.state in ("due", "planned") and not f.is_letter)[:1]
        return planned or self.env["expo.followup"]._create_manual(self, activity_type=method)

    def action_open_file(self):
        """Open the file of the customer's company."""
        self.ensure_one()
        return self.file_id.action_open()

    @api.model
    def _cron_sync(self):
        """Plan anew whose facts have changed; then what follows from days and facts: outcome, leads, reports."""
        self._run_job([("sync_pending", "=", True)], lambda batch: batch._sync_followups())
        self.env["expo.exhibition"]._run_job([("state", "=", "running")], lambda shows: shows._sync_media_report())
        self._run_job(lambda entries: entries._get_past_horizon_domain(), lambda batch: batch._become_dormant())
        self._run_job(lambda entries: entries._get_lead_domain(), lambda batch: batch._make_leads())
        self.env["expo.progress.report"]._run_job(
            lambda reports: reports.env["expo.participation"]._get_needless_report_domain(),
            lambda batch: batch._cancel_reports(),
        )
        self._run_job(lambda entries: entries._get_report_domain(), lambda batch: batch._issue_reports())

    @api.model
    def _cron_escalate(self):
        """Show whom we let wait too long, judge the clocks of complaints, chase late reports and minutes."""
        self._run_job(lambda entries: entries._get_escalation_domain(), lambda batch: batch._update_response_state())
        self.env["expo.complaint"]._cron_clocks()
        self.env["expo.progress.report"]._run_job(
            lambda reports: reports._get_chase_domain(), lambda batch: batch._remind_overdue()
        )
        self.env["expo.exhibition"]._run_job(
            lambda shows: shows._get_listed_domain(), lambda shows: shows._sync_escalations()
        )
        self.env["expo.visit"]._cron_late_minutes()

    # -- the engine

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
        shared = SharedFacts(self.sudo().env)
        for batch in split_by_company(with_colleagues(self.sudo()), BATCH_SIZE):
            Planner(batch, shared).sync()

    @api.private
    def _plan_followups(self, as_closed=False, as_of=None):
        """Return what a sync would do, as :class:`.planner.Planner` says; change nothing.

        :param bool as_closed: plan as if the shows of these customers were closed already
        :param date as_of: plan as on that day, when their colleagues need not have been there
        """
        shared = SharedFacts(self.env, self.exhibition_id if as_closed else (), as_of)
        return Planner(self if as_of else with_colleagues(self), shared).plan()

    def _get_blacklisted(self):
        return self.partner_id._expo_get_blacklisted()

    def _get_exclude_reason(self, blacklisted):
        """Return why this customer must get no letter, False when there is no reason."""
        if self.contact_consent == "refused":
            return "refused"
        return self.partner_id._expo_get_exclude_reason(blacklisted)

    @api.private
    def _get_touch_days(self):
        """Return each customer's follow-ups of the last week and those to come: ``{partner id: (days, letters)}``.

        Of letters the day and whether they leave automatically, as :func:`..tools.windows.keeps_letters_apart` asks.
        """
        people = {participation.partner_id.id: Person.of(participation) for participation in self}
        touches = Touches(self.env, people.values())
        return {partner: (touches.get_days(one), touches.get_letters(one)) for partner, one in people.items()}

    # -- tier, salesperson, customer

    def set_tier(self, tier, reason=""):
        """Re-judge customers: keep the history with its reason and plan anew.

        :param tier: an ``expo.tier`` record, or one of the codes of rules.md §2
        :param str reason: why, for the history
        """
        tier = self.env["expo.tier"]._get(tier)
        self.filtered(lambda participation: participation.tier_id != tier).write(
            {"tier_id": tier.id, "tier_reason": reason}
        )

    def _log_tier_changes(self, before):
        """Keep the history of tiers. ``before`` maps ids to the tier they had; missing means none."""
        empty = self.env["expo.tier"]
        # The history is written by the system alone: salespeople only read it.
        self.env["expo.tier.change"].sudo().create(
            [
                {
                    "participation_id": participation.id,
                    "tier_before_id": before.get(participation.id, empty).id,
                    "tier_after_id": participation.tier_id.id,
                    "reason": participation.tier_reason,
                    "user_id": self.env.uid,
                }
                for participation in self
                if before.get(participation.id, empty) != participation.tier_id
            ]
        )

    def _reassign_followups(self):
        """Hand what is still to do to the new salesperson, at once and with its reminder."""
        # The former salesperson may already have lost access to them: reassigning must reach them all the same.
        live = self.sudo().followup_ids.filtered(lambda followup: followup.state in ("planned", "due", "excluded"))
        live = live.filtered(lambda followup: followup.step_id.responsible_type != "other")
        for user, followups in live.grouped(lambda followup: followup._get_owner()).items():
            followups.user_id = user
            followups.activity_id.with_context(mail_activity_quick_update=True).write({"user_id": user.id})

    def _discard_letters(self):
        """The entry was another customer's: letters to the former one do not leave, the new one gets their own."""
        letters = self.sudo().followup_ids.filtered(lambda f: f.mail_state in ("outgoing", "cancel"))
        letters._withdraw_letters()
        letters.write({"mail_mail_id": False, "mail_state": False})
        letters.filtered(lambda followup: followup.state == "due").state = "planned"

    def _get_complaint_defaults(self):
        return {"default_partner_id": self.partner_id.id, "default_participation_id": self.id}

    def _serves_customer(self):
        """An entry is also seen by those who see all documents: the file decides."""
        return bool(self._filter_by_file())

    def _ensure_files(self):
        """Open the files that these customers still lack, and enter in them the people who were met."""
        entries = self.sudo()
        for company, lacking in entries.filtered(lambda entry: not entry.file_id).grouped("company_id").items():
            files = self.env["expo.customer.file"]._ensure(lacking.partner_id, company)
            # As if computed again, without looking up once more what was just opened.
            with self.env.protecting([self._fields["file_id"]], lacking):
                lacking._link_files(files)
            files.modified(["participation_ids"])
        entries._enter_people()

    def _enter_people(self):
        """Enter the people who were met in their company's file, each once."""
        met = self.filtered(lambda entry: entry.file_id and entry.partner_id != entry.commercial_partner_id)
        people = self.env["expo.customer.person"]
        known = people.search([("file_id", "in", met.file_id.ids), ("partner_id", "in", met.partner_id.ids)])
        known = {(person.file_id, person.partner_id) for person in known}
        new = {(entry.file_id, entry.partner_id) for entry in met} - known
        people.create(
            [
                {"file_id": file.id, "partner_id": partner.id}
                for file, partner in sorted(new, key=lambda pair: pair[1].id)
            ]
        )

    # -- captures: the first record wins (rules.md §3)

    @api.private
    def _apply_captures(self):
        """Bring entries up to date with all that was captured of their customers.

        The earliest record owns, unless a person decided otherwise; the others are co-recorders. Products and
        conversations are merged, a refusal of letters stays one, and the latest judgement at the stand counts.
        """
        self.capture_ids.fetch(["captured_on", "user_id", "captured_by_id", "tier_id", "note", "channel"])
        alike = defaultdict(list)
        for entry in self.filtered("capture_ids"):
            values = entry._get_captured_values(entry.capture_ids.sorted(lambda c: (c.captured_on, c.id)))
            changed = {name: value for name, value in values.items() if not entry._holds(name, value)}
            if "user_id" in changed:
                changed.update(owner_locked=False, owner_reason=entry._get_first_record_reason())
            for name in ("co_recorder_ids", "product_ids"):
                if name in changed:
                    alike[name, tuple(changed[name][0][2])].append((entry.id, {name: changed.pop(name)}))
            if changed:
                entry.write(changed)
        # Links are mostly alike, and a write of them for each entry would be a query for each.
        for entries in alike.values():
            self.browse(id_ for id_, _changed in entries).write(entries[0][1])

    def _get_captured_values(self, captures):
        """The facts of an entry that follow from its captures, earliest first."""
        first = captures[:1]
        owner = self.user_id
        if not self.owner_locked:
            earliest = captures.filtered(lambda c: c.user_id._expo_working(c.company_id))[:1]
            if earliest and (not owner or earliest.captured_on < self._get_claim(captures)):
                owner = earliest.user_id
        recorders = captures.captured_by_id | self.captured_by_id | self.co_recorder_ids
        texts = [self.conversation, *captures.mapped("note")]
        consents = {self.contact_consent, *captures.mapped("contact_consent")}
        values = {
            "user_id": owner.id,
            "captured_on": min(self.captured_on, first.captured_on),
            "co_recorder_ids": [fields.Command.set((recorders - owner).ids)],
            "product_ids": [fields.Command.set((self.product_ids | captures.product_ids).ids)],
            "conversation": _join_new(texts),
            "contact_consent": next(v for v in ("refused", "granted", "unknown") if v in consents),
        }
        if first.captured_on < self.captured_on:
            values["captured_by_id"] = first.captured_by_id.id
        judged = captures.filtered(lambda c: c.tier_id and c.channel != "import")[-1:]
        touched = max(self.tier_change_ids.filtered("tier_before_id").mapped("changed_on"), default=None)
        if judged and len(captures) > 1 and (not touched or judged.captured_on > touched):
            values["tier_id"] = judged.tier_id.id
        return values

    def _get_claim(self, captures):
        """Since when the salesperson has the customer: their first record, or the entry itself when it was made by
        hand.

        The day that a person gives as the one they met is no claim: any person can give any day.
        """
        own = captures.filtered(lambda c: c.user_id == self.user_id)
        return min([self.create_date, *own.mapped("captured_on")])

    def _holds(self, name, value):
        """Tell whether the entry has a value already, given as it is written."""
        field = self._fields[name]
        if field.type == "many2many":
            return set(self[name].ids) == set(value[0][2])
        return (field.convert_to_write(self[name], self) or False) == (value or False)

    def _get_first_record_reason(self):
        first = self.capture_ids.sorted(lambda c: (c.captured_on, c.id))[:1]
        clocks = dict(first._fields["clock"]._description_selection(self.env))
        return self.env._(
            "First record: %(who)s on %(when)s UTC (clock: %(clock)s)",
            who=first.captured_by_id.name,
            when=fields.Datetime.to_string(first.captured_on),
            clock=clocks.get(first.clock, ""),
        )

    # -- merging two entries of one customer

    @api.private
    def _merge_from(self, others):
        """Take over all that happened with the same customer under other entries of this show, then drop them.

        Nothing is lost: follow-ups, tiers, orders, letters, chatter, attachments; what another entry said differently
        is noted.
        """
        self.ensure_one()
        if not others:
            return
        for step in MERGE_STEPS:
            getattr(self, step)(others)
        others.unlink()
        self.write({"sync_pending": True})
        self._push_outcome()

    def _merge_followups(self, others):
        """Of two rows of the same step the one that was done stays the step's; the other is kept as one by hand."""
        own = {(row.step_id.id, row.round): row for row in self.followup_ids if row.step_id}
        for row in others.followup_ids:
            twin = own.get((row.step_id.id, row.round))
            if twin and row.state in LIVE:
                self._drop_followup(row, twin)
                continue
            if twin and twin.state in LIVE:
                self._drop_followup(twin, row)
            elif twin:
                row.write({"step_id": False, "origin": "manual"})
            if not twin and row.origin in RHYTHM and row.state in LIVE:
                # The contact cadence asks anew, for the one entry.
                self._drop_followup(row, row.browse())
                continue
            row.participation_id = self
            if row.step_id:
                own[row.step_id.id, row.round] = row

    def _drop_followup(self, row, kept):
        """Drop a follow-up that is still to be made; what was written for it is kept, on ``kept`` or in a note."""
        names = [name for name in FOLLOWUP_TEXTS if row[name]]
        if kept and kept.state in LIVE:
            kept.write(get_missing_values(kept, row, names))
        post_differences(self, self, [(row, get_differences(kept, row, names) if kept else names)])
        row._withdraw()
        row.unlink()

    def _merge_linked_records(self, others):
        """Move histories, orders, captures, opinions, complaints and feedback forms."""
        others.order_ids.expo_participation_id = self
        # In sudo: they follow the customer, whichever user answers for them.
        everything = self.sudo().with_context(active_test=False).env
        for model, kept in get_declarations(self.env, "merge").items():
            if kept.merge == "move":
                everything[model].search([("participation_id", "in", others.ids)]).participation_id = self
        self.env["survey.user_input"].sudo().search(
            [("expo_participation_id", "in", others.ids)]
        ).expo_participation_id = self

    def _merge_facts(self, others):
        """Merge what the entries say of the customer; the captures decide who owns it."""
        self.product_ids |= others.product_ids
        self.write(self._get_absorbed_values(others))
        self.co_recorder_ids |= (others.co_recorder_ids | others.user_id) - self.user_id
        self._apply_captures()
        self._fill_reasons(others)

    def _merge_chatter(self, others):
        """Note what another entry said differently, then move chatter, attachments and all that links to it."""
        names = get_fact_names(self, self._unmerged_fields | {"user_id"})
        post_differences(self, self, [(other, get_differences(self, other, names, NEUTRAL)) for other in others])
        for other in others:
            other.message_change_thread(self)
        move_linked_rows(others, self)

    def _get_absorbed_values(self, others):
        """Return the facts that only the others know, and the stronger one where both know something."""
        names = get_fact_names(self, self._unmerged_fields | REASONS.keys())
        values = get_missing_values(self, others, names, NEUTRAL)
        for name in JOINED_FIELDS:
            values[name] = join_texts(self | others, name)
        everybody = self | others
        for name, strongest_first in STRONGEST:
            known = set(everybody.mapped(name))
            values[name] = next(value for value in strongest_first if value in known)
        return values

    def _fill_reasons(self, others):
        """Take over the reasons for what this entry says as well, where it gives none."""
        values = {}
        for name, explained in REASONS.items():
            same = others.filtered(lambda other, explained=explained: other[explained] == self[explained])
            values |= get_missing_values(self, same, [name])
        self.write(values)


def _join_new(texts):
    """Join notes, leaving out what an earlier one says already."""
    joined = ""
    for text in filter(None, texts):
        if text.strip() not in joined:
            joined = f"{joined}\n\n{text.strip()}" if joined else text.strip()
    return joined or False
