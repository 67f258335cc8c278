import base64
import re

from lxml import html
from markupsafe import Markup

from odoo import api, models
from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.tools import format_date
from odoo.tools.image import image_data_uri

from ...tools.qr_code import draw_qr_code


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
        for box in root.find_class("o_expo_button_box"):
            for button in box.find_class("o_expo_button"):
                box.addprevious(self._draw_code(button.get("href"), button.text, customer))
            box.drop_tree()
        for picture in root.iter("img"):
            # Paper is drawn by a program without a login.
            source = picture.get("src") or ""
            product = re.search(r"/web/image/product\.product/(\d+)/", source)
            if product:
                shown = customer.sudo().product_ids | customer.exhibition_id.sudo().product_ids
                content = shown.filtered(lambda row, found=int(product[1]): row.id == found).image_256
            else:
                content = "/web/image/" in source and customer.exhibition_id.sudo().signature
            if content:
                picture.set("src", image_data_uri(content))
        for node in root.iter():
            # The page has its own width and fonts.
            if "font-family" in (node.get("style") or ""):
                node.attrib.pop("style")
        return Markup(html.tostring(root, encoding="unicode"))

    @api.model
    def _draw_code(self, address, words, customer):
        """Return what stands on paper for a link: a code to scan, and beside it what it is for."""
        table = html.fromstring(
            '<table style="margin: 0 0 16px 0;"><tr><td><img/></td>'
            '<td style="padding: 0 0 0 12px; vertical-align: middle;"><strong/><div/></td></tr></table>'
        )
        picture = table.find(".//img")
        picture.set("src", image_data_uri(base64.b64encode(draw_qr_code(address))))
        picture.set("alt", address)
        picture.set("style", "width: 110px; height: 110px;")
        table.find(".//strong").text = words
        table.find(".//div").text = customer.env._("Scan the code with your phone.")
        return table
