from odoo import api, models
from odoo.fields import Domain
from odoo.tools import py_to_js_locale
from odoo.tools.misc import format_date

#: Most products that a phone keeps and searches.
MOST_PRODUCTS = 1000
STATES = ("running", "preparation", "followup")


class ExpoExhibition(models.Model):
    """What the booth page knows of the shows: lists that a phone keeps for the hours without network."""

    _inherit = "expo.exhibition"

    @api.model
    def _get_booth_data(self):
        """Return the booth page's lists as this user sees them, in his language.

        Shows that run come first (those whose stand the user serves before the others), then those to come, then those
        in follow-up. Terms are those of the page's scripts and templates.
        """
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        shows = self._get_booth_shows()
        modules, _parameters = self.env["ir.http"]._get_translations_for_webclient(["expo_followup"], lang.code)
        return {
            "user_name": self.env.user.name,
            "lang": lang.code,
            "locale": py_to_js_locale(lang.code),
            "direction": lang.direction,
            "terms": {term["id"]: term["string"] for term in modules["expo_followup"]["messages"]},
            "shows": [show._get_booth_values() for show in shows],
            "tiers": self.env["expo.tier"].search_read([], ["name", "code", "color"], load=None),
            "products": [{"id": product.id, "name": product.display_name} for product in shows._get_booth_products()],
            "countries": self.env["res.country"].search_read([], ["name", "code"], order="name", load=None),
            "langs": [{"code": code, "name": name} for code, name in self.env["res.lang"].get_installed()],
            "consent": self._get_consent_wordings(),
        }

    def _get_booth_shows(self):
        """The shows at which the user may record contacts, the likeliest first."""
        shows = self.search([("state", "in", STATES)])
        return shows.sorted(lambda show: (STATES.index(show.state), self.env.user not in show.member_ids))

    def _get_booth_values(self):
        """One show, as the page lists it."""
        days = f"{format_date(self.env, self.date_begin)} – {format_date(self.env, self.date_end)}"
        state = dict(self._fields["state"]._description_selection(self.env))[self.state]
        return {
            "id": self.id,
            "name": self.display_name,
            "details": " · ".join(part for part in (state, days, self.city) if part),
            "product_ids": self.product_ids.ids,
        }

    def _get_booth_products(self):
        """The exhibits of these shows, then as many other products as a phone keeps."""
        exhibits = self.product_ids._filtered_access("read")
        others = Domain("sale_ok", "=", True) & Domain("id", "not in", exhibits.ids)
        left = max(0, MOST_PRODUCTS - len(exhibits))
        return exhibits + self.env["product.product"].search(others, limit=left)

    @api.model
    def _get_consent_wordings(self):
        """The question that a contact is asked at the stand, by language: he should understand what he agrees to."""
        return {
            code: self.with_context(lang=code).env._(
                "May we keep your contact details and write to you about our products and this show? "
                "You can withdraw at any time."
            )
            for code, _name in self.env["res.lang"].get_installed()
        }
