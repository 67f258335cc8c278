from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.cadence import MEETING

CADENCE_ORIGINS = ("memory", "cadence")
# How a title is compared in SQL, by the operator of a search; those that deny it follow from these.
LIKE = {
    "like": SQL("LIKE"),
    "ilike": SQL("ILIKE"),
    "=like": SQL("LIKE"),
    "=ilike": SQL("ILIKE"),
}


class ExpoFollowupTitle(models.AbstractModel):
    """What a follow-up is about, in the language of the reader.

    A step, the contact cadence and an occasion have names in each language; these are shown until a user gives the
    follow-up a subject of its own. What is stored as ``summary`` is that subject, else the name in the language of the
    salesperson. Which text a reader sees depends on the reader, so it is not stored: it is searched and grouped in SQL.
    """

    _name = "expo.followup.title"
    _description = "Follow-up: Title"

    title = fields.Char(
        "Subject",
        compute="_compute_title",
        inverse="_inverse_title",
        search="_search_title",
        compute_sudo=True,
        help="Subject entered by a user, otherwise the step or occasion in your language.",
    )
    has_own_title = fields.Boolean(
        "Custom Subject",
        readonly=True,
        copy=False,
        help="Set when a user has changed the subject of a planned follow-up.",
    )
    gap_days = fields.Integer(
        "Contact Interval (Days)",
        readonly=True,
        copy=False,
        help="Interval of the contact cadence in days; 0 means that the follow-up is not part of it.",
    )

    sample_ids = fields.One2many("expo.sample", "followup_id", "Samples")

    @api.depends(
        "summary", "has_own_title", "origin", "gap_days", "occasion_key", "step_id.expo_title", "step_id.summary",
        "festival_id.name", "greeted_person_id.name", "participation_id.file_id.company_day_name",
        "sample_ids.goods",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_title(self):
        for followup in self:
            generated = "" if followup.has_own_title else followup._get_generated_title()
            followup.title = generated or followup.summary

    def _inverse_title(self):
        for followup in self:
            followup.summary = followup.title

    def _get_generated_title(self):
        """Return what the plan calls it in the language of the context; empty for a user's own follow-up."""
        if self.step_id:
            return self.step_id._expo_label()
        if self.origin in CADENCE_ORIGINS and self.occasion_key != MEETING:
            return self._get_cadence_title(self.origin, self.gap_days) if self.gap_days else ""
        if self.festival_id:
            return self.festival_id.name
        match (self.occasion_key or "").partition(":")[0]:
            case "birthday" if self.greeted_person_id:
                return self._get_birthday_title(self.greeted_person_id.name)
            case "company":
                return self._get_company_day_title(self.participation_id.file_id)
            case "suggestion":
                return self.env._("Response to an opinion")
            case "meeting":
                return self._get_cadence_title("memory", 0)
            case "sample":
                return self._get_sample_title(self.sample_ids[:1].goods)
        return ""

    @api.model
    def _get_cadence_title(self, origin, gap):
        """Return the title of a follow-up of the contact cadence, in the language of the context."""
        if origin == "memory" and gap == 0:
            return self.env._("Contact on the day of the meeting")
        if origin == "memory" and gap == 1:
            return self.env._("Contact again on the next working day")
        if origin == "memory":
            return self.env._("Revisit: %s days after the last contact", gap)
        return self.env._("Keep in touch: every %s days", gap)

    @api.model
    def _get_birthday_title(self, name):
        return self.env._("Birthday of %s", name)

    @api.model
    def _get_company_day_title(self, file):
        return file.company_day_name or self.env._("Company anniversary")

    @api.model
    def _get_sample_title(self, goods):
        return self.env._("Sample feedback: %s", goods or self.env._("Sample"))

    def _get_generated_titles(self):
        """Return what the plan calls it in each language of the database."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        return {self.with_context(lang=lang)._get_generated_title() for lang in languages} - {"", False}

    def _note_own_titles(self):
        """Keep which of these a user has given a subject of its own; the plan's name in any language is none."""
        for followup in self.sudo():
            titles = followup._get_generated_titles()
            followup.has_own_title = bool(titles and followup.summary and followup.summary not in titles)

    def _translate_reminders(self):
        """Say what is to be done in the language of the reminded user; a user's own words stay."""
        for followup in self.filtered("activity_id.active"):
            activity, former = followup.activity_id, followup._get_generated_titles()
            title = followup.with_context(lang=activity.user_id.lang).title
            if activity.summary in former and title != activity.summary:
                activity.summary = title

    # -- searching and grouping

    @api.model
    def _search_title(self, operator, value):
        if operator == "in":
            values = tuple(text for text in value if text)
            has_empty = len(values) < len(value)

            def to_condition(title):
                found = SQL("%s IN %s", title, values) if values else SQL("FALSE")
                return SQL("(%s OR %s IS NULL)", found, title) if has_empty else found

        elif operator in LIKE and isinstance(value, str):
            pattern = value if operator.startswith("=") else f"%{value}%"
            unaccent = self.env.registry.unaccent if operator.endswith("ilike") else lambda text: text

            def to_condition(title):
                return SQL("%s %s %s", unaccent(title), LIKE[operator], unaccent(SQL("%s", pattern)))

        else:
            return NotImplemented

        def to_sql(model, alias, query):
            # A title that is empty does not have the text, so that what denies the search finds it.
            return SQL("COALESCE(%s, FALSE)", to_condition(model._title_to_sql(alias, query)))

        return Domain.custom(to_sql=to_sql)

    def _title_to_sql(self, alias, query):
        """Return the expression of the title in the language of the context, as :meth:`_compute_title` has it."""
        self._check_field_access(self._fields["title"], "read")
        for name in ("mail.activity.plan.template", "mail.activity.type", "expo.festival", "expo.customer.person"):
            self.env[name].flush_model()
        self.env["expo.participation"].flush_model(["file_id"])
        self.env["expo.customer.file"].flush_model(["company_day_name"])
        self.env["expo.sample"].flush_model(["goods", "followup_id"])
        # In sudo, as the field is computed: what is read here is shown with the follow-up.
        own = {
            name: self.sudo()._field_to_sql(alias, name, query)
            for name in (
                "summary", "has_own_title", "origin", "gap_days", "occasion_key", "step_id", "festival_id",
                "greeted_person_id", "participation_id", "id",
            )
        }  # fmt: skip
        return SQL(
            """COALESCE(CASE
                WHEN %(has_own_title)s THEN NULL
                WHEN %(step_id)s IS NOT NULL THEN (
                    SELECT COALESCE(%(step)s, NULLIF(step.summary, ''), %(kind)s)
                      FROM mail_activity_plan_template step
                      LEFT JOIN mail_activity_type kind ON kind.id = step.activity_type_id
                     WHERE step.id = %(step_id)s)
                WHEN %(occasion_key)s = 'meeting' THEN %(meeting)s
                WHEN %(gap_days)s = 1 AND %(origin)s = 'memory' THEN %(next_day)s
                WHEN %(gap_days)s > 0 AND %(origin)s = 'memory' THEN replace(%(memory)s, '%%s', %(gap_days)s::text)
                WHEN %(gap_days)s > 0 AND %(origin)s = 'cadence' THEN replace(%(cadence)s, '%%s', %(gap_days)s::text)
                WHEN %(festival_id)s IS NOT NULL THEN (
                    SELECT %(festival)s FROM expo_festival festival WHERE festival.id = %(festival_id)s)
                WHEN %(occasion_key)s LIKE 'birthday:%%' THEN (
                    SELECT replace(%(birthday)s, '%%s', person.name)
                      FROM expo_customer_person person WHERE person.id = %(greeted_person_id)s)
                WHEN %(occasion_key)s LIKE 'company:%%' THEN COALESCE((
                    SELECT NULLIF(file.company_day_name, '')
                      FROM expo_participation customer JOIN expo_customer_file file ON file.id = customer.file_id
                     WHERE customer.id = %(participation_id)s), %(company_day)s)
                WHEN %(occasion_key)s LIKE 'suggestion:%%' THEN %(answer)s
                WHEN %(occasion_key)s LIKE 'sample:%%' THEN replace(%(judged)s, '%%s', COALESCE((
                    SELECT NULLIF(sample.goods, '') FROM expo_sample sample
                     WHERE sample.followup_id = %(id)s ORDER BY sample.id DESC LIMIT 1), %(sample)s))
            END, NULLIF(%(summary)s, ''))""",
            **own,
            step=self._get_translation_sql("step", "expo_title"),
            kind=self._get_translation_sql("kind", "name"),
            festival=self._get_translation_sql("festival", "name"),
            meeting=self._get_cadence_title("memory", 0),
            next_day=self._get_cadence_title("memory", 1),
            memory=self._get_cadence_title("memory", "%s"),
            cadence=self._get_cadence_title("cadence", "%s"),
            birthday=self._get_birthday_title("%s"),
            answer=self.env._("Response to an opinion"),
            judged=self._get_sample_title("%s"),
            sample=self.env._("Sample"),
            company_day=self._get_company_day_title(self.env["expo.customer.file"]),
        )

    def _get_translation_sql(self, table, column):
        """Return the expression of a translated column in the language of the context."""
        text = SQL.identifier(table, column)
        return SQL("COALESCE(NULLIF(%s->>%s, ''), NULLIF(%s->>'en_US', ''))", text, self.env.lang or "en_US", text)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name != "title":
            return super()._order_field_to_sql(alias, field_name, direction, nulls, query)
        return SQL("%s %s %s", self._title_to_sql(alias, query), direction, nulls)
