from odoo import fields, models


class SurveyUserInput(models.Model):
    _name = "survey.user_input"
    _inherit = ["survey.user_input", "expo.linked.records"]

    expo_participation_id = fields.Many2one(
        "expo.participation",
        "Exhibition Customer",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )

    def _mark_done(self):
        """A filled-in feedback form is an answer of the customer, and its free texts are opinions in the file."""
        res = super()._mark_done()
        # In sudo: the form is filled in by the customer, who has no rights on entry and file.
        for participation in self.sudo().expo_participation_id:
            # The note is for our people, in their language rather than the customer's.
            owner = participation.user_id or participation.exhibition_id.user_id
            participation = participation.with_context(lang=owner.lang or self.env.company.partner_id.lang)
            participation._message_log(
                body=participation.env._("The customer filled in the feedback form."),
                author_id=participation.partner_id.id,
            )
            participation._note_reply()
        self.sudo().filtered("expo_participation_id")._file_opinions()
        return res

    def _file_opinions(self):
        """File the free answers of these forms; one that is filed already is not filed again."""
        values = []
        for answers in self:
            entry = answers.expo_participation_id
            person = entry.file_id.person_ids.filtered(lambda row, contact=entry.partner_id: row.partner_id == contact)
            known = set(entry.file_id.suggestion_ids.filtered(lambda row: row.source == "feedback").mapped("text"))
            for line in answers.user_input_line_ids.filtered("question_id.expo_about"):
                text = (line.value_text_box or line.value_char_box or "").strip()
                if text and text not in known and entry.file_id:
                    values.append(
                        {
                            "file_id": entry.file_id.id,
                            "person_id": person[:1].id,
                            "participation_id": entry.id,
                            "source": "feedback",
                            "about": line.question_id.expo_about,
                            "text": text,
                            "noted_on": entry.exhibition_id._today(),
                            "noted_by_id": False,
                        }
                    )
        self.env["expo.suggestion"].create(values)
