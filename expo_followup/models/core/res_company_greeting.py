from odoo import fields, models


class ResCompany(models.Model):
    """Whom the company congratulates, and how soon a letter is prepared (rules.md §4: long-term care)."""

    _inherit = "res.company"

    expo_greeting_scope = fields.Selection(
        [
            ("none", "Nobody"),
            ("key", "Key customers"),
            ("valued", "Key customers, classes A and B, who has ordered"),
            ("all", "Everybody we follow up"),
        ],
        "Congratulate",
        default="valued",
        required=True,
        help="Who gets letters for birthdays, company days and festivals, prepared for the owner to send.",
    )
    expo_greeting_days = fields.Integer(
        "Prepare Greetings (Days Ahead)", default=7, help="So long before its day a greeting is shown to the owner."
    )
    expo_suggestion_days = fields.Integer(
        "Answer Suggestions Within (Days)", default=14, help="A customer hears within so many days what was done."
    )

    _expo_greeting_days_range = models.Constraint(
        "CHECK(expo_greeting_days BETWEEN 0 AND 60)", "Greetings are prepared 0 to 60 days ahead."
    )
    _expo_suggestion_days_range = models.Constraint(
        "CHECK(expo_suggestion_days >= 0)", "Suggestions are answered within so many days: 0 or more."
    )
