from lxml import etree, html
from markupsafe import Markup

from odoo import api, models
from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.tools import format_date
from odoo.tools.image import image_data_uri


class ReportThankYou(models.AbstractModel):
    """The thank-you letter on paper: the same words as by e-mail, without what only a screen can do."""

    _name = "report.expo_followup.report_thank_you_document"
    _description = "Thank-you Letter"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Render each customer's letter in the customer's language, with a separate feedback form."""
        customers = self.env["expo.participation"].browse(docids)
        customers.check_access("read")
        customers._ensure_feedback_inputs()
        values = {
            "letters": {},
            "subjects": {},
            "langs": {},
            "our_address": {},
            "postal": {},
            "letter_date": {},
        }
        for template, of_template in customers.grouped(lambda p: p._get_thank_you_template()).items():
            for lang, group in of_template._group_by_language(template).items():
                # In sudo: the words of a letter are no secret to the customer's readers.
                localized = template.sudo().with_context(lang=lang)
                group = group.with_context(lang=lang).with_prefetch()
                bodies = group._render_bodies(localized, self._get_paragraphs(group, template))
                values["subjects"] |= localized._render_field("subject", group.ids)
                for customer in group:
                    values["letters"][customer.id] = self._to_paper(bodies[customer.id], customer)
                    values["langs"][customer.id] = lang
                    values["postal"][customer.id] = self._get_address(customer.partner_id, "\n")
                    values["our_address"][customer.id] = self._get_address(customer.company_id.partner_id, ", ")
                    today = customer.exhibition_id._today()
                    values["letter_date"][customer.id] = format_date(self.env, today, lang, "long")
        return {
            **values,
            "doc_ids": docids,
            "doc_model": "expo.participation",
            "docs": customers,
            # Debian's wkhtmltopdf draws no running header, so the letter brings its own.
            "needs_letterhead": not _wkhtml().is_patched_qt,
            "image_data_uri": image_data_uri,
        }

    @api.model
    def _get_address(self, partner, separator):
        """Return street, town and country, as the partner's country writes them."""
        lines = partner._display_address(without_company=True).splitlines()
        return separator.join(line.strip() for line in lines if line.strip())

    @api.model
    def _get_paragraphs(self, customers, template):
        """Return the personal paragraphs of the same letters by e-mail, else that of their exhibition."""
        letters = customers.followup_ids.filtered(lambda followup: followup.letter_template_id == template)
        own = letters.filtered("personal_paragraph")._get_paragraphs()
        return {customer.id: own.get(customer.id) or customer.exhibition_id.letter_paragraph for customer in customers}

    @api.model
    def _to_paper(self, body, customer):
        """Turn the body of an e-mail into one for paper: no buttons, no small print, the signature inside."""
        root = html.fragment_fromstring(str(body), create_parent="div")
        for node in root.find_class("o_expo_mail_only"):
            node.drop_tree()
        for button in root.find_class("o_expo_button"):
            address = etree.SubElement(button.getparent(), "div", style="font-size: 12px; word-break: break-all;")
            address.text = button.get("href")
            button.drop_tree()
        for picture in root.iter("img"):
            signature = customer.exhibition_id.sudo().signature
            if signature and "/web/image/" in (picture.get("src") or ""):
                # Paper is drawn by a program without a login.
                picture.set("src", image_data_uri(signature))
        for node in root.iter():
            # The page has its own width and fonts.
            if "font-family" in (node.get("style") or ""):
                node.attrib.pop("style")
        return Markup(html.tostring(root, encoding="unicode"))
