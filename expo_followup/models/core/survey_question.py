from odoo import fields, models

from ..customer.suggestion import ABOUT


class SurveyQuestion(models.Model):
    _inherit = "survey.question"

    expo_about = fields.Selection(
        ABOUT, "Opinion Topic", help="What customers write here is filed as an opinion to be answered."
    )
