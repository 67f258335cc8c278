from odoo import api, fields, models


class ExpoParticipation(models.Model):
    """What a greeting says of its occasion, beside the prose of its template."""

    _inherit = "expo.participation"

    letter_occasion = fields.Char(compute="_compute_letter_greeting", compute_sudo=True)
    letter_greeting = fields.Text(compute="_compute_letter_greeting", compute_sudo=True)

    @api.depends("followup_ids.occasion_key", "file_id.company_day_name")
    @api.depends_context("lang", "expo_greeting_ids")
    def _compute_letter_greeting(self):
        """Name the occasion in the language of the letter; without one, as in a template's preview, the latest."""
        greetings = self._get_letter_greetings()
        for participation in self:
            greeting = greetings.get(participation.id)
            participation.letter_occasion = greeting._get_letter_occasion() if greeting else False
            participation.letter_greeting = greeting.festival_id.wishes if greeting else False

    def write(self, vals):
        """Whom we lost is congratulated no more; should he come back, the occasion can be greeted again."""
        res = super().write(vals)
        if vals.get("outcome") == "lost":
            # The greetings are the customer's, whoever is to send them.
            open_ones = self.sudo().followup_ids.filtered(
                lambda followup: followup.origin == "greeting" and followup.state in ("planned", "due")
            )
            unsent = open_ones.filtered(lambda followup: followup.mail_state in (False, "cancel"))
            unsent._apply_plan({"state": "cancelled", "occasion_key": False})
        return res

    def _get_letter_greetings(self):
        """Return ``{participation id: greeting}`` of the letters that are being made."""
        ids = self.env.context.get("expo_greeting_ids")
        if ids:
            greetings = self.env["expo.followup"].browse(ids)
        else:
            greetings = self.followup_ids.filtered(lambda followup: followup.origin == "greeting").sorted("id")
        return {greeting.participation_id.id: greeting for greeting in greetings}

    def _get_greeter(self):
        """Return who congratulates: whoever serves the customer."""
        return self._get_server()

    def _ensure_feedback_inputs(self):
        """A greeting asks for nothing."""
        return None if self.env.context.get("expo_greeting_ids") else super()._ensure_feedback_inputs()

    def _get_letter_values(self, template):
        """A greeting carries what its template does, not the brochures of the show."""
        values = super()._get_letter_values(template)
        if self.env.context.get("expo_greeting_ids"):
            values["attachment_ids"] = [(6, 0, template.attachment_ids.ids)]
        return values

    def _absorb(self, others):
        """Of two greetings for one occasion the one that was sent stays, else this entry's."""
        own = {row.occasion_key: row for row in self.followup_ids if row.occasion_key}
        for row in others.followup_ids.filtered("occasion_key"):
            twin = own.setdefault(row.occasion_key, row)
            if twin == row:
                continue
            if row.state == "done" and twin.state != "done":
                row, twin = twin, row
            if row.state == "done":
                row.occasion_key = False
            else:
                row._withdraw()
                row.unlink()
        return super()._absorb(others)

    @api.model
    def mail_allowed_qweb_expressions(self):
        """What a manager may use in a greeting."""
        return (*super().mail_allowed_qweb_expressions(), "object.letter_occasion", "object.letter_greeting")
