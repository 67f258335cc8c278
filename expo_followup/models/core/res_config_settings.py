from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    expo_plan_id = fields.Many2one(related="company_id.expo_plan_id", readonly=False)
    expo_amber_days = fields.Integer(related="company_id.expo_amber_days", readonly=False)
    expo_red_days = fields.Integer(related="company_id.expo_red_days", readonly=False)
    expo_letter_hour = fields.Float(related="company_id.expo_letter_hour", readonly=False)
    expo_capture_at_once = fields.Boolean(related="company_id.expo_capture_at_once", readonly=False)
    expo_entry_days = fields.Integer(related="company_id.expo_entry_days", readonly=False)
    expo_keeper_id = fields.Many2one(related="company_id.expo_keeper_id", readonly=False)
    expo_list_export = fields.Boolean(related="company_id.expo_list_export", readonly=False)
    expo_list_export_sales = fields.Boolean(related="company_id.expo_list_export_sales", readonly=False)
    expo_retention_months = fields.Integer(related="company_id.expo_retention_months", readonly=False)
    expo_memory_days = fields.Char(related="company_id.expo_memory_days", readonly=False)
    expo_cadence_a_days = fields.Integer(related="company_id.expo_cadence_a_days", readonly=False)
    expo_cadence_b_days = fields.Integer(related="company_id.expo_cadence_b_days", readonly=False)
    expo_cadence_c_days = fields.Integer(related="company_id.expo_cadence_c_days", readonly=False)
    expo_touch_limit = fields.Integer(related="company_id.expo_touch_limit", readonly=False)
    expo_horizon_months = fields.Integer(related="company_id.expo_horizon_months", readonly=False)
    expo_file_review_months = fields.Integer(related="company_id.expo_file_review_months", readonly=False)
    expo_report_days = fields.Integer(related="company_id.expo_report_days", readonly=False)
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
