from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

#: Kinds of facts: number in the row's id, label, model that is opened and whose rules decide who reads the row.
KINDS = {
    "show": (1, "Exhibition", "expo.participation"),
    "letter": (2, "Letter", "expo.followup"),
    "followup": (3, "Follow-up", "expo.followup"),
    "answer": (4, "Answer", "expo.participation"),
    "sample": (5, "Sample", "expo.sample"),
    "visit": (6, "Visit", "expo.visit"),
    "order": (7, "Order", "sale.order"),
    "invoice": (8, "Invoice", "account.move"),
    "complaint": (9, "Complaint", "expo.complaint"),
    "gift": (10, "Gift", "expo.gift"),
    "opinion": (11, "Opinion", "expo.suggestion"),
    "tier": (12, "Intent tier", "expo.participation"),
    "class": (13, "ABC class", "expo.abc.change"),
}
#: A row's id is that of its source, moved to make room for the kind.
KIND_ROOM = 16
#: What is known by the day alone.
WITHOUT_HOUR = ("sample", "invoice", "gift", "opinion", "class")
#: The sources by kind: id, moment in UTC, contact, our company, user, record opened.
SOURCES = {
    "show": """SELECT id, captured_on AS moment, partner_id, company_id, captured_by_id AS user_id, id AS res_id
                 FROM expo_participation WHERE captured_on IS NOT NULL""",
    "letter": """SELECT id, done_on, partner_id, company_id, user_id, id FROM expo_followup
                  WHERE state = 'done' AND is_letter""",
    "followup": """SELECT id, done_on, partner_id, company_id, user_id, id FROM expo_followup
                    WHERE state = 'done' AND is_letter IS NOT TRUE""",
    "answer": """SELECT message.id, message.date, entry.partner_id, entry.company_id, NULL::int, entry.id
                   FROM mail_message message
                   JOIN expo_participation entry ON entry.id = message.res_id
                  WHERE message.model = 'expo.participation' AND message.message_type = 'email'
                    AND NOT EXISTS (SELECT FROM res_users WHERE partner_id = message.author_id AND NOT share)""",
    "sample": "SELECT id, requested_on::timestamp, partner_id, company_id, user_id, id FROM expo_sample",
    "visit": """SELECT id, COALESCE(start, held_on + time '12:00'), partner_id, company_id, user_id, id FROM expo_visit
                 WHERE state != 'cancelled' AND COALESCE(start, held_on) IS NOT NULL""",
    "order": "SELECT id, date_order, partner_id, company_id, user_id, id FROM sale_order WHERE state = 'sale'",
    "invoice": """SELECT id, invoice_date::timestamp, partner_id, company_id, invoice_user_id, id FROM account_move
                   WHERE move_type IN ('out_invoice', 'out_refund') AND state = 'posted'""",
    "complaint": "SELECT id, received_at, partner_id, company_id, user_id, id FROM expo_complaint WHERE active",
    "gift": "SELECT id, given_on::timestamp, customer_id, company_id, given_by_id, id FROM expo_gift",
    "opinion": "SELECT id, noted_on::timestamp, customer_id, company_id, noted_by_id, id FROM expo_suggestion",
    "tier": """SELECT change.id, change.changed_on, entry.partner_id, change.company_id, change.user_id, entry.id
                 FROM expo_tier_change change JOIN expo_participation entry ON entry.id = change.participation_id
                WHERE change.tier_before_id IS NOT NULL""",
    "class": "SELECT id, changed_on::timestamp, partner_id, company_id, NULL::int, id FROM expo_abc_change",
}  # fmt: skip


