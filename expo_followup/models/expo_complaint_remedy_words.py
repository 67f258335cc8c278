from odoo import models


class ExpoComplaintRemedy(models.Model):
    """A remedy as the customer reads it."""

    _inherit = "expo.complaint.remedy"

    def _get_words(self):
        """Return the remedy in a line, in the language of the context."""
        self.ensure_one()
        goods = self.product_id.with_context(display_default_code=False).display_name or self.line_id.product_name
        amount = self.currency_id.format(self.amount) if self.amount else ""
        number = f"{self.quantity:g}"
        if self.kind == "replacement" and goods:
            words = self.env._("%(number)s × %(goods)s as a replacement, free of charge", number=number, goods=goods)
        elif self.kind == "credit" and amount:
            words = self.env._("A credit of %s", amount)
        elif self.kind == "discount" and amount:
            words = self.env._("A discount of %s", amount)
            if self.target_id:
                words = self.env._(
                    "A discount of %(amount)s on the order %(order)s", amount=amount, order=self.target_id.name
                )
        else:
            words = ""
        document = self.move_id.name if self.state == "done" else False
        words = f"{words} ({document})" if words and document else words
        return ": ".join(filter(None, (words, self.text))) or amount
