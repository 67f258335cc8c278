import uuid
from urllib.parse import urlencode

from lxml import etree, html
from markupsafe import Markup

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ..tools.response import response_state


class ExpoParticipation(models.Model):
    """Letters to the customer and what he answers."""

    _inherit = "expo.participation"

    first_response_on = fields.Datetime("First Answer On", readonly=True, copy=False)
    replied_on = fields.Datetime("Customer Replied On", readonly=True, copy=False)
    response_state = fields.Selection(
        [("waiting", "Waiting"), ("answered", "Answered"), ("amber", "Long waiting"), ("red", "Too long waiting")],
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

    @api.depends("feedback_input_ids.user_input_line_ids")
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
        for participation in self:
            email = participation.partner_id.email_normalized
            participation.contact_consent = "refused"
            if email and not participation.partner_id.is_blacklisted:
                self.env["mail.blacklist"]._add(
                    email, message=self.env._("Unsubscribed from the letters of %s.", participation.exhibition_id.name)
                )
            participation._message_log(body=self.env._("The customer unsubscribed from our letters."))

    # -- letters -----------------------------------------------------------------------------------------

    @api.private
    def _render_letters(self, template, create_links=False):
        """Return the ``mail.mail`` values of each customer's letter, in his language.

        The body is compiled once per language and rendered in one pass, which is several times faster than
        a template rendered record by record (docs/performance).

        :param mail.template template: the letter
        :param bool create_links: give each customer a feedback form of his own
        :returns: ``{participation id: values}``
        :raises UserError: when the template cannot be rendered
        """
        if create_links:
            self._ensure_feedback_inputs()
        reply_to = self._notify_get_reply_to_batch(
            defaults={p.id: p._get_sender().email_formatted or "" for p in self},
        )
        values = {}
        default_lang = self.env.company.partner_id.lang or self.env.lang
        for lang, customers in self.grouped(lambda p: p.partner_id.lang or default_lang).items():
            customers = customers.with_context(lang=lang)
            localized = template.with_context(lang=lang)
            bodies = customers._render_bodies(localized)
            subjects = localized._render_field("subject", customers.ids)
            for customer in customers:
                values[customer.id] = {
                    **customer._get_letter_values(localized),
                    "subject": subjects[customer.id],
                    "body": bodies[customer.id],
                    "body_html": bodies[customer.id],
                    "reply_to": reply_to[customer.id],
                }
        return values

    def _get_letter_values(self, template):
        """The parts of a letter beside subject and body."""
        return {
            "model": self._name,
            "res_id": self.id,
            "record_name": self.display_name,
            "email_from": self._get_sender().email_formatted,
            "author_id": self._get_sender().id,
            "recipient_ids": [(4, self.partner_id.id)],
            "message_type": "email_outgoing",
            "attachment_ids": [(6, 0, (self.exhibition_id.letter_attachment_ids | template.attachment_ids).ids)],
            "auto_delete": False,
            # RFC 8058: one click, by POST, in the customer's own mail program.
            "headers": repr(
                {
                    "List-Unsubscribe": f"<{self.unsubscribe_url}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                    "X-Auto-Response-Suppress": "OOF",
                }
            ),
        }

    def _get_sender(self):
        """Return the partner a letter comes from: the customer's owner, else the show's, else the company."""
        show = self.exhibition_id
        return (self.user_id or show.user_id).partner_id or show.company_id.partner_id

    def _render_bodies(self, template):
        """Render the body of a template for all these customers in one pass.

        :raises UserError: when it does not render, with the reason
        """
        separator = f"<!--{uuid.uuid4()}-->"
        loop = etree.Element("t", {"t-foreach": "objects", "t-as": "object"})
        try:
            loop.append(html.fragment_fromstring(str(template.body_html or ""), create_parent="div"))
            etree.SubElement(loop, "t", {"t-out": "separator"})
            root = etree.Element("t")
            root.append(loop)
            values = {**template._render_eval_context(), "objects": self, "separator": Markup(separator)}
            # The template's author was trusted when it was saved; core renders templates the same way.
            rendered = self.env["ir.qweb"].sudo()._render(root, values)
        except Exception as error:
            raise UserError(self.env._("“%(template)s” does not render: %(reason)s",
                                       template=template.name, reason=str(error.__cause__ or error))) from error  # fmt: skip
        parts = rendered.split(separator)[:-1]
        replace_links = self.env["mail.render.mixin"]._replace_local_links
        return {
            customer.id: replace_links(part.strip()[len("<div>") : -len("</div>")], customer.get_base_url())
            for customer, part in zip(self, parts, strict=True)
        }

    def _ensure_feedback_inputs(self):
        """Give each customer a feedback form of his own, once."""
        # Surveys are not for salespeople; what the customer answers comes back to his entry only.
        missing = self.sudo().filtered(lambda p: p.exhibition_id.survey_id and not p.feedback_input_ids)
        self.env["survey.user_input"].sudo().create(
            [
                {
                    "survey_id": participation.exhibition_id.survey_id.id,
                    "partner_id": participation.partner_id.id,
                    "email": participation.partner_id.email,
                    "nickname": participation.partner_id.name,
                    "expo_participation_id": participation.id,
                }
                for participation in missing
            ]
        )

    @api.model
    def mail_allowed_qweb_expressions(self):
        """What a manager may use in a letter without being a technical template editor."""
        return (
            *super().mail_allowed_qweb_expressions(),
            "object.exhibition_id.name",
            "object.exhibition_id.city",
            "object.exhibition_id.hall",
            "object.exhibition_id.booth",
            "object.exhibition_id.company_id.name",
            "object.exhibition_id.signatory_id.name",
            "object.exhibition_id.signatory_id.function",
            "object.feedback_url",
            "object.unsubscribe_url",
            "object.user_id.phone",
            "object.user_id.email",
        )

    # -- answers -----------------------------------------------------------------------------------------

    def message_update(self, msg_dict, update_vals=None):
        """A reply of the customer stops the waiting and reaches the owner."""
        res = super().message_update(msg_dict, update_vals)
        author = msg_dict.get("author_id")
        for participation in self:
            sender = tools.email_normalize(msg_dict.get("email_from") or "")
            ours = self.env["res.users"].sudo().search_count([("partner_id", "=", author), ("share", "=", False)])
            if sender and not (author and ours) and not msg_dict.get("is_bounce"):
                participation._note_reply()
        return res

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
                user_id=(participation.user_id or participation.exhibition_id.user_id or self.env.user).id,
            )

    @api.private
    def _update_response_state(self):
        """Bring the state of the waiting up to date."""
        by_state = {}
        for participation in self:
            company = participation.company_id
            show = participation.exhibition_id
            since = max(participation.assigned_on or show.date_end, show.date_end)
            state = response_state(
                since if show.state == "followup" else None,
                show._today(),
                bool(participation.first_response_on or participation.replied_on),
                company.expo_amber_days,
                company.expo_red_days,
            )
            if state != participation.response_state:
                by_state.setdefault(state, []).append(participation.id)
        for state, ids in by_state.items():
            # Derived, and read-only to users.
            self.sudo().browse(ids).response_state = state

    @api.model
    def _cron_escalate(self):
        """Show whom we let wait too long."""
        waiting = self.search(
            [
                ("exhibition_id.state", "=", "followup"),
                ("response_state", "in", ("waiting", "amber")),
                ("outcome", "=", "open"),
            ],
            order="id",
        )
        for ids in tools.split_every(1000, waiting.ids):
            self.browse(ids)._update_response_state()
            if not self.env["ir.cron"]._commit_progress(len(ids)):
                break