class ExpoTimeline(models.Model):
    """All that happened with a customer as one list of facts, latest first.

    A view of the database: each row stands for a record of another model. It is read by users who may read that
    record, and says what the record says to them.
    """

    _name = "expo.timeline"
    _description = "Customer Timeline"
    _auto = False
    _order = "moment desc, id desc"
    _rec_name = "kind"

    kind = fields.Selection([(kind, label) for kind, (_number, label, _model) in KINDS.items()], readonly=True)
    moment = fields.Datetime("Date", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Customer Company", readonly=True)
    company_id = fields.Many2one("res.company", "Our Company", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    source_id = fields.Integer("Source Record", readonly=True)
    res_id = fields.Integer("Record", readonly=True)
    subject = fields.Char(compute="_compute_texts")
    detail = fields.Char("Details", compute="_compute_texts")

    @property
    def _table_query(self):
        self._flush_sources()
        parts = [
            SQL(
                """SELECT source.id::bigint * %s + %s AS id, source.id AS source_id, %s AS kind, source.moment,
                          source.partner_id, contact.commercial_partner_id, source.company_id, source.user_id,
                          source.res_id
                     FROM (%s) AS source(id, moment, partner_id, company_id, user_id, res_id)
                     JOIN res_partner contact ON contact.id = source.partner_id""",
                KIND_ROOM, KINDS[kind][0], kind, SQL(query),
            )
            for kind, query in SOURCES.items()
        ]  # fmt: skip
        return SQL(" UNION ALL ").join(parts)

    def _flush_sources(self):
        for model in ("expo.tier.change", "mail.message", "res.partner", *{one[2] for one in KINDS.values()}):
            self.env[model].flush_model()

    # -- Who may read a row: who may read the record behind it.

    @api.model
    def _get_readable(self):
        """Return the domain of the rows whose records the user may read."""
        readable = Domain.FALSE
        for model in dict.fromkeys(one[2] for one in KINDS.values()):
            records = self.env[model].with_context(active_test=False)
            kinds = [kind for kind, (_number, _label, name) in KINDS.items() if name == model]
            if records.has_access("read"):
                readable |= Domain("kind", "in", kinds) & Domain("res_id", "in", records._search([]))
        return readable

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._get_readable()
        return super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)

    def _filter_readable(self):
        """Return the rows whose records the user may read; a query per model whatever the number of all records."""
        readable = {}
        rows = self.sudo()
        for model in {KINDS[kind][2] for kind in rows.mapped("kind")}:
            records = self.env[model].with_context(active_test=False)
            ids = {row.res_id for row in rows if KINDS[row.kind][2] == model}
            readable[model] = set(records.search([("id", "in", list(ids))])._ids) if records.has_access("read") else ()
        return self.browse(row.id for row in rows if row.res_id in readable[KINDS[row.kind][2]])

    def _check_access(self, operation):
        refused = super()._check_access(operation)
        if refused or self.env.su or not self.ids:
            return refused
        strange = self - self._filter_readable()
        if strange:
            return strange, lambda: AccessError(
                self.env._("You cannot read this row because you have no access to its record. Ask a sales manager.")
            )
        return None

    # -- What it says.

    @api.depends("kind", "source_id")
    @api.depends_context("lang", "tz", "uid")
    def _compute_texts(self):
        for kind, rows in self.grouped("kind").items():
            # The records are read as the user: a row whose record may not be read is not there.
            model = {"answer": "mail.message", "tier": "expo.tier.change"}.get(kind) or KINDS[kind][2]
            sources = self.env[model].browse(rows.mapped("source_id"))
            if model == "mail.message":
                # Answers follow the exhibition customer, whom the user reads.
                sources = sources.sudo()
            describe = getattr(self, f"_describe_{kind}")
            for row, source in zip(rows, sources, strict=True):
                row.subject, details = describe(source)
                row.detail = " · ".join(" ".join(str(text).split()) for text in details if text)[:200]

    @api.readonly
    @api.model
    def get_facts(self, model, res_id, kind=False, limit=20):
        """Return the latest facts of a customer's company for the page that shows them.

        :param str model: ``res.partner`` or a model with a customer in ``partner_id``
        :param int res_id: id of the record that is shown
        :param kind: kind of the facts, all when empty
        :param int limit: how many facts at most
        :return: ``facts``, ``count`` of those of the kind, and ``kinds`` with their counts
        :rtype: dict
        :raises AccessError: when the user may not read the record
        """
        record = self.env[model].browse(res_id)
        record.check_access("read")
        customer = record if model == "res.partner" else record.partner_id
        company = record.company_id if model != "res.partner" else self.env["res.company"]
        domain = Domain("commercial_partner_id", "=", customer.commercial_partner_id.id)
        if company:
            domain &= Domain("company_id", "=", company.id)
        labels = dict(self._fields["kind"]._description_selection(self.env))
        # In sudo: which rows the user may read is asked of the records behind those of this customer alone.
        rows = self.sudo().search(domain).with_env(self.env)._filter_readable()
        counts = Counter(rows.mapped("kind"))
        facts = rows.filtered(lambda fact: not kind or fact.kind == kind)[:limit]
        people = facts.partner_id - customer.commercial_partner_id
        return {
            "count": counts[kind] if kind else len(rows),
            "kinds": [{"kind": one, "label": labels[one], "count": counts[one]} for one in KINDS if one in counts],
            "facts": [
                {
                    "id": fact.id,
                    "kind": fact.kind,
                    "label": labels[fact.kind],
                    "day": fields.Date.to_string(fact._get_day()),
                    "subject": fact.subject or "",
                    "detail": fact.detail or "",
                    "person": fact.partner_id.name if fact.partner_id in people else "",
                    "user": fact.user_id.name or "",
                }
                for fact in facts
            ],
        }

    def _get_day(self):
        """Return the day of the fact for the user; what has no hour has the same day everywhere."""
        if self.kind in WITHOUT_HOUR:
            return self.moment.date()
        return fields.Datetime.context_timestamp(self, self.moment).date()

    def _get_label(self, record, name):
        """Return the label of the value of a selection field, in the user's language."""
        value = record[name]
        return dict(record._fields[name]._description_selection(self.env)).get(value, "") if value else ""

    def _describe_show(self, entry):
        return entry.exhibition_id.display_name, (
            entry.tier_id.name,
            self._get_label(entry, "role"),
            entry.conversation,
        )

    def _describe_letter(self, followup):
        return followup.title, (self._get_label(followup, "mail_state"),)

    def _describe_followup(self, followup):
        return followup.title, (self._get_label(followup, "effect"), followup.content)

    def _describe_answer(self, message):
        return message.subject or self.env._("Answer"), (message.author_id.name or message.email_from, message.preview)

    def _describe_sample(self, sample):
        return sample.goods or sample.display_name, (self._get_label(sample, "state"), sample.judgement_text)

    def _describe_visit(self, visit):
        return visit.aim or visit.display_name, (self._get_label(visit, "state"), visit.agreed)

    def _describe_order(self, order):
        return order.name, (order.currency_id.format(order.amount_untaxed), order.client_order_ref)

    def _describe_invoice(self, move):
        return move.name, (move.currency_id.format(move.amount_untaxed_signed), self._get_label(move, "payment_state"))

    def _describe_complaint(self, complaint):
        return complaint.name, (complaint.subject, complaint.stage_id.name)

    def _describe_gift(self, gift):
        thanked = gift.thanked_on and self.env._("thanks received on %s", format_date(self.env, gift.thanked_on))
        return gift.name, (gift.occasion, gift.person_id.name, thanked)

    def _describe_opinion(self, opinion):
        return self._get_label(opinion, "about"), (opinion.text, self._get_label(opinion, "state"))

    def _describe_tier(self, change):
        return change.display_name, (change.reason,)

    def _describe_class(self, change):
        labels = (self._get_label(change, name) or "–" for name in ("class_before", "class_after"))
        label = dict(self._fields["kind"]._description_selection(self.env))["class"]
        return f"{label}: {' → '.join(labels)}", ()

    def action_open_record(self):
        """Open the record behind the row."""
        self.ensure_one()
        # A change of class has no page of its own: it is seen on the contact.
        model, res_id = (
            ("res.partner", self.partner_id.id) if self.kind == "class" else (KINDS[self.kind][2], self.res_id)
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "views": [(False, "form")],
        }
