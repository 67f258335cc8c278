from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ...tools.clock import add_working_days

# What the letters show of a complaint: each a field letter_<part>, in the language of the context.
PARTS = ("salutation", "facts", "photos", "finding", "offer", "reason", "link", "signature")
# The days that the letters give: each a field letter_<day>_day.
DAYS = ("answer", "photos", "review", "reply")
PARAGRAPH = Markup('<div style="margin: 0 0 16px 0;">%s</div>')
# A rule at the left, in the long form: the short one is no style that mails may have.
QUOTE = Markup(
    '<div style="margin: 0 0 16px 0;">%s<div style="margin: 8px 0 0 0; padding: 0 0 0 12px;'
    " border-left-width: 3px; border-left-style: solid; border-left-color: #c9d6e2;"
    ' white-space: pre-line;">%s</div></div>'
)


class ExpoComplaint(models.Model):
    """What the letters say of a complaint, in the customer's language; drawn when a letter is."""

    _inherit = "expo.complaint"

    letter_lang = fields.Char(compute="_compute_letter_lang")
    letter_from = fields.Char(compute="_compute_letter_from", compute_sudo=True)
    letter_salutation = fields.Html(compute="_compute_letter_parts", compute_sudo=True, sanitize=False)
    letter_facts = fields.Html(compute="_compute_letter_parts", compute_sudo=True, sanitize=False)
    letter_photos = fields.Html(compute="_compute_letter_parts", compute_sudo=True, sanitize=False)
    letter_finding = fields.Html(compute="_compute_letter_parts", compute_sudo=True, sanitize=False)
    letter_offer = fields.Html(compute="_compute_letter_parts", compute_sudo=True, sanitize=False)
    letter_reason = fields.Html(compute="_compute_letter_parts", compute_sudo=True, sanitize=False)
    letter_link = fields.Html(compute="_compute_letter_parts", compute_sudo=True, sanitize=False)
    letter_signature = fields.Html(compute="_compute_letter_parts", compute_sudo=True, sanitize=False)
    letter_answer_day = fields.Char(compute="_compute_letter_days", compute_sudo=True)
    letter_photos_day = fields.Char(compute="_compute_letter_days", compute_sudo=True)
    letter_review_day = fields.Char(compute="_compute_letter_days", compute_sudo=True)
    letter_reply_day = fields.Char(compute="_compute_letter_days", compute_sudo=True)

    @api.depends("partner_id.lang", "company_id")
    def _compute_letter_lang(self):
        for complaint in self:
            complaint.letter_lang = complaint._get_language()

    @api.depends("user_id", "company_id")
    @api.depends_context("uid")
    def _compute_letter_from(self):
        """The owner writes; where there is none the company does, or whoever sends the letter."""
        for complaint in self:
            people = (complaint.user_id.filtered("active"), complaint.company_id, self.env.user)
            complaint.letter_from = next((one.email_formatted for one in people if one.email), False)

    @api.depends("partner_id", "facts", "restated_on", "decision", "decision_reason", "user_id", "company_id")
    @api.depends_context("lang")
    def _compute_letter_parts(self):
        for complaint in self:
            for part in PARTS:
                complaint[f"letter_{part}"] = getattr(complaint, f"_get_letter_{part}")()

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_letter_days(self):
        for complaint in self:
            for name in DAYS:
                complaint[f"letter_{name}_day"] = complaint._show_day(complaint._get_letter_day(name))

    def _get_letter_day(self, name):
        """Return the day that letters give for something; other files know better where it was agreed.

        :param str name: one of :data:`DAYS`
        """
        company = self.company_id or self.env.company
        days = {
            "answer": company.expo_complaint_answer_days,
            "photos": company.expo_complaint_photo_days,
            "review": company.expo_complaint_review_days,
            "reply": company.expo_complaint_reply_days,
        }[name]
        return add_working_days(company._expo_today(), days, company._expo_calendar().is_working)

    def _show_day(self, day):
        """Return a day in full words: 03/05 is another day on the other side of an ocean."""
        return format_date(self.env, day, date_format="long")

    @api.model
    def _draw_paragraph(self, text):
        return PARAGRAPH % text

    # -- the parts ---------------------------------------------------------------------------------------

    def _get_letter_salutation(self):
        person = self.partner_id
        is_person = person.name and not person.is_company
        return PARAGRAPH % (self.env._("Dear %s,", person.name) if is_person else self.env._("Dear Sir or Madam,"))

    def _get_letter_facts(self):
        """Restate what happened, as long as it has not been restated."""
        if not (self.facts or "").strip() or self._get_gate_facts()["restated"]:
            return False
        words = self.env._("This is how we understand what happened. Please tell us if it was otherwise:")
        return QUOTE % (words, self.facts.strip())

    def _get_letter_photos(self):
        """Ask for photos along with the acknowledgement, where they will be needed."""
        if "photos" not in self._get_letter_needs():
            return False
        return PARAGRAPH % self.env._(
            "So that we can judge it quickly, please send us photos of the packing and of the fault by %s.",
            self.letter_photos_day,
        )

    def _get_letter_finding(self):
        words = {
            "justified": self.env._("We have looked into it carefully, and you are right."),
            "partly": self.env._("We have looked into it carefully, and you are right in part."),
        }.get(self.decision)
        if words and self.decision == "partly" and (self.decision_reason or "").strip():
            return QUOTE % (words, self.decision_reason.strip())
        return PARAGRAPH % words if words else False

    def _get_letter_offer(self):
        """List what we offer, or have carried out."""
        rows = self._get_offer_words()
        if not rows:
            return False
        items = Markup().join(Markup("<li>%s</li>") % row for row in rows)
        return Markup('<ul style="margin: 0 0 16px 0; padding: 0 0 0 20px;">%s</ul>') % items

    def _get_offer_words(self):
        """Return what we offer, a line each, in the language of the context: what is approved, never what waits."""
        promised = self.remedy_ids.filtered(lambda remedy: remedy.state in ("approved", "done"))
        return [remedy._get_words() for remedy in promised]

    def _get_letter_reason(self):
        if not (self.decision_reason or "").strip():
            return False
        return QUOTE % (self.env._("For these reasons we cannot accept the complaint:"), self.decision_reason.strip())

    def _get_letter_link(self):
        """Lead the customer to the page of his complaint, where he adds photos and answers."""
        if not self.id:
            return False
        link = Markup('<a href="%s" style="color: #1f5c8c;">%s</a>') % (
            f"{self.get_base_url()}{self.get_portal_url()}",
            self.env._("See your complaint, answer, or add photos"),
        )
        return PARAGRAPH % link

    def _get_letter_signature(self):
        lines = [self.user_id.filtered("active").name, (self.company_id or self.env.company).name]
        return Markup("<br/>").join(filter(None, lines))

    @api.model
    def mail_allowed_qweb_expressions(self):
        """What a manager may use in these letters without being a technical template editor."""
        return (
            *super().mail_allowed_qweb_expressions(),
            "object.subject",
            "object.company_id.name",
            "object.letter_lang",
            "object.letter_from",
            *(f"object.letter_{part}" for part in PARTS),
            *(f"object.letter_{name}_day" for name in DAYS),
        )
