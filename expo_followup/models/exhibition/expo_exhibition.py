import pytz

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import UserError


class ExpoExhibition(models.Model):
    """A show at which our company has a stand.

    A show is prepared, runs, is followed up and is done. Closing it (running → followup) confirms the
    letters and lets the plan start; see :meth:`close_show`.
    """

    _name = "expo.exhibition"
    _description = "Exhibition"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_begin desc, id desc"

    name = fields.Char(required=True, tracking=True)
    code = fields.Char(copy=False, help="Short name of the show, for example CF139. Unique in the company.")
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [
            ("preparation", "In preparation"),
            ("running", "Running"),
            ("followup", "In follow-up"),
            ("done", "Done"),
        ],
        default="preparation",
        required=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    date_begin = fields.Date("First Day", required=True, tracking=True, copy=False)
    date_end = fields.Date("Last Day", required=True, tracking=True, copy=False)
    tz = fields.Selection(
        _tz_get, "Time Zone", compute="_compute_tz", store=True, readonly=False, precompute=True, required=True
    )
    country_id = fields.Many2one("res.country")
    city = fields.Char()
    venue = fields.Char()
    hall = fields.Char()
    booth = fields.Char("Stand")
    organizer_id = fields.Many2one("res.partner", check_company=True)
    user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user, tracking=True, check_company=True
    )
    member_ids = fields.Many2many("res.users", string="Our People", help="Who serves the stand.")
    team_id = fields.Many2one("crm.team", "Sales Team", check_company=True)
    campaign_id = fields.Many2one("utm.campaign", copy=False, ondelete="restrict", readonly=True)
    plan_id = fields.Many2one(
        "mail.activity.plan",
        "Follow-up Plan",
        domain="[('res_model', '=', 'expo.participation'), ('company_id', 'in', (False, company_id))]",
        compute="_compute_plan_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        tracking=True,
    )
    product_ids = fields.Many2many("product.product", string="Exhibits")
    currency_id = fields.Many2one(related="company_id.currency_id")
    cost_ids = fields.One2many(
        "expo.exhibition.cost", "exhibition_id", "Costs", copy=True, groups="sales_team.group_sale_manager"
    )
    total_cost = fields.Monetary(compute="_compute_total_cost", store=True, groups="sales_team.group_sale_manager")
    participation_ids = fields.One2many("expo.participation", "exhibition_id", "Customers")
    participation_count = fields.Integer("Customer Count", compute="_compute_counts")
    key_count = fields.Integer("Key Customer Count", compute="_compute_counts")
    followup_count = fields.Integer("Open Follow-up Count", compute="_compute_counts")
    letter_attachment_ids = fields.Many2many("ir.attachment", string="Attachments of the Letter")
    signatory_id = fields.Many2one(
        "res.partner", "Signed By", help="Senior manager who signs the letters. Empty: the customer's owner signs."
    )
    signature = fields.Image("Signature Picture", max_width=600, max_height=200)
    survey_id = fields.Many2one(
        "survey.survey",
        "Feedback Form",
        default=lambda self: self.env.ref("expo_followup.survey_feedback", raise_if_not_found=False),
        ondelete="set null",
    )
    media_report_on = fields.Date("Media Report Out On", tracking=True, copy=False)
    media_report_off = fields.Boolean(
        "No Media Report", copy=False, help="Its reminder was cancelled: this show has none. Untick to be reminded."
    )

    _dates_order = models.Constraint(
        "CHECK(date_end >= date_begin)", "The show ends before it begins: check its first and its last day."
    )
    _code_unique = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL", "Another exhibition of the company already has this code."
    )

    @api.depends("company_id")
    def _compute_tz(self):
        for show in self:
            show.tz = show.tz or show.company_id._expo_tz()

    @api.depends("company_id")
    def _compute_plan_id(self):
        default = self.env.ref("expo_followup.plan_default", raise_if_not_found=False)
        for show in self:
            fits = show.plan_id and show.plan_id.company_id in (show.company_id, show.env["res.company"])
            if not fits:
                show.plan_id = show.company_id.expo_plan_id or default

    @api.depends("cost_ids.amount")
    def _compute_total_cost(self):
        for show in self:
            show.total_cost = sum(show.cost_ids.mapped("amount"))

    @api.depends("participation_ids.tier_id", "participation_ids.followup_ids.state")
    def _compute_counts(self):
        people = self.env["expo.participation"]._read_group(
            [("exhibition_id", "in", self.ids)], ["exhibition_id", "is_key"], ["__count"]
        )
        touches = self.env["expo.followup"]._read_group(
            [("exhibition_id", "in", self.ids), ("state", "in", ("planned", "due"))], ["exhibition_id"], ["__count"]
        )
        open_counts = {show.id: count for show, count in touches}
        totals, keys = {}, {}
        for show, is_key, count in people:
            totals[show.id] = totals.get(show.id, 0) + count
            if is_key:
                keys[show.id] = count
        for show in self:
            show.participation_count = totals.get(show.id, 0)
            show.key_count = keys.get(show.id, 0)
            show.followup_count = open_counts.get(show.id, 0)

    @api.depends("name", "code")
    def _compute_display_name(self):
        for show in self:
            show.display_name = f"[{show.code}] {show.name}" if show.code else show.name

    @api.model_create_multi
    def create(self, vals_list):
        shows = super().create(vals_list)
        # Salespeople may not create campaigns; each show has exactly one, named after it.
        campaigns = self.env["utm.campaign"].sudo().create([{"title": show.name} for show in shows])
        for show, campaign in zip(shows, campaigns, strict=True):
            show.campaign_id = campaign
        shows._own_attachments()
        return shows

    def write(self, vals):
        res = super().write(vals)
        if "letter_attachment_ids" in vals:
            self._own_attachments()
        return res

    def _own_attachments(self):
        """Tie uploaded files to their show: else only who uploaded them could send letters with them."""
        for show in self:
            # Files uploaded before the show was saved belong to nobody yet.
            loose = show.letter_attachment_ids.sudo().filtered(lambda file: not file.res_id)
            loose.write({"res_model": show._name, "res_id": show.id})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_people(self):
        if any(show.participation_ids for show in self):
            raise UserError(
                self.env._("Customers were met at this show: archive it instead, and nothing of them is lost.")
            )

    def copy_data(self, default=None):
        """A copy is next year's show: same place and plan, dates still to set."""
        default = dict(default or {})
        vals_list = super().copy_data(default)
        today = self.env.company._expo_today()
        for show, vals in zip(self, vals_list, strict=True):
            vals.setdefault("date_begin", today)
            vals.setdefault("date_end", today)
            if "name" not in default:
                vals["name"] = self.env._("%s (copy)", show.name)
        return vals_list

    @api.private
    def _today(self):
        """Return today's date at the show, independent of the server's and the user's time zone."""
        self.ensure_one()
        return self.company_id._expo_today(self.tz)

    @api.private
    def _to_local_date(self, moment):
        """Return the date that it is at the show at a moment given in UTC."""
        self.ensure_one()
        return pytz.utc.localize(moment).astimezone(pytz.timezone(self.tz)).date()

    # -- states ------------------------------------------------------------------------------------------

    def action_start(self):
        """Open the show: its people capture customers, and the media report falls due."""
        for show in self:
            if show.state != "preparation":
                raise UserError(self.env._("“%s” has already started.", show.name))
        self.state = "running"
        self._sync_media_report()
        return True

    def action_done(self):
        """End the follow-up: what is still planned is called off, what was done stays."""
        for show in self:
            if show.state != "followup":
                raise UserError(self.env._("“%s” is not in follow-up.", show.name))
        self.state = "done"
        self.participation_ids._sync_followups()
        return True

    def action_resume(self):
        """Take up the follow-up of a show that was declared done too early."""
        for show in self:
            if show.state != "done":
                raise UserError(self.env._("“%s” is not done.", show.name))
        self.state = "followup"
        self.participation_ids._sync_followups()
        return True

    @api.private
    def _sync_media_report(self):
        """Remind the responsible of the media report: due the day before the last day (rules.md §4).

        Idempotent; the reminder goes when the report is out or the show is over. Who cancels it does without one.
        """
        xmlid = "expo_followup.activity_media_report"
        running = self.filtered(
            lambda show: show.state == "running" and not show.media_report_on and not show.media_report_off
        )
        (self - running).activity_unlink([xmlid])
        for show in running:
            if not show.activity_search([xmlid]):
                show.activity_schedule(
                    xmlid,
                    date_deadline=max(show.date_begin, fields.Date.subtract(show.date_end, days=1)),
                    user_id=(show._get_responsible() or self.env.user).id,
                )

    def action_media_report_sent(self):
        """Note that the media report is out, and end its reminder."""
        for show in self.filtered(lambda show: not show.media_report_on):
            show.media_report_on = show._today()
        self._sync_media_report()
        return True

    # -- ways in ------------------------------------------------------------------------------------------

    def action_open_participations(self):
        """Show the customers of this show."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_participation")
        return {**action, "domain": [("exhibition_id", "=", self.id)], "context": {"default_exhibition_id": self.id}}

    def action_open_followups(self):
        """Show the follow-ups of this show."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_followup_all")
        return {**action, "domain": [("exhibition_id", "=", self.id)], "context": {}}
