import hashlib
import json
from datetime import timedelta

from odoo import fields, http
from odoo.addons.web.controllers.webmanifest import WebManifest
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import file_open

PAGE = "/expo/booth"
BUNDLE = "expo_followup.assets_booth"
SELLERS = "sales_team.group_sale_salesman"
#: Bytes of one request, and contacts in it; the page sends about 3 MB and 20 contacts at most.
MOST_BYTES = 24 * 1024 * 1024
MOST_PAYLOADS = 100
#: Contacts of one user within an hour: more than any queue of a phone, less than would fill the disk.
MOST_AN_HOUR = 2000
#: What the page needs besides its bundle: the scanner's library and corner, the icons' font, the installed app's icon.
FILES = (
    "/web/static/lib/zxing-library/zxing-library.js",
    "/web/static/img/transform.svg",
    "/web/static/src/libs/fontawesome/fonts/fontawesome-webfont.woff2?v=4.7.0",
    "/expo_followup/static/img/booth-192.png",
)


class BoothController(http.Controller):
    """The page for a phone at the stand: it works without network once it has been opened (see static/src/booth)."""

    @http.route(PAGE, type="http", auth="user", methods=["GET"], readonly=True, sitemap=False)
    def booth(self, **_kwargs):
        """The empty page, the same for everybody: what it shows comes from :meth:`data` and from the phone."""
        if not request.env.user.has_group(SELLERS):
            return request.render("expo_followup.booth_refused", status=403)
        _plain_language()
        response = request.render("expo_followup.booth_page")
        response.headers["Cache-Control"] = "no-store"
        return response

    # Public: it holds nothing but addresses of public files, and a logged-out phone must not lose it.
    @http.route(f"{PAGE}/service-worker.js", type="http", auth="public", methods=["GET"], readonly=True, sitemap=False)
    def service_worker(self):
        """The script that keeps the page on the phone, with the list of what it keeps."""
        _plain_language()
        links = request.env["ir.qweb"]._get_asset_links(BUNDLE, debug=False)
        with file_open("expo_followup/static/src/booth_worker.js") as file:
            script = file.read()
        page = request.env["ir.qweb"]._render("expo_followup.booth_page")
        version = hashlib.sha256(f"{page}{links}{script}".encode()).hexdigest()[:16]
        head = json.dumps({"version": version, "page": PAGE, "files": [*links, *FILES]})
        headers = {"Service-Worker-Allowed": PAGE, "Cache-Control": "no-cache", "Content-Type": "text/javascript"}
        return request.make_response(f"self.BOOTH = {head};\n{script}", headers=list(headers.items()))

    @http.route(f"{PAGE}/data", type="jsonrpc", auth="user", readonly=True)
    def data(self):
        """Return who is logged in and the lists that the page keeps on the phone.

        :raises AccessError: when the user is no salesperson
        """
        _need_seller()
        return {"owner": _owner(), **request.env["expo.exhibition"]._get_booth_data()}

    @http.route(f"{PAGE}/capture", type="jsonrpc", auth="user", max_content_length=MOST_BYTES)
    def capture(self, owner, payloads):
        """Take contacts that the phone recorded, as the user; see ``expo.capture._store_payloads``.

        :param owner: user who recorded the contacts; sending those of another user is refused
        :return: ``answers``, one per payload, or the ``problem`` for which none was looked at
        :raises AccessError: when the user is no salesperson
        """
        _need_seller()
        if owner != _owner():
            return {"problem": "other_user", "user": request.env.user.name}
        if len(payloads) > MOST_PAYLOADS:
            return {"problem": "too_large", "user": ""}
        if _is_too_busy(len(payloads)):
            return {"problem": "busy", "user": ""}
        payloads = [payload if isinstance(payload, dict) else {} for payload in payloads]
        return {"answers": request.env["expo.capture"]._store_payloads(payloads)}


class BoothManifest(WebManifest):
    """The booth page as an app on the phone's home screen."""

    def _get_scoped_app_icons(self, app_id):
        if app_id != "expo_followup":
            return super()._get_scoped_app_icons(app_id)
        return [
            {"src": f"/expo_followup/static/img/booth-{side}.png", "sizes": f"{side}x{side}", "type": "image/png"}
            for side in (192, 512)
        ]


def _owner():
    """Whose contacts a phone keeps: a user of this database, for one address may serve several."""
    return f"{request.db}:{request.env.uid}"


def _need_seller():
    if not request.env.user.has_group(SELLERS):
        raise AccessError(
            request.env._(
                "You cannot open the booth page because you are not a salesperson. Ask your administrator for access."
            )
        )


def _plain_language():
    """Have the page and its files made the same for all: the phone keeps one of them, for the next user."""
    request.update_context(lang="en_US")


def _is_too_busy(count):
    hour_ago = fields.Datetime.now() - timedelta(hours=1)
    domain = [("captured_by_id", "=", request.env.uid), ("server_time", ">", hour_ago), ("client_key", "!=", False)]
    return request.env["expo.capture"].search_count(domain, limit=MOST_AN_HOUR) + count > MOST_AN_HOUR
