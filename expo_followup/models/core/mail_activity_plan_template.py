from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.planning import ANCHORS, Step
from ...tools.windows import parse_weekdays
from .res_company import LONGEST_PERIOD


class MailActivityPlanTemplate(models.Model):
    """A step of a follow-up plan: whom it concerns, and in which window of days it falls.

    The first day of the window is core's delay after (or before) the anchor, the length is ours; both ends
    are included, so *1 day after, 7 days long* are the first to the seventh day after the anchor.
    """

    _inherit = "mail.activity.plan.template"

    responsible_type = fields.Selection(
        selection_add=[("expo_owner", "Salesperson of the customer")], ondelete={"expo_owner": "cascade"}
    )
    expo_title = fields.Char("Step", translate=True, help="Task to be done, in the language of the salesperson.")
    expo_tier_ids = fields.Many2many(
        "expo.tier",
        "expo_tier_plan_template_rel",
        "template_id",
        "tier_id",
        "Tiers",
        # Without its archived tiers a step would seem to concern everyone.
        context={"active_test": False},
        ondelete="restrict",
        help="Tiers of the customers who get the step; empty means all.",
    )
    expo_role = fields.Selection(
        [("exhibitor", "Exhibitors"), ("visitor", "Visitors")],
        "Role",
        help="Class of customers who get the step; empty means exhibitors and visitors.",
    )
    expo_payment = fields.Selection(
        [
            ("not_paid", "Not fully paid, or no order"),
            ("ordered", "Ordered"),
            ("unpaid", "Ordered, not fully paid"),
            ("paid", "Ordered and paid"),
        ],
        "Payment",
        help="Order and payment of the customers who get the step; empty means any. Steps for customers who ordered "
        "continue after the exhibition is completed.",
    )
    expo_or_ordered = fields.Boolean(
        "Or Ordered", help="The step is also for customers of other tiers who have ordered."
    )
    expo_reply = fields.Selection(
        [("answered", "Replied"), ("not_answered", "No reply yet")],
        "Reply",
        help="Reply of the customers who get the step, by e-mail or to a follow-up; empty means any.",
    )
    expo_since = fields.Date(
        "Not Before",
        default=fields.Date.context_today,
        help="The step is not planned for windows that ended before this day; empty means that all windows count.",
    )
    expo_anchor = fields.Selection(
        [
            ("show_begin", "First day of the exhibition"),
            ("show_end", "Last day of the exhibition"),
            ("captured", "Day the customer was met"),
            ("assigned", "Day the salesperson was assigned"),
            ("sample_agreed", "Day the sample was confirmed"),
            ("sample_received", "Day the sample was received"),
            ("ordered", "Day of the first order"),
            ("unpaid", "Day of the oldest unpaid order"),
            ("paid", "Day the payment was completed"),
            ("horizon", "Day the customer becomes dormant"),
            ("purchase_plan", "Planned purchase date"),
        ],
        "Reference Date",
        default="show_end",
    )
    expo_window_days = fields.Integer(
        "Window (Days)", default=7, help="Number of days in which the step may fall, first and last day included."
    )
    expo_weekdays = fields.Char(
        "Weekdays",
        help="Allowed weekdays as digits, where 1 is Monday; for example, 234 means Tuesday to "
        "Thursday. Empty means any working day.",
    )
    expo_repeat_days = fields.Integer(
        "Repeat Every (Days)",
        help="Days after which the step is repeated, until the goods are delivered or, for unpaid orders, until the "
        "payment; 0 means once.",
    )
    expo_alternative = fields.Char(
        "Alternative Group",
        help="Word shared by steps that replace each other: once one of them is done, the others are "
        "no longer planned.",
    )
    expo_letter_template_id = fields.Many2one(
        "mail.template",
        "Letter Template",
        domain="[('model', '=', 'expo.participation')]",
        ondelete="restrict",
        help="Template of the letter that this step sends.",
    )
    expo_message_text = fields.Text(
        "Step Message Text",
        translate=True,
        help="Text that messages of this step begin with; {salutation}, {customer}, {exhibition}, {salesperson} and "
        "{company} are filled in. Empty means the text of the tier.",
    )
    expo_auto_send = fields.Boolean(
        "Send Automatically",
        help="Send the letter automatically once the exhibition is closed; otherwise the salesperson sends it.",
    )

    @api.depends("expo_title")
    def _compute_summary(self):
        """Core's summary knows one language only: it follows ours for those who read it there."""
        res = super()._compute_summary()
        for step in self.filtered("expo_title"):
            step.summary = step.expo_title
        return res

    @api.constrains("expo_window_days", "expo_repeat_days", "delay_count", "delay_unit", "plan_id", "expo_weekdays")
    def _check_expo_window(self):
        """Refuse windows that end before they start, and weekdays that do not exist."""
        for step in self.filtered(lambda step: step.plan_id.res_model == "expo.participation"):
            if step.expo_window_days < 1:
                raise ValidationError(
                    self.env._(
                        "You cannot save step “%(step)s” because its window ends before it starts. Enter at "
                        "least one day.",
                        step=step._expo_label(),
                    )
                )
            if step.expo_repeat_days < 0:
                raise ValidationError(self.env._("The days in Repeat Every must be 0 (once) or more."))
            if max(step.expo_window_days, step.expo_repeat_days, abs(step._expo_offset_days())) > LONGEST_PERIOD:
                raise ValidationError(
                    self.env._(
                        "You cannot save step “%(step)s” because one of its numbers of days is above %(limit)s. "
                        "Enter a smaller number.",
                        step=step._expo_label(),
                        limit=LONGEST_PERIOD,
                    )
                )
            try:
                parse_weekdays(step.expo_weekdays)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "You cannot use “%(weekdays)s” as weekdays. Enter digits from 1 (Monday) to 7 (Sunday), "
                        "without repeating any.",
                        weekdays=step.expo_weekdays,
                    )
                ) from error

    @api.constrains("expo_auto_send", "expo_letter_template_id")
    def _check_expo_letter(self):
        for step in self:
            if step.expo_auto_send and not step.expo_letter_template_id:
                raise ValidationError(
                    self.env._("You cannot send this step automatically because it has no letter. Select a letter.")
                )

    @api.constrains("responsible_type", "plan_id")
    def _check_expo_owner(self):
        for step in self:
            if step.responsible_type == "expo_owner" and step.plan_id.res_model != "expo.participation":
                raise ValidationError(
                    self.env._(
                        "You cannot assign this step to the salesperson of the customer because its plan is "
                        "not for exhibition customers. Choose another assignment."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps._trigger_expo_sync()
        return steps

    def write(self, vals):
        res = super().write(vals)
        self._trigger_expo_sync()
        return res

    def _trigger_expo_sync(self):
        """A changed plan reaches the customers of open shows as soon as the scheduled action runs, which is now."""
        if any(step.plan_id.res_model == "expo.participation" for step in self):
            self.env["expo.participation"]._trigger_sync()

    def _determine_responsible(self, on_demand_responsible, applied_on_record):
        if self.responsible_type != "expo_owner":
            return super()._determine_responsible(on_demand_responsible, applied_on_record)
        return {"responsible": applied_on_record.user_id or self.env.user, "error": False, "warning": False}

    @api.private
    def _expo_steps(self):
        """Return the plan's steps as plain values for :mod:`..tools.planning`, in the plan's order."""
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        visit_id = to_id("expo_followup.activity_visit", raise_if_not_found=False)
        return [
            Step(
                id=step.id,
                tiers=frozenset(step.with_context(active_test=False).expo_tier_ids.ids),
                role=step.expo_role or "",
                payment=step.expo_payment or "",
                anchor=step.expo_anchor or ANCHORS[1],
                # Core counts weeks and months too: the distance in days is taken from a fixed date.
                offset_days=step._expo_offset_days(),
                window_days=step.expo_window_days,
                weekdays=parse_weekdays(step.expo_weekdays),
                repeat_days=step.expo_repeat_days,
                alternative=step.expo_alternative or "",
                is_letter=bool(step.expo_letter_template_id),
                is_visit=step.activity_type_id.id == visit_id,
                or_ordered=step.expo_or_ordered,
                reply=step.expo_reply or "",
                since=step.expo_since or None,
            )
            for step in self.sorted(lambda step: (step.sequence, step.id))
        ]

    @api.private
    def _expo_followup_values(self):
        """Return the values that every follow-up of this step has."""
        self.ensure_one()
        return {
            "activity_type_id": self.activity_type_id.id,
            "summary": self._expo_label(),
            "auto_send": self.expo_auto_send,
        }

    def _expo_label(self):
        """Return the step in the words and the language of the user."""
        self.ensure_one()
        return self.expo_title or self.summary or self.activity_type_id.name

    @api.ondelete(at_uninstall=False)
    def _unlink_call_off_followups(self):
        """A step that is deleted asks for nothing any more; what was done keeps its history."""
        # Follow-ups of colleagues' customers go with the step as well.
        followups = self.env["expo.followup"].sudo().search([("step_id", "in", self.ids)])
        live = followups.filtered(lambda followup: followup.state in ("planned", "due", "excluded"))
        live._apply_plan({"state": "cancelled"})

    def _expo_offset_days(self):
        """Days from the anchor to the first day of the window; negative when the step comes before it."""
        self.ensure_one()
        days = self.delay_count * {"days": 1, "weeks": 7, "months": 30}[self.delay_unit]
        return -days if self.delay_from == "before_plan_date" else days
