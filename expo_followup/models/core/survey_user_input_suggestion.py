from odoo import models


class SurveyUserInput(models.Model):
    """What a customer writes in the feedback form becomes an opinion that somebody answers."""

    _inherit = "survey.user_input"

    def _mark_done(self):
        res = super()._mark_done()
        # The form is filled in by the customer, who has no rights on his file.
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
