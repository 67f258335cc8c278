import ast
import uuid
from contextlib import contextmanager

from lxml import etree, html
from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.addons.base.models.ir_qweb_fields import nl2br
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ...tools.mail_pictures import SIGNATURE_SIZE, fit_size

# What a letter says of one customer beside its prose; each is drawn by the view ``expo_followup.letter_<part>``.
LETTER_PARTS = (
    "salutation",
    "place",
    "contact",
    "products",
    "feedback",
    "attachments",
    "signature",
    "footer",
)
# So many products have a picture in a letter.
MOST_PICTURES = 4
PARAGRAPH = Markup('<div style="margin: 0 0 16px 0;">%s</div>')


class ExpoParticipationLetters(models.AbstractModel):
    """The letter to a customer: prose of a mail template, with parts that know the customer.

    The parts are fields and the template names them only (``t-out="object.letter_products"``), so that a manager
    may word a letter without being a technical template editor.
    """

    _name = "expo.participation.letters"
    _description = "Exhibition Customer: Letters"

    letter_salutation = fields.Html(compute="_compute_letter_parts", compute_sudo=True, sanitize=False)
    letter_place = fields.Html(
        compute="_compute_letter_parts", compute_sudo=True, sanitize=False, string="Exhibition in Letter"
    )
    letter_contact = fields.Html(
        compute="_compute_letter_parts", compute_sudo=True, sanitize=False, string="Contact in Letter"
    )
    letter_products = fields.Html(
        compute="_compute_letter_parts", compute_sudo=True, sanitize=False, string="Products in Letter"
    )
    letter_feedback = fields.Html(
        compute="_compute_letter_parts", compute_sudo=True, sanitize=False, string="Feedback Request in Letter"
    )
    letter_attachments = fields.Html(
        compute="_compute_letter_parts", compute_sudo=True, sanitize=False, string="Attachments in Letter"
    )
    letter_signature = fields.Html(compute="_compute_letter_parts", compute_sudo=True, sanitize=False)
    letter_footer = fields.Html(compute="_compute_letter_parts", compute_sudo=True, sanitize=False)

    suggestion_ids = fields.One2many("expo.suggestion", "participation_id", "Opinions")
    suggestion_count = fields.Integer("Number of Opinions", compute="_compute_suggestion_count")

    # What a greeting says of its occasion, beside the prose of its template.
    letter_occasion = fields.Char(compute="_compute_letter_greeting", compute_sudo=True, string="Occasion in Letter")
    letter_greeting = fields.Text(compute="_compute_letter_greeting", compute_sudo=True)

    @api.depends(
        "partner_id", "user_id", "captured_by_id", "product_ids", "exhibition_id", "feedback_url",
        "file_id.person_ids.address_form",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_letter_parts(self):
        """Draw all parts of all these letters in one pass, in the language of the context."""
        separator = f"<!--{uuid.uuid4()}-->"
        values = {
            "objects": self,
            "parts": [f"expo_followup.letter_{part}" for part in LETTER_PARTS],
            "separator": Markup(separator),
            "signatures": self._get_signatures(),
            "most_pictures": MOST_PICTURES,
            "addresses": self._get_our_addresses(),
        }
        drawn = self.env["ir.qweb"]._render("expo_followup.letter_parts", values, minimal_qcontext=True)
        pieces = iter(drawn.split(separator))
        for participation in self:
            for part in LETTER_PARTS:
                participation[f"letter_{part}"] = next(pieces).strip()

    def _get_letter_words(self):
        """Return the sentences of a letter that have names in them, in the language of the context."""
        show = self.exhibition_id
        # Records made by the system, or by a user who has left, name no person.
        met, owner = self.captured_by_id.filtered("active"), self.user_id.filtered("active")
        # In sudo: by which way a customer came is no secret. A user who imports a list did not meet the customer.
        channels = set(self.sudo().capture_ids.mapped("channel"))
        if channels == {"import"}:
            met = met.browse()
        files = show.letter_attachment_ids.sorted("id").mapped("name")
        hall = show.hall and self.env._("Hall %s", show.hall)
        stand = show.booth and self.env._("Booth %s", show.booth)
        return {
            # In sudo: each letter greets a person in the same way, also where the file is a colleague's.
            "salutation": self.partner_id._expo_get_salutation(self.sudo().file_id.person_ids),
            "place": " · ".join(filter(None, (show.name, show.city, hall, stand))),
            "contact": self._get_contact_words(met.name, owner.name),
            "enclosed": files and self.env._("Enclosed: %s", ", ".join(files)),
            "reason": self.env._("You are receiving this letter because we met at %s.", show.name),
        }

    def _get_contact_words(self, met, owner):
        """Say with whom the customer spoke and whom to contact."""
        if met and owner and met != owner:
            return self.env._(
                "You spoke with %(met)s. From now on, your contact at our company is %(owner)s.", met=met, owner=owner
            )
        if owner and met:
            return self.env._("You spoke with %s, who will remain your contact at our company.", owner)
        if owner:
            return self.env._("Your contact at our company is %s.", owner)
        return self.env._("You spoke with %s.", met) if met else ""

    def _get_our_addresses(self):
        """Return ``{company id: its address in one line}``."""
        addresses = {}
        for company in self.exhibition_id.company_id:
            lines = company.partner_id._display_address(without_company=True).splitlines()
            addresses[company.id] = ", ".join(line.strip() for line in lines if line.strip())
        return addresses

    def _get_signatures(self):
        """Return ``{show id: url, width, height}`` of the signatures, which all readers of the letter may fetch.

        Outlook shows a picture in the size that its attributes say.
        """
        pictures = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "expo.exhibition"),
                ("res_field", "=", "signature"),
                ("res_id", "in", self.exhibition_id.ids),
            ]
        )
        signatures = {}
        for picture, token in zip(pictures, pictures.generate_access_token(), strict=True):
            width, height = fit_size(picture.raw, SIGNATURE_SIZE)
            url = f"/web/image/{picture.id}?access_token={token}"
            signatures[picture.res_id] = {"url": url, "width": width, "height": height}
        return signatures

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
            *(f"object.letter_{part}" for part in (*LETTER_PARTS, "occasion", "greeting")),
        )

    # -- rendering

    @api.private
    def _render_letters(self, template, create_links=False, greetings=(), paragraphs=None):
        """Return the ``mail.mail`` values of each customer's letter, in the customer's language.

        The body is compiled once per language and rendered in one pass, with fewer queries and less work than
        a template rendered record by record (docs/performance).

        :param mail.template template: the letter
        :param bool create_links: give each customer a separate feedback form
        :param greetings: the greetings these letters are, one for each customer: they ask for nothing, and carry what
            their template does, not the brochures of the show
        :param dict paragraphs: personal paragraphs, by id of the customer
        :returns: ``{participation id: values}``
        :raises UserError: when the template cannot be rendered
        """
        if not self:
            return {}
        if create_links and not greetings:
            self._ensure_feedback_inputs()
        reply_to = self._notify_get_reply_to_batch(
            defaults={p.id: p._get_sender().email_formatted or "" for p in self},
        )
        values = {}
        for lang, customers in self._group_by_language(template).items():
            # Of a language of their own: what is computed for one is computed for all of them, and no others.
            customers = customers.with_context(lang=lang).with_prefetch()
            localized = template.with_context(lang=lang)
            with customers._telling_occasion(greetings):
                bodies = customers._render_bodies(localized, paragraphs)
                subjects = localized._render_field("subject", customers.ids)
            for customer in customers:
                values[customer.id] = {
                    **customer._get_letter_values(localized, with_brochures=not greetings),
                    "subject": subjects[customer.id],
                    "body": bodies[customer.id],
                    "body_html": bodies[customer.id],
                    "reply_to": reply_to[customer.id],
                }
        return values

    def _group_by_language(self, template=None):
        """Return ``{language code: customers}``; who has no language gets the company's.

        :param mail.template template: the letter; without one that of the texts around it
        """
        template = self.env["mail.template"] if template is None else template
        groups = {}
        by_wish = self.grouped(lambda p: p.partner_id.lang or p.company_id.partner_id.lang or self.env.lang)
        for wish, customers in by_wish.items():
            lang = template._expo_get_language(wish)
            groups[lang] = groups.get(lang, self.browse()) | customers
        return groups

    def _get_letter_values(self, template, with_brochures=True):
        """The parts of a letter beside subject and body."""
        sender = self._get_sender()
        brochures = self.exhibition_id.letter_attachment_ids if with_brochures else self.env["ir.attachment"]
        return {
            "model": self._name,
            "res_id": self.id,
            "record_name": self.display_name,
            "email_from": sender.email_formatted,
            "author_id": sender.id,
            "recipient_ids": [(4, self.partner_id.id)],
            "message_type": "email_outgoing",
            "attachment_ids": [(6, 0, (brochures | template.attachment_ids).ids)],
            "auto_delete": False,
            # RFC 8058: one click, by POST, in the customer's own mail program.
            "headers": repr(
                {
                    "Content-Language": template.env.lang.replace("_", "-"),
                    "List-Unsubscribe": f"<{self.unsubscribe_url}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                    "X-Auto-Response-Suppress": "OOF",
                }
            ),
        }

    def _get_thank_you_template(self):
        """Return the letter that the exhibition's plan sends automatically, else the shipped one.

        :raises UserError: when a company deleted the shipped letter and the plan has none
        """
        steps = self.exhibition_id.plan_id.template_ids.filtered("expo_auto_send")
        ours = self.env.ref("expo_followup.mail_template_thank_you", raise_if_not_found=False)
        if letter := steps.expo_letter_template_id[:1] or ours:
            return letter
        raise UserError(
            self.env._(
                "You cannot print this letter because the follow-up plan of %s has no letter. Choose a "
                "letter in a step that is sent automatically.",
                self.exhibition_id[:1].display_name,
            )
        )

    def _get_sender(self):
        """Return the partner a letter comes from: the customer's salesperson, else the show's, else the company."""
        show = self.exhibition_id
        candidates = (self.user_id.partner_id, show.user_id.partner_id)
        return next((p for p in candidates if email_normalize(p.email or "")), show.company_id.partner_id)

    @api.private
    def _render_bodies(self, template, paragraphs=None):
        """Render the body of a template for all these customers in one pass, in the template's language.

        :param dict paragraphs: plain texts, by id of the customer, to stand below the salutation
        :returns: ``{participation id: body}``, the same bytes as the core's rendering record by record
        :raises UserError: when it does not render, with the reason
        """
        separator = f"<!--{uuid.uuid4()}-->"
        context = template._render_eval_context()
        try:
            body = html.fragment_fromstring(str(template.body_html or ""), create_parent="div")
            root = self._wrap_in_loop(body, context)
            values = {
                **context,
                "expo_objects": self,
                "expo_separator": Markup(separator),
                "expo_initial": context,
            }
            # The template's author was trusted when it was saved; core renders templates the same way.
            rendered = self.env["ir.qweb"].sudo()._render(root, values)
        except Exception as error:
            raise UserError(
                self.env._(
                    "You cannot use the letter “%(template)s” because it contains an error. Correct the template: "
                    "%(reason)s",
                    template=template.name,
                    reason=str(error.__cause__ or error),
                )
            ) from error
        parts = rendered.split(separator)[:-1]
        replace_links = self.env["mail.render.mixin"]._replace_local_links
        bodies = {}
        for customer, part in zip(self, parts, strict=True):
            body = Markup(part.strip()[len("<div>") : -len("</div>")])
            if paragraph := (paragraphs or {}).get(customer.id):
                body = customer._insert_paragraph(body, paragraph)
            bodies[customer.id] = replace_links(body, customer.get_base_url())
        return bodies

    def _insert_paragraph(self, body, text):
        """Put a text below the salutation of a letter, at its beginning where it has none. It is text and nothing else.

        It comes into the finished letter: what looks like code of a template is shown as it was typed.
        """
        salutation = self.letter_salutation
        before, found, after = body.partition(salutation) if salutation else ("", "", body)
        if not found:
            before, after = Markup(), body
        # On lines of its own: the text part of the mail is made from the lines of the page.
        return before + found + "\n" + PARAGRAPH % nl2br(escape(text.strip())) + "\n" + after

    @api.private
    def _send_test_letter(self, template, **options):
        """Send this customer's letter to the current user, without the links that act for the customer.

        :param options: as of :meth:`_render_letters`
        :raises UserError: when the user has no address, or the letter cannot be made or sent
        """
        self.ensure_one()
        user = self.env.user
        if not email_normalize(user.email or ""):
            raise UserError(
                self.env._(
                    "You cannot get a test letter because your user has no e-mail address. Enter one in your "
                    "preferences."
                )
            )
        # In sudo: the letter draws on what the user need not read, and mails are the system's.
        customer = self.sudo()
        values = customer._render_letters(template.sudo(), **options)[self.id]
        body = str(values["body_html"])
        for link in filter(None, (customer.unsubscribe_url, customer.feedback_url)):
            body = body.replace(f'href="{escape(link)}"', 'href="#"')
        mail = customer.env["mail.mail"].create(
            {
                **values,
                "subject": self.env._("Test: %s", values["subject"]),
                "body": body,
                "body_html": body,
                "recipient_ids": False,
                "email_to": user.email_formatted,
                "reply_to": user.email_formatted,
                "headers": repr({"Content-Language": ast.literal_eval(values["headers"])["Content-Language"]}),
                "auto_delete": True,
            }
        )
        mail.send(raise_exception=True)

    @api.model
    def _wrap_in_loop(self, body, context):
        """Return the QWeb tree that draws ``body`` once per customer, each as if it were the first.

        QWeb keeps one set of variables for the whole loop: what ``t-set`` or an inner ``t-foreach`` leaves
        behind would show in the next customer's letter. So every turn sets them back first.
        """
        loop = etree.Element("t", {"t-foreach": "expo_objects", "t-as": "object"})
        for name in sorted(_variables(body) - {"object"}):
            initial = f"expo_initial.get({name!r})"
            etree.SubElement(loop, "t", {"t-set": name, "t-value": initial})
        loop.append(body)
        etree.SubElement(loop, "t", {"t-out": "expo_separator"})
        root = etree.Element("t")
        root.append(loop)
        return root

    # -- opinions

    def _compute_suggestion_count(self):
        counts = dict(
            self.env["expo.suggestion"]._read_group(
                [("participation_id", "in", self.ids)], ["participation_id"], ["__count"]
            )
        )
        for participation in self:
            participation.suggestion_count = counts.get(participation, 0)

    def action_open_suggestions(self):
        """Show what this customer thinks of us; a new one is filed under the customer's name."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_suggestion")
        person = self.file_id.person_ids.filtered(lambda row: row.partner_id == self.partner_id)
        return {
            **action,
            "domain": [("file_id", "=", self.file_id.id)],
            "context": {
                "default_file_id": self.file_id.id,
                "default_participation_id": self.id,
                "default_person_id": person[:1].id,
            },
        }

    # -- greetings

    @api.depends("followup_ids.occasion_key", "file_id.company_day_name")
    @api.depends_context("lang")
    def _compute_letter_greeting(self):
        """Name the latest occasion, as a template's preview does; a letter names its own."""
        self._fill_letter_greeting(self.followup_ids.filtered(lambda row: row.origin == "greeting").sorted("id"))

    def _fill_letter_greeting(self, greetings):
        """Name the occasions of these greetings, in the language of the context; of two of a customer the last."""
        by_customer = {greeting.participation_id.id: greeting for greeting in greetings}
        for participation in self:
            greeting = by_customer.get(participation.id)
            participation.letter_occasion = greeting._get_letter_occasion() if greeting else False
            participation.letter_greeting = greeting.festival_id.wishes if greeting else False

    @contextmanager
    def _telling_occasion(self, greetings):
        """Let the letters that are drawn meanwhile tell of these greetings.

        :param greetings: one follow-up for each customer; empty: the letters are no greetings
        """
        if not greetings:
            yield
            return
        names = ("letter_occasion", "letter_greeting")
        # In sudo, as the fields are computed. Protected fields take values without a write: nothing is stored.
        customers = self.sudo()
        with self.env.protecting([self._fields[name] for name in names], customers):
            customers._fill_letter_greeting(customers.env["expo.followup"].browse(greetings.ids))
        try:
            yield
        finally:
            self.invalidate_recordset(names, flush=False)

    def _cancel_greetings(self):
        """Whom we lost is congratulated no more; should they come back, the occasion can be greeted again."""
        # The greetings belong to the customer, not to the user who sends them.
        open_ones = self.sudo().followup_ids.filtered(
            lambda followup: followup.origin == "greeting" and followup.state in ("planned", "due")
        )
        unsent = open_ones.filtered(lambda followup: followup.mail_state in (False, "cancel"))
        unsent._apply_plan({"state": "cancelled", "occasion_key": False})

    def _get_greeter(self):
        """Return the sender of the greetings: the customer's salesperson."""
        return self._get_server()

    def _merge_greetings(self, others):
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
                self._drop_followup(row, twin)


def _variables(tree):
    """Return the names that a QWeb tree may leave behind when it is drawn.

    >>> sorted(_variables(etree.fromstring('<p><t t-set="a" t-value="1"/><t t-out="b"/></p>')))
    ['a']
    >>> {"line", "line_index"} <= _variables(etree.fromstring('<t t-foreach="x" t-as="line"/>'))
    True
    """
    names = {str(name) for name in tree.xpath("//@t-set")}
    suffixes = ("", "_value", "_index", "_first", "_last", "_odd", "_even", "_parity", "_size")
    return names | {f"{name}{suffix}" for name in tree.xpath("//@t-as") for suffix in suffixes}
