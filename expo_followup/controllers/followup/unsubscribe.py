from odoo import http
from odoo.http import request
from odoo.tools import consteq


class UnsubscribeController(http.Controller):
    """The customer's way out of our letters: a page to confirm, and the one click of the mail program (RFC 8058)."""

    @http.route(
        "/expo/unsubscribe/<int:participation_id>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def unsubscribe_ask(self, participation_id, token="", **_kwargs):
        """Ask for confirmation and change nothing: mail scanners and previews open every link by GET."""
        participation = self._get_participation(participation_id, token)
        return self._render_page(participation, is_done=participation.contact_consent == "refused")

    @http.route(
        "/expo/unsubscribe/<int:participation_id>",
        type="http",
        auth="public",
        methods=["POST"],
        # Mail programs post from nowhere; the token in the address is the secret.
        csrf=False,
        save_session=False,
        sitemap=False,
    )
    def unsubscribe(self, participation_id, token="", **_kwargs):
        """Unsubscribe, at once and without further questions. Posting twice changes nothing."""
        participation = self._get_participation(participation_id, token)
        participation._unsubscribe()
        return self._render_page(participation, is_done=True)

    def _get_participation(self, participation_id, token):
        """Return the customer whose letter carries this token, in the customer's language.

        :raises werkzeug.exceptions.NotFound: for a wrong token and for an unknown customer alike
        """
        # In sudo: the token is the right to unsubscribe this one customer, and shows nothing but the address.
        participation = request.env["expo.participation"].sudo().browse(participation_id)
        secret = participation._get_unsubscribe_token()
        if not consteq(secret.encode(), token.encode()) or not participation.exists():
            raise request.not_found()
        lang = participation.partner_id.lang or participation.company_id.partner_id.lang
        request.update_context(lang=lang)
        return participation.with_context(lang=lang)

    def _render_page(self, participation, is_done):
        values = {
            "company": participation.company_id,
            "exhibition": participation.exhibition_id,
            "email": participation.partner_id.email_normalized,
            "action": request.httprequest.full_path,
            "is_done": is_done,
        }
        response = request.render("expo_followup.unsubscribe_page", values)
        response.headers["X-Robots-Tag"] = "noindex"
        # The address holds the token: it goes to no other site.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
