from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..mixins.defaults import without_defaults

# What the engine derives the follow-ups from, beside orders, partner, show and plan.
SYNC_FIELDS = {
    "partner_id",
    "tier_id",
    "role",
    "user_id",
    "outcome",
    "delivery_state",
    "contact_consent",
    "captured_on",
    "sample_agreed_on",
    "sample_received_on",
    "active",
}
# What follows from orders, touches and answers: nobody writes it by hand.
DERIVED_FIELDS = frozenset(
    {
        "payment_state", "paid_on", "first_response_on", "replied_on", "response_state", "sync_pending",
        "failure_count", "failure_reason", "is_parked", "file_id", "assigned_on", "response_hours", "letter_sent_on",
        "answered_in_time", "report_due_on", "abc_class", "lifecycle", "lead_id", "lead_made", "weak_demand",
    }
)  # fmt: skip

# How we came to know a customer (rules.md §3).
SOURCES = [
    ("show", "Show"),
    ("web", "Web site"),
    ("association", "Association"),
    ("press", "Trade press"),
    ("partner", "Introduced by a partner"),
    ("customer", "Old customer"),
    ("directory", "Directory"),
    ("embassy", "Embassy or trade office"),
    ("other", "Other"),
]


class ExpoParticipation(models.Model):
    """One customer met at one exhibition: who serves him, how keen he is, what happened since.

    Its follow-ups are derived from tier, role, payment and dates by the show's plan; see
    :meth:`_sync_followups`. A tier change re-plans at once and is kept in the history.
    """

    _name = "expo.participation"
    _description = "Exhibition Customer"
    _inherit = ["mail.thread", "mail.activity.mixin", "expo.job.mixin"]
    _order = "is_key desc, tier_sequence, id"
    _mail_thread_customer = True
    _rec_names_search = ("partner_id", "exhibition_id")

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
    exhibition_state = fields.Selection(related="exhibition_id.state", string="State of the Show")
    active = fields.Boolean(default=True)

    role = fields.Selection(
        [("exhibitor", "Exhibitor"), ("visitor", "Visitor")], default="visitor", required=True, tracking=True
    )
    tier_id = fields.Many2one(
        "expo.tier", "Intent Tier", required=True, tracking=True, index=True, ondelete="restrict",
        default=lambda self: self.env["expo.tier"].search([("code", "=", "materials")], limit=1),
        group_expand="_group_expand_tier_id",
    )  # fmt: skip
    tier_sequence = fields.Integer(related="tier_id.sequence", store=True)
    is_key = fields.Boolean(related="tier_id.is_key", store=True)
    tier_description = fields.Text(related="tier_id.description")
    tier_reason = fields.Char("Reason of the Tier", copy=False)
    tier_change_ids = fields.One2many("expo.tier.change", "participation_id", "History of Tiers", readonly=True)
    color = fields.Integer(related="tier_id.color")

    user_id = fields.Many2one(
        "res.users", "Owner", default=lambda self: self.env.user, tracking=True, index=True, check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )  # fmt: skip
    assigned_on = fields.Date(compute="_compute_assigned_on", store=True, copy=False)
    captured_on = fields.Datetime("Met On", default=fields.Datetime.now, required=True)
    captured_by_id = fields.Many2one("res.users", "Met By", default=lambda self: self.env.user)
    source = fields.Selection(
        SOURCES,
        default="show",
        required=True,
    )
    product_ids = fields.Many2many("product.product", string="Products of Interest")
    contact_consent = fields.Selection(
        [("unknown", "Not asked"), ("granted", "Agreed to letters"), ("refused", "Wants no letters")],
        "Consent",
        default="unknown",
        required=True,
    )

    booth = fields.Char("Stand")
    media_review = fields.Text("Media Evaluation")
    visitor_level = fields.Char("Level")
    visitor_occupation = fields.Char("Occupation")
    visitor_arrival = fields.Char("How They Came and Left")
    visitor_stay = fields.Char("Length of Stay")
    visitor_purchases = fields.Text("Bought")
    request_purpose = fields.Selection(
        [("buyer", "Buyer"), ("peer", "Peer"), ("collector", "Data collector")],
        "Why They Ask",
        help="Judge why somebody asks for materials: as a buyer, as a peer, or to collect data.",
    )
    conversation = fields.Text("Talked About")

    followup_ids = fields.One2many("expo.followup", "participation_id", "Follow-ups")
    followup_count = fields.Integer("Touches", compute="_compute_followup_figures", store=True)
    next_followup_on = fields.Date("Next Follow-up", compute="_compute_followup_figures", store=True, index=True)
    outcome = fields.Selection(
        [("open", "Open"), ("won", "Won"), ("lost", "Lost"), ("dormant", "Dormant")],
        default="open",
        required=True,
        tracking=True,
        index=True,
    )
    lead_id = fields.Many2one("crm.lead", "Opportunity", index="btree_not_null", ondelete="set null", copy=False)
    sample_agreed_on = fields.Date(copy=False)
    sample_received_on = fields.Date(copy=False)

    _partner_once_per_show = models.Constraint(
        "unique(exhibition_id, partner_id)",
        "This customer is already entered for this show. Open that entry and add to it.",
    )

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

    @api.depends("followup_ids.state", "followup_ids.window_start")
    def _compute_followup_figures(self):
        groups = self.env["expo.followup"]._read_group(
            [("participation_id", "in", self.ids), ("state", "in", ("planned", "due", "done"))],
            ["participation_id", "state"],
            ["__count", "window_start:min"],
        )
        done, upcoming = {}, {}
        for participation, state, count, first in groups:
            if state == "done":
                done[participation.id] = count
            elif first:
                upcoming[participation.id] = min(first, upcoming.get(participation.id, first))
        for participation in self:
            participation.followup_count = done.get(participation.id, 0)
            participation.next_followup_on = upcoming.get(participation.id, False)

    @api.model_create_multi
    def create(self, vals_list):
        plain = without_defaults(self, DERIVED_FIELDS.__contains__)
        if not self.env.su:
            # What a user says of derived facts is left out; they follow.
            vals_list = [
                {name: value for name, value in vals.items() if name not in DERIVED_FIELDS} for vals in vals_list
            ]
        participations = super(ExpoParticipation, plain).create(vals_list).with_env(self.env)
        participations._log_tier_changes({})
        participations._link_orders()
        participations.filtered(lambda p: p.exhibition_id.state in ("running", "followup"))._sync_followups()
        return participations

    def write(self, vals):
        self._check_user_values(vals)
        if vals.get("partner_id"):
            self.filtered(lambda entry: entry.partner_id.id != vals["partner_id"])._discard_letters()
        before = {participation.id: participation.tier_id for participation in self} if "tier_id" in vals else None
        if before and "tier_reason" not in vals:
            vals = {**vals, "tier_reason": False}
        res = super().write(vals)
        if before is not None:
            self._log_tier_changes(before)
        if "user_id" in vals:
            self._reassign_followups()
        if SYNC_FIELDS & vals.keys():
            self._sync_followups()
        return res

    def _check_user_values(self, vals):
        """Refuse facts that are derived, and shows that the user does not see.

        :raises AccessError: when a user other than the system writes them
        """
        if self.env.su:
            return
        if kept := DERIVED_FIELDS & vals.keys():
            raise AccessError(
                self.env._("These facts of a customer are kept by the system: %s.", ", ".join(sorted(kept)))
            )
        if vals.get("exhibition_id"):
            self.env["expo.exhibition"].browse(vals["exhibition_id"]).check_access("read")

    def _discard_letters(self):
        """The entry was another customer's: letters to the former one do not leave, the new one gets his own."""
        letters = self.sudo().followup_ids.filtered(lambda f: f.mail_state in ("outgoing", "cancel"))
        letters._withdraw_letters()
        letters.write({"mail_mail_id": False, "mail_state": False})
        letters.filtered(lambda followup: followup.state == "due").state = "planned"

    def _log_tier_changes(self, before):
        """Keep the history of tiers. ``before`` maps ids to the tier they had; missing means none."""
        empty = self.env["expo.tier"]
        # The history is nobody's to write but ours: salespeople only read it.
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

    def set_tier(self, tier, reason=""):
        """Re-judge customers: keep the history with its reason and plan anew.

        :param tier: an ``expo.tier`` record, or one of the codes of rules.md §2
        :param str reason: why, for the history
        """
        tier = self.env["expo.tier"]._get(tier)
        self.filtered(lambda participation: participation.tier_id != tier).write(
            {"tier_id": tier.id, "tier_reason": reason}
        )

    def _reassign_followups(self):
        """Hand what is still to do to the new owner, at once and with its reminder."""
        # The former owner may already have lost access to them: reassigning must reach them all the same.
        live = self.sudo().followup_ids.filtered(lambda followup: followup.state in ("planned", "due", "excluded"))
        live = live.filtered(lambda followup: followup.step_id.responsible_type != "other")
        for user, followups in live.grouped(lambda followup: followup._get_owner()).items():
            followups.user_id = user
            followups.activity_id.with_context(mail_activity_quick_update=True).write({"user_id": user.id})

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
        self.ensure_one()
        followup = self.followup_ids.filtered(lambda f: f.state in ("due", "planned") and not f.is_letter)[:1]
        if not followup:
            followup = self.env["expo.followup"]._create_manual(self)
        return followup.action_record_outcome()
