from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    expo_plan_id = fields.Many2one(related="company_id.expo_plan_id", readonly=False)
    expo_amber_days = fields.Integer(related="company_id.expo_amber_days", readonly=False)
    expo_red_days = fields.Integer(related="company_id.expo_red_days", readonly=False)
    expo_letter_hour = fields.Float(related="company_id.expo_letter_hour", readonly=False)
    expo_letters_per_hour = fields.Integer(related="company_id.expo_letters_per_hour", readonly=False)
    expo_capture_at_once = fields.Boolean(related="company_id.expo_capture_at_once", readonly=False)
    expo_capture_review_first = fields.Boolean(related="company_id.expo_capture_review_first", readonly=False)
    expo_marketing_user_id = fields.Many2one(related="company_id.expo_marketing_user_id", readonly=False)
    expo_entry_days = fields.Integer(related="company_id.expo_entry_days", readonly=False)
    expo_keeper_id = fields.Many2one(related="company_id.expo_keeper_id", readonly=False)
    expo_list_export = fields.Boolean(related="company_id.expo_list_export", readonly=False)
    expo_list_export_sales = fields.Boolean(related="company_id.expo_list_export_sales", readonly=False)
    expo_retention_months = fields.Integer(related="company_id.expo_retention_months", readonly=False)
    expo_calendar_id = fields.Many2one(
        related="company_id.resource_calendar_id", readonly=False, string="Working Schedule"
    )
    expo_holiday_year = fields.Selection(
        "_get_holiday_years",
        "Year of Public Holidays",
        default=lambda self: self._default_holiday_year(),
        help="Year whose public holidays are added to the working schedule.",
    )
    expo_holiday_warning = fields.Char("Missing Public Holidays", compute="_compute_expo_holiday_warning")
    expo_memory_days = fields.Char(related="company_id.expo_memory_days", readonly=False)
    expo_cadence_a_days = fields.Integer(related="company_id.expo_cadence_a_days", readonly=False)
    expo_cadence_b_days = fields.Integer(related="company_id.expo_cadence_b_days", readonly=False)
    expo_cadence_c_days = fields.Integer(related="company_id.expo_cadence_c_days", readonly=False)
    expo_cadence_started = fields.Boolean(related="company_id.expo_cadence_started", readonly=False)
    expo_daily_limit = fields.Integer(related="company_id.expo_daily_limit", readonly=False)
    expo_touch_limit = fields.Integer(related="company_id.expo_touch_limit", readonly=False)
    expo_horizon_months = fields.Integer(related="company_id.expo_horizon_months", readonly=False)
    expo_file_review_months = fields.Integer(related="company_id.expo_file_review_months", readonly=False)
    expo_report_days = fields.Integer(related="company_id.expo_report_days", readonly=False)
    expo_report_tier_ids = fields.Many2many(related="company_id.expo_report_tier_ids", readonly=False)
    expo_greeting_scope = fields.Selection(related="company_id.expo_greeting_scope", readonly=False)
    expo_greeting_days = fields.Integer(related="company_id.expo_greeting_days", readonly=False)
    expo_suggestion_days = fields.Integer(related="company_id.expo_suggestion_days", readonly=False)
    expo_minutes_days = fields.Integer(related="company_id.expo_minutes_days", readonly=False)
    expo_abc_months = fields.Integer(related="company_id.expo_abc_months", readonly=False)
    expo_abc_a_percent = fields.Integer(related="company_id.expo_abc_a_percent", readonly=False)
    expo_abc_b_percent = fields.Integer(related="company_id.expo_abc_b_percent", readonly=False)
    expo_decline_percent = fields.Integer(related="company_id.expo_decline_percent", readonly=False)
    expo_complaint_gate_acknowledged = fields.Boolean(
        related="company_id.expo_complaint_gate_acknowledged", readonly=False
    )
    expo_complaint_gate_facts = fields.Boolean(related="company_id.expo_complaint_gate_facts", readonly=False)
    expo_complaint_gate_photos = fields.Boolean(related="company_id.expo_complaint_gate_photos", readonly=False)
    expo_complaint_gate_assessment = fields.Boolean(related="company_id.expo_complaint_gate_assessment", readonly=False)
    expo_complaint_gate_departments = fields.Boolean(
        related="company_id.expo_complaint_gate_departments", readonly=False
    )
    expo_complaint_gate_demand = fields.Boolean(related="company_id.expo_complaint_gate_demand", readonly=False)
    expo_complaint_gate_acceptance = fields.Boolean(related="company_id.expo_complaint_gate_acceptance", readonly=False)
    expo_complaint_gate_documents = fields.Boolean(related="company_id.expo_complaint_gate_documents", readonly=False)
    expo_complaint_gate_feedback = fields.Boolean(related="company_id.expo_complaint_gate_feedback", readonly=False)
    expo_complaint_reopen_days = fields.Integer(related="company_id.expo_complaint_reopen_days", readonly=False)
    expo_complaint_answer_days = fields.Integer(related="company_id.expo_complaint_answer_days", readonly=False)
    expo_complaint_photo_days = fields.Integer(related="company_id.expo_complaint_photo_days", readonly=False)
    expo_complaint_review_days = fields.Integer(related="company_id.expo_complaint_review_days", readonly=False)
    expo_complaint_reply_days = fields.Integer(related="company_id.expo_complaint_reply_days", readonly=False)
    expo_complaint_auto_acknowledge = fields.Boolean(
        related="company_id.expo_complaint_auto_acknowledge", readonly=False
    )
    expo_complaint_mail_days = fields.Integer(related="company_id.expo_complaint_mail_days", readonly=False)
    expo_complaint_ask_days = fields.Integer(related="company_id.expo_complaint_ask_days", readonly=False)
    expo_complaint_hours_acknowledge = fields.Float(
        related="company_id.expo_complaint_hours_acknowledge", readonly=False
    )
    expo_complaint_hours_evaluate = fields.Float(related="company_id.expo_complaint_hours_evaluate", readonly=False)
    expo_complaint_hours_offer = fields.Float(related="company_id.expo_complaint_hours_offer", readonly=False)
    expo_complaint_hours_implement = fields.Float(related="company_id.expo_complaint_hours_implement", readonly=False)
    expo_complaint_serious_percent = fields.Integer(related="company_id.expo_complaint_serious_percent", readonly=False)
    expo_complaint_warn_percent = fields.Integer(related="company_id.expo_complaint_warn_percent", readonly=False)

    @api.model
    def _get_holiday_years(self):
        year = self.env.company._expo_today().year
        return [(str(one), str(one)) for one in range(year, year + 3)]

    @api.model
    def _default_holiday_year(self):
        """The first year without public holidays."""
        missing = self.env.company._expo_years_without_holidays()
        return str(missing[0]) if missing else self._get_holiday_years()[0][0]

    @api.depends("company_id")
    def _compute_expo_holiday_warning(self):
        for settings in self:
            settings.expo_holiday_warning = settings.company_id._expo_holiday_warning()

    def action_add_holidays(self):
        """Add the public holidays of a year to the company's working schedule."""
        self.ensure_one()
        added = self.company_id._expo_add_holidays(int(self.expo_holiday_year))
        message = (
            self.env._("Public holidays and make-up working days added: %s.", added)
            if added
            else self.env._("The working schedule already has the public holidays of %s.", self.expo_holiday_year)
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
