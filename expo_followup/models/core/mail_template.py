from odoo import api, fields, models
from odoo.tools.translate import code_translations

ADDON = "expo_followup"
ENGLISH = "en_US"
# What stands for the texts of the addon that the database keeps by language.
SHIPPED_VIEW = f"{ADDON}.letter_footer"


class MailTemplate(models.Model):
    """Which letter about a complaint a template is, and in which languages a letter can be written.

    A company may have several offers, or word its own.
    """

    _inherit = "mail.template"

    expo_letter_kind = fields.Selection(
        selection=lambda self: self.env["expo.complaint"]._get_letter_kinds(),
        string="Complaint Letter Type",
        help="Letters of this type are recorded on the complaint and update its SLA targets when they are sent.",
    )

    @api.private
    def _expo_get_language(self, lang):
        """Return the language of a letter to a customer: theirs when all of the letter exists in it, else English.

        Core falls back text by text, so that a letter would be of two languages. Without a template the texts of the
        addon alone decide.
        """
        if not lang or lang.partition("_")[0] == "en":
            return lang
        # In sudo: users who send a letter need not be able to read views.
        template, view = self.sudo(), self.env.ref(SHIPPED_VIEW).sudo()
        texts = [(view, "arch_db"), *((template, name) for name in ("subject", "body_html") if template)]
        is_loaded = bool(code_translations.get_python_translations(ADDON, lang)) and all(
            lang in (record._fields[name]._get_stored_translations(record) or {lang}) for record, name in texts
        )
        return lang if is_loaded else ENGLISH
