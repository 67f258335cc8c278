from odoo import SUPERUSER_ID, http
from odoo.http import request
from odoo.tools import consteq, format_date


class VisitController(http.Controller):
    """Let a customer confirm the receipt of the minutes of a visit: a page to read, and a button."""

    @http.route(
        "/expo/minutes/<int:visit_id>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def receipt_ask(self, visit_id, token="", **_kwargs):
        """Ask, and change nothing: mail scanners and previews open every link by GET."""
        return self._render_page(self._get_visit(visit_id, token))

    @http.route("/expo/minutes/<int:visit_id>", type="http", auth="public", methods=["POST"], sitemap=False)
    def receipt_confirm(self, visit_id, token="", name="", **_kwargs):
        """Confirm the receipt. Posting twice changes nothing; our own people cannot confirm for the customer.

        Who of us is logged out and took the link from the customer's mail looks like the customer: the name is noted.
        """
        visit = self._get_visit(visit_id, token)
        if not request.env.user._is_internal():
            visit._confirm_receipt("link", name)
        return self._render_page(visit)

    def _get_visit(self, visit_id, token):
        """Return the visit whose mail carries this token, in the customer's language.

        :raises werkzeug.exceptions.NotFound: for a wrong token, an unknown visit and minutes not sent yet alike
        """
        # As the system: the token is the right to confirm the receipt of these minutes, of which the page shows none.
        visit = request.env["expo.visit"].with_user(SUPERUSER_ID).browse(visit_id)
        is_right = consteq(visit._get_receipt_token().encode(), token.encode())
        if not is_right or not visit.exists() or visit.state not in ("sent", "confirmed"):
            raise request.not_found()
        lang = visit.partner_id.lang or visit.company_id.partner_id.lang
        request.update_context(lang=lang)
        return visit.with_context(lang=lang)

    def _render_page(self, visit):
        day = visit.held_on
        values = {
            "company": visit.company_id,
            "day": day and format_date(visit.env, day, date_format="long"),
            "action": request.httprequest.full_path,
            "is_done": visit.state == "confirmed",
            "is_ours": request.env.user._is_internal(),
        }
        response = request.render("expo_followup.receipt_page", values)
        response.headers["X-Robots-Tag"] = "noindex"
        # The address holds the token: it goes to no other site.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
