from odoo import models


class MailRenderMixin(models.AbstractModel):
    """Letters about our records are wholly in one language."""

    _inherit = "mail.render.mixin"

    def _render_lang(self, res_ids, engine="inline_template"):
        langs = super()._render_lang(res_ids, engine=engine)
        if not (self.render_model or "").startswith("expo."):
            return langs
        template = self.env["mail.template"]
        if self._name == template._name:
            template = self
        elif "template_id" in self._fields:
            template = self.template_id
        return {record_id: template._expo_get_language(lang) for record_id, lang in langs.items()}
