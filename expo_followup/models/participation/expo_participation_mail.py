from urllib.parse import urlencode

from odoo import api, fields, models, tools


class ExpoParticipation(models.Model):
    """The customer's links in a letter, what he answers, and how long he waits for us."""

    _inherit = "expo.participation"

    first_response_on = fields.Datetime("First Answer On", readonly=True, copy=False)
    replied_on = fields.Datetime("Customer Replied On", readonly=True, copy=False)
    response_state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("answered", "Answered"),
            ("amber", "Waiting long"),
            ("red", "Waiting too long"),
        ],
        "Answer",
        default="waiting",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    feedback_input_ids = fields.One2many(
        "survey.user_input", "expo_participation_id", "Feedback Forms", groups="survey.group_survey_user"
    )
    feedback_state = fields.Selection(
        [("none", "Not asked"), ("asked", "Asked"), ("answered", "Answered")],
        "Feedback",
        compute="_compute_feedback_state",
        store=True,
        compute_sudo=True,
    )
    feedback_answers = fields.Html(compute="_compute_feedback_answers", compute_sudo=True, sanitize=False)
    feedback_url = fields.Char(compute="_compute_letter_links", compute_sudo=True)
    unsubscribe_url = fields.Char(compute="_compute_letter_links", compute_sudo=True)

    @api.depends("feedback_input_ids.state")
    def _compute_feedback_state(self):
        for participation in self:
            states = participation.feedback_input_ids.mapped("state")
            participation.feedback_state = "answered" if "done" in states else "asked" if states else "none"

    @api.depends("feedback_input_ids.state", "feedback_input_ids.user_input_line_ids")
    def _compute_feedback_answers(self):
        """Show what the customer answered; salespeople have no access to surveys, only to this."""
        for participation in self:
            done = participation.feedback_input_ids.filtered(lambda answer: answer.state == "done")
            participation.feedback_answers = (
                self.env["ir.qweb"]._render("expo_followup.feedback_answers", {"inputs": done}) if done else False
            )

    @api.depends("exhibition_id.survey_id", "feedback_input_ids")
    def _compute_letter_links(self):
        """The customer's own links: his feedback form, and the page to unsubscribe."""
        # All at once: a part of a recordset fetches for itself alone.
        self.feedback_input_ids.fetch(["survey_id", "access_token"])
        for participation in self:
            base = participation.get_base_url()
            answer = participation.feedback_input_ids[:1]
            survey = participation.exhibition_id.survey_id
            path = answer.get_start_url() if answer else survey and survey.get_start_url()
            participation.feedback_url = f"{base}{path}" if path else False
            token = participation._get_unsubscribe_token() if participation.id else ""
            query = urlencode({"token": token})
            participation.unsubscribe_url = f"{base}/expo/unsubscribe/{participation.id or 0}?{query}"

    def _get_unsubscribe_token(self):
        """Return the secret that lets the bearer of a letter, and nobody else, unsubscribe this customer."""
        self.ensure_one()
        return tools.hmac(self.env(su=True), "expo_followup.unsubscribe", str(self._origin.id))

    @api.private
    def _unsubscribe(self):
        """No more letters to this customer: on the blacklist, letters in the queue withdrawn. Harmless twice."""
        listed = self._get_blacklisted()
        for participation in self:
            email = participation.partner_id.email_normalized
            if participation.contact_consent == "refused" and (not email or email in listed):
                continue
            # What is noted is for our people, in their language rather than the customer's.
            lang = (participation.user_id or participation.exhibition_id.user_id).lang
            participation = participation.with_context(lang=lang or self.env.company.partner_id.lang)
            participation.contact_consent = "refused"
            if email:
                reason = participation.env._("Unsubscribed from the letters of %s.", participation.exhibition_id.name)
                participation.env["mail.blacklist"]._add(email, message=reason)
            participation._message_log(
                body=participation.env._("The customer unsubscribed from our letters."),
                author_id=participation.partner_id.id,
            )

    @api.private
    def _ensure_feedback_inputs(self):
        """Give each customer a feedback form of his own, once, in his language."""
        # Surveys are not for salespeople; what the customer answers comes back to his entry only.
        missing = self.sudo().filtered(lambda p: p.exhibition_id.survey_id and not p.feedback_input_ids)
        self.env["survey.user_input"].sudo().with_context(tracking_disable=True).create(
            [p._get_feedback_values() for p in missing]
        )

    def _get_feedback_values(self):
        """The values of a customer's feedback form."""
        survey, partner = self.exhibition_id.survey_id, self.partner_id
        # The form opens in his language when it has been translated, else as the survey decides.
        speaks = partner.lang in survey._get_supported_lang_codes()
        return {
            "survey_id": survey.id,
            "partner_id": partner.id,
            "email": partner.email,
            "nickname": partner.name,
            "lang_id": self.env["res.lang"]._lang_get(partner.lang).id if speaks else False,
            "expo_participation_id": self.id,
        }

    # -- answers -----------------------------------------------------------------------------------------

    @api.private
    def _note_mail(self, author_id, email_from):
        """A mail came in on this customer: his own stops the waiting, our people's does not.

        :param int author_id: partner who wrote it, when known
        :param str email_from: the address it came from
        """
        # Mail comes in as a user without rights on users.
        ours = author_id and self.env["res.users"].sudo().search_count(
            [("partner_id", "=", author_id), ("share", "=", False)], limit=1
        )
        if tools.email_normalize(email_from or "") and not ours:
            for participation in self:
                participation._note_reply()

    def _note_reply(self):
        """The customer wrote: remember when, and remind the owner to answer."""
        self.ensure_one()
        # Mail comes in as a user without rights on customers.
        participation = self.sudo()
        participation.replied_on = fields.Datetime.now()
        participation._update_response_state()
        kind = "expo_followup.activity_answer"
        if not participation.activity_search([kind]):
            participation.activity_schedule(
                kind,
                date_deadline=participation.exhibition_id._today(),
                user_id=(participation._get_server() or self.env.user).id,
            )
