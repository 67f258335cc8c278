"""The preview of closing an exhibition, and its rows."""

from collections import Counter

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _lang_get
from odoo.exceptions import UserError

from ...models.followup.followup_letter import show_test_letter_sent
from ...models.participation.planner import RHYTHM

# What counting needs to know of a follow-up, planned or there.
COUNTED = ("participation_id", "step_id", "origin", "auto_send", "exclude_reason")
# So long the result is shown: it has several numbers to read.
SECONDS_SHOWN = 15


def split_by_kind(rows):
    """Return ``{"letter", "excluded", "followup": rows}``: what closing sends, leaves out and plans.

    Preview and result are counted here. The contact cadence comes after the plan, and a letter that a salesperson would
    send but that no customer can get is nothing to do.

    :param rows: values of follow-ups with the names of :data:`COUNTED`
    """
    kinds = {"letter": [], "excluded": [], "followup": []}
    for row in rows:
        if row.get("origin") in RHYTHM:
            continue
        if row["auto_send"]:
            kinds["excluded" if row["exclude_reason"] else "letter"].append(row)
        elif not row["exclude_reason"]:
            kinds["followup"].append(row)
    return kinds


class ExpoCloseShow(models.TransientModel):
    """Preview of closing a show: what will be sent and planned, who is left out and why. Then confirm."""

    _name = "expo.close.show"
    _description = "Close an Exhibition"
    _inherit = ["expo.linked.records"]

    exhibition_id = fields.Many2one("expo.exhibition", required=True, ondelete="cascade")
    line_ids = fields.One2many("expo.close.show.line", "wizard_id", readonly=True, string="Lines")
    letter_ids = fields.One2many(
        "expo.close.show.line", "wizard_id", string="Letters", domain=[("kind", "=", "letter")]
    )
    excluded_ids = fields.One2many("expo.close.show.line", "wizard_id", domain=[("kind", "=", "excluded")])
    followup_ids = fields.One2many(
        "expo.close.show.line", "wizard_id", string="Follow-ups", domain=[("kind", "=", "followup")]
    )
    letter_count = fields.Integer("Letters", readonly=True)
    excluded_count = fields.Integer("Without Letter", readonly=True)
    planned_count = fields.Integer("Follow-ups to Plan", readonly=True)
    orphan_ids = fields.Many2many("expo.participation", string="Customers without Salesperson", readonly=True)
    orphan_count = fields.Integer("Customers without Salesperson", compute="_compute_orphan_count")
    waiting_capture_count = fields.Integer(related="exhibition_id.waiting_capture_count")
    media_report_on = fields.Date(related="exhibition_id.media_report_on")
    ends_later = fields.Boolean("Not Ended Yet", compute="_compute_ends_later")
    days_since = fields.Integer("Days since the End", compute="_compute_ends_later")
    is_late = fields.Boolean("Closed Late", compute="_compute_ends_later")
    letter_problem = fields.Text(readonly=True)
    # Kept here until the closing is confirmed.
    letter_paragraph = fields.Text(
        "Paragraph in Letters",
        compute="_compute_letter_paragraph",
        store=True,
        readonly=False,
        precompute=True,
        help="Text below the salutation of the letters that are sent automatically; empty means none.",
    )
    setup_gaps = fields.Json("Missing Set-up", compute="_compute_setup_gaps")
    holiday_warning = fields.Char("Missing Public Holidays", compute="_compute_holiday_warning")

    @api.depends("exhibition_id")
    def _compute_letter_paragraph(self):
        for wizard in self:
            wizard.letter_paragraph = wizard.exhibition_id.letter_paragraph

    @api.depends("exhibition_id")
    @api.depends_context("uid", "lang")
    def _compute_setup_gaps(self):
        for wizard in self:
            show = wizard.exhibition_id
            gaps = show.company_id._expo_get_setup_gaps(show) if show else []
            # Public holidays have a warning that names the years.
            wizard.setup_gaps = [gap for gap in gaps if gap["key"] != "holidays"]

    @api.depends("orphan_ids")
    def _compute_orphan_count(self):
        for wizard in self:
            wizard.orphan_count = len(wizard.orphan_ids)

    @api.depends("exhibition_id")
    def _compute_ends_later(self):
        for wizard in self:
            show = wizard.exhibition_id
            wizard.ends_later = bool(show) and show.date_end > show._today()
            wizard.days_since = (show._today() - show.date_end).days if show else 0
            wizard.is_late = wizard.days_since > show.company_id.expo_amber_days

    @api.depends("exhibition_id")
    def _compute_holiday_warning(self):
        for wizard in self:
            company = wizard.exhibition_id.company_id
            wizard.holiday_warning = company and company._expo_holiday_warning()

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        # The preview counts in sudo: only for who may close the show.
        wizards.exhibition_id.check_access("write")
        for wizard in wizards:
            wizard._fill_counts()
        return wizards

    def _fill_counts(self):
        """Plan without writing anything, and count."""
        show = self.exhibition_id
        # The preview shows counts of all customers of the show to the user who may close it.
        participations = show.sudo().participation_ids
        changes = participations._plan_followups(as_closed=True)
        by_id = {participation.id: participation for participation in participations}
        languages = {p.id: lang for lang, customers in participations._group_by_language().items() for p in customers}
        kinds = split_by_kind(self._get_planned(changes))
        letters = Counter(
            (languages[values["participation_id"]], by_id[values["participation_id"]].tier_id.id)
            for values in kinds["letter"]
        )
        excluded = Counter(values["exclude_reason"] for values in kinds["excluded"])
        planned = Counter(values["step_id"] for values in kinds["followup"])
        names = [
            (values["exclude_reason"], by_id[values["participation_id"]].partner_id.display_name)
            for values in kinds["excluded"]
        ]
        self.write(
            {
                "letter_count": letters.total(),
                "excluded_count": excluded.total(),
                "planned_count": planned.total(),
                "orphan_ids": [(6, 0, participations.filtered(lambda p: not p.user_id).ids)],
                "letter_problem": show._get_letter_problem(),
                "line_ids": [
                    *self._get_letter_lines(letters),
                    *self._get_excluded_lines(excluded, names),
                    *self._get_followup_lines(planned),
                ],
            }
        )

    def _get_planned(self, changes):
        """Return the values of what closing sends and plans; the contact cadence comes after the plan."""
        called_off = {id_ for values, ids in changes.write.items() if ("state", "cancelled") in values for id_ in ids}
        waiting = self._get_waiting_letters().filtered(lambda letter: letter.id not in called_off)
        # Of colleagues at other shows nothing is told here.
        own = set(self.exhibition_id.sudo().participation_ids.ids)
        new = [values for values in changes.create if values["participation_id"] in own]
        return [*new, *waiting.read(COUNTED, load=None)]

    def _get_waiting_letters(self):
        """Letters counted from another day than the last one wait already; they leave with the others."""
        # In sudo: as the preview itself.
        return (
            self.env["expo.followup"]
            .sudo()
            .search(
                [
                    ("exhibition_id", "=", self.exhibition_id.id),
                    ("auto_send", "=", True),
                    ("state", "in", ("planned", "excluded")),
                    ("mail_mail_id", "=", False),
                ]
            )
        )

    def _get_letter_lines(self, counts):
        tiers = self.env["expo.tier"].with_context(active_test=False).search([]).ids
        ordered = sorted(counts.items(), key=lambda item: (item[0][0] or "", tiers.index(item[0][1])))
        return [
            fields.Command.create({"kind": "letter", "lang": lang, "tier_id": tier_id, "count": count})
            for (lang, tier_id), count in ordered
        ]

    def _get_excluded_lines(self, counts, names):
        return [
            fields.Command.create(
                {
                    "kind": "excluded",
                    "exclude_reason": reason,
                    "count": count,
                    "names": ", ".join(name for why, name in names if why == reason),
                }
            )
            for reason, count in counts.most_common()
        ]

    def _get_followup_lines(self, counts):
        steps = self.exhibition_id.plan_id.template_ids.filtered(lambda step: step.id in counts)
        return [
            fields.Command.create(
                {
                    "kind": "followup",
                    "activity_type_id": step.activity_type_id.id,
                    "summary": step._expo_label(),
                    "count": counts[step.id],
                }
            )
            for step in steps
        ]

    def _open_dialog(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close %s", self.exhibition_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_confirm(self):
        """Close the show, and say what was sent and planned. A person may have been faster: then change nothing."""
        self.ensure_one()
        show = self.exhibition_id
        # In sudo: what is counted is what closing does, for the user who may close the show.
        rows = self.env["expo.followup"].sudo()
        of_show = [("exhibition_id", "=", show.id)]
        before, waiting = rows.search(of_show), self._get_waiting_letters()
        if show.state == "running" and (show.letter_paragraph or "") != (self.letter_paragraph or ""):
            show.letter_paragraph = self.letter_paragraph
        closed = show.close_show()
        params = {"next": {"type": "ir.actions.act_window_close"}}
        if closed:
            new = (rows.search(of_show) - before) | waiting
            new = new.filtered(lambda followup: followup.state in ("planned", "due", "excluded"))
            kinds = split_by_kind(new.read(COUNTED, load=None))
            orphans = show.sudo().participation_ids.filtered(lambda customer: not customer.user_id)
            params |= {
                "type": "success",
                "message": self.env._("%s has been closed.", show.name),
                "lists": self._get_lists(kinds, orphans),
                "seconds": SECONDS_SHOWN,
            }
        else:
            message = self.env._("%s is already closed. No letters were sent again.", show.name)
            params |= {"type": "warning", "message": message}
        return {"type": "ir.actions.client", "tag": "expo_followup_done", "params": params}

    def _get_lists(self, kinds, orphans):
        """Return name and action of each list of what closing made, with its number; empty ones are left out."""
        followups = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_followup_all")
        customers = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_participation_ownerless")
        lists = [
            (self.env._("Letters: %s", len(kinds["letter"])), followups, [row["id"] for row in kinds["letter"]]),
            (self.env._("Follow-ups: %s", len(kinds["followup"])), followups, [row["id"] for row in kinds["followup"]]),
            (
                self.env._("Without letter: %s", len(kinds["excluded"])),
                followups,
                [row["id"] for row in kinds["excluded"]],
            ),
            (self.env._("Without salesperson: %s", len(orphans)), customers, orphans.ids),
        ]
        return [
            {"name": name, "action": {**action, "domain": [("id", "in", ids)], "context": {}}}
            for name, action, ids in lists
            if ids
        ]

    def action_send_test_letter(self):
        """Send the user what customers would get: one letter in each language, of the first customer."""
        self.ensure_one()
        self.exhibition_id.check_access("write")
        # In sudo, as the preview itself.
        show = self.exhibition_id.sudo()
        steps = self.env["mail.activity.plan.template"].sudo()
        customers, seen = self.env["expo.participation"].sudo(), set()
        for values in self._get_planned(show.participation_ids._plan_followups(as_closed=True)):
            template = steps.browse(values["step_id"]).expo_letter_template_id
            if not values["auto_send"] or values["exclude_reason"] or not template:
                continue
            customer = customers.browse(values["participation_id"])
            [lang] = customer._group_by_language(template)
            if (template, lang) not in seen:
                seen.add((template, lang))
                customer._send_test_letter(template, paragraphs={customer.id: self.letter_paragraph})
        if not seen:
            raise UserError(
                self.env._(
                    "You cannot send a test letter because no customer of %s gets a letter. Add customers, or a "
                    "letter to the plan.",
                    self.exhibition_id.name,
                )
            )
        return show_test_letter_sent(self.env)

    def action_open_orphans(self):
        """List the customers without salesperson, to assign or distribute them before closing."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_participation_ownerless")
        context = {"default_exhibition_ids": self.exhibition_id.ids}
        return {**action, "domain": [("id", "in", self.orphan_ids.ids)], "context": context, "target": "current"}

    def action_open_captures(self):
        """List the contacts that are not entered yet, to enter them before closing."""
        return self.exhibition_id.action_open_captures()


class ExpoCloseShowLine(models.TransientModel):
    """One row of the preview: so many letters, exclusions or follow-ups of one kind."""

    _name = "expo.close.show.line"
    _description = "Exhibition Closing Preview Row"
    _inherit = ["expo.linked.records"]
    _order = "id"

    wizard_id = fields.Many2one("expo.close.show", required=True, ondelete="cascade")
    kind = fields.Selection([("letter", "Letter"), ("excluded", "Excluded"), ("followup", "Follow-up")], required=True)
    lang = fields.Selection(_lang_get, "Language")
    tier_id = fields.Many2one("expo.tier")
    exclude_reason = fields.Selection(
        lambda self: self.env["expo.followup"]._fields["exclude_reason"]._description_selection(self.env), "Reason"
    )
    names = fields.Char("Customers")
    activity_type_id = fields.Many2one("mail.activity.type", "Method")
    summary = fields.Char("Step")
    count = fields.Integer()
