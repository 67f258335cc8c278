from odoo import models

from ...tools.numbers import show_number


class ExpoComplaintRemedy(models.Model):
    """A remedy as the customer reads it, in our letters and on his page."""

    _inherit = "expo.complaint.remedy"

    def _get_words(self):
        """Return the remedy in a line, in the language of the context."""
        self.ensure_one()
        goods = self.product_id.with_context(display_default_code=False).display_name or self.line_id.product_name
        amount = self.currency_id.format(self.amount) if self.amount else ""
        number = show_number(self.quantity)
        words = ""
        if self.kind == "replacement" and goods:
            words = self.env._("%(number)s × %(goods)s as a replacement, free of charge", number=number, goods=goods)
        elif self.kind == "credit" and amount:
            words = self.env._("A credit of %s", amount)
        elif self.kind == "discount" and amount and self.target_id:
            # In sudo: the number of the customer's own order.
            order = self.sudo().target_id.name
            words = self.env._("A discount of %(amount)s on the order %(order)s", amount=amount, order=order)
        elif self.kind == "discount" and amount:
            words = self.env._("A discount of %s", amount)
        elif self.kind == "discount":
            words = self.env._("A discount of %s %%", show_number(self.percent))
        text = (self.text or "").strip()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return ": ".join(filter(None, (words, text))) or kinds[self.kind]
