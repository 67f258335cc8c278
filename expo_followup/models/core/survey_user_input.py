from odoo import fields, models


class SurveyUserInput(models.Model):
    _inherit = "survey.user_input"

    expo_participation_id = fields.Many2one(
        "expo.participation",
        "Exhibition Customer",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )

    def _mark_done(self):
        """A filled-in feedback form is an answer of the customer: his owner is told."""
        res = super()._mark_done()
        # The form is filled in by the customer, who has no rights on his entry.
        for participation in self.sudo().expo_participation_id:
            # The note is for our people, in their language rather than the customer's.
            owner = participation.user_id or participation.exhibition_id.user_id
            participation = participation.with_context(lang=owner.lang or self.env.company.partner_id.lang)
            participation._message_log(
                body=participation.env._("The customer filled in the feedback form."),
                author_id=participation.partner_id.id,
            )
            participation._note_reply()
        return res
