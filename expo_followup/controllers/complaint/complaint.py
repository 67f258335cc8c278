import uuid

from werkzeug.exceptions import abort

from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal, pager
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import consteq

from ...tools.uploads import MOST_BYTES, MOST_FILES, take_files

LIST = "/my/complaints"
PAGE = f"{LIST}/<int:complaint_id>"
#: Bytes of one form: all its files, and a little for what is written.
MOST_CONTENT = (MOST_FILES + 1) * MOST_BYTES
#: Pictures that are drawn on the page itself, no larger than that; whatever else is a file to fetch.
PICTURES = ("image/jpeg", "image/png", "image/gif")
THUMBNAIL = 480
SESSION = "expo_complaint_told"
POST = {"type": "http", "auth": "public", "methods": ["POST"], "website": True, "sitemap": False}


class ComplaintPortal(CustomerPortal):
    """The customer's own pages: the list of complaints, and one of them by login or by the signed link of our letters.

    Strangers get the same answer for what is not theirs and for what does not exist. GET changes nothing; whatever is
    done is a POST with the token of the session, and leads back to the page.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "complaint_count" in counters:
            values["complaint_count"] = _complaints().search_count(_complaints()._get_customer_domain(request.env.user))
        return values

    def _get_layout(self):
        """Return what each of these pages has, the language that it is read out in as well."""
        return {**self._prepare_portal_layout_values(), "html_data": _html_data()}

    # -- the list, and a new one -------------------------------------------------------------------------

    @http.route([LIST, f"{LIST}/page/<int:page>"], type="http", auth="user", methods=["GET"], website=True)
    def complaint_list(self, page=1, **_kwargs):
        """The complaints of the customer's company, the latest first."""
        complaints = _complaints()
        domain = complaints._get_customer_domain(request.env.user)
        pages = pager(LIST, complaints.search_count(domain), page=page, step=self._items_per_page)
        values = {
            **self._get_layout(),
            "page_name": "complaint",
            "pager": pages,
            "default_url": LIST,
            "complaints": complaints.search(domain, limit=self._items_per_page, offset=pages["offset"]),
        }
        return _no_store(request.render("expo_followup.portal_complaint_list", values))

    @http.route(f"{LIST}/new", type="http", auth="user", methods=["GET"], website=True, sitemap=False)
    def complaint_ask(self, **_kwargs):
        """An empty form."""
        return self._render_new({"key": str(uuid.uuid4())})

    @http.route(
        f"{LIST}/new",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        sitemap=False,
        max_content_length=MOST_CONTENT,
    )
    def complaint_take(self, **_kwargs):
        """Take a new complaint of a customer who is logged in; what cannot be taken is told on the form again."""
        user = request.env.user
        if user._is_internal():
            return request.redirect(LIST, code=303)
        uploads, refused = _take_files()
        values = {name: _field(name) for name in ("key", "subject", "story", "source", "order_id")}
        try:
            with request.env.cr.savepoint():
                complaint = _complaints()._take_complaint(user, values, uploads, values["key"][:64])
        except UserError as error:
            had_files = bool(uploads or refused)
            return self._render_new({**values, "problem": str(error), "had_files": had_files})
        if not complaint:
            raise request.not_found()
        _tell("new", refused)
        return request.redirect(f"{LIST}/{complaint.id}", code=303)

    def _render_new(self, values):
        orders = _complaints()._get_orders_of(request.env.user)
        values = {
            **self._get_layout(),
            "page_name": "complaint_new",
            "orders": orders,
            "days": {order: _complaints()._show_date(order.date_order) for order in orders},
            "is_ours": request.env.user._is_internal(),
            "form": values,
        }
        return _no_store(request.render("expo_followup.portal_complaint_new", values))

    # -- one complaint -----------------------------------------------------------------------------------

    @http.route(PAGE, type="http", auth="public", methods=["GET"], website=True, sitemap=False)
    def complaint_page(self, complaint_id, access_token="", **_kwargs):
        """Show one complaint, and change nothing: mail scanners and previews open every link by GET."""
        if request.env.user._is_public() and not access_token:
            # Whatever the number: a logged-in customer learns only of own complaints.
            return request.redirect(f"/web/login?redirect={LIST}/{complaint_id}")
        complaint = _get_complaint(complaint_id, access_token)
        goes_on = complaint._get_survivor()
        if goes_on != complaint and goes_on._is_same_customer(complaint):
            return _go_to(goes_on, access_token)
        told = request.session.pop(SESSION, {})
        values = {
            **self._get_layout(),
            "page_name": "complaint",
            "complaint": complaint,
            "told": told if told.get("id") in (None, complaint.id) else {},
            "token": access_token,
            "is_ours": request.env.user._is_internal(),
            "is_guest": request.env.user._is_public(),
            "no_breadcrumbs": request.env.user._is_public(),
            "viewer": request.env.user.partner_id,
            "res_company": complaint.company_id,
            "pictures": PICTURES,
        }
        return _no_store(request.render("expo_followup.portal_complaint", values))

    @http.route(
        f"{PAGE}/file/<int:file_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def complaint_file(self, complaint_id, file_id, access_token="", small="", **_kwargs):
        """Send a file of one of the letters that the page shows, and no other."""
        complaint = _get_complaint(complaint_id, access_token)
        file = complaint._get_letters(request.env.user.partner_id).attachment_ids.filtered(
            lambda file: file.id == file_id
        )
        if not file:
            raise request.not_found()
        is_picture = file.mimetype in PICTURES
        binaries = request.env["ir.binary"]
        stream = (
            binaries._get_image_stream_from(file, "raw", width=THUMBNAIL, height=THUMBNAIL)
            if small and is_picture
            else binaries._get_stream_from(file, "raw")
        )
        response = stream.get_response(as_attachment=not is_picture, immutable=False)
        return _secret(response)

    # -- what the customer does --------------------------------------------------------------------------

    @http.route(f"{PAGE}/message", max_content_length=MOST_CONTENT, **POST)
    def complaint_message(self, complaint_id, **_kwargs):
        """Take the message and the photos of the customer."""

        def take(complaint, author, uploads):
            text = _field("text")
            told = "message" if text.strip() else "files" if uploads else "nothing"
            return complaint._take_message(author, text, uploads), told

        return self._act(complaint_id, take)

    @http.route(f"{PAGE}/accept", **POST)
    def complaint_accept(self, complaint_id, **_kwargs):
        """Accept the offer that was shown to the customer."""
        return self._act(
            complaint_id, lambda complaint, author, _uploads: complaint._accept(author, _field("name"), _field("offer"))
        )

    @http.route(f"{PAGE}/decline", **POST)
    def complaint_decline(self, complaint_id, **_kwargs):
        """Decline the offer that was shown to the customer, with the request made instead."""
        return self._act(
            complaint_id,
            lambda complaint, author, _uploads: complaint._decline(author, _field("text"), _field("offer")),
        )

    @http.route(f"{PAGE}/receipt", **POST)
    def complaint_receipt(self, complaint_id, **_kwargs):
        """The customer confirms that goods or money have arrived."""
        return self._act(
            complaint_id, lambda complaint, author, _uploads: complaint._confirm_receipt(author, _field("name"))
        )

    @http.route(f"{PAGE}/rate", **POST)
    def complaint_rate(self, complaint_id, **_kwargs):
        """Take the customer's rating, 1 to 5."""
        rating = _field("rating")
        value = int(rating) if rating in ("1", "2", "3", "4", "5") else 0
        return self._act(
            complaint_id,
            lambda complaint, author, _uploads: complaint._record_rating(value, _field("text").strip(), author),
        )

    def _act(self, complaint_id, work):
        """Do what the customer asks for, and lead back to the page; our own users cannot act there.

        :param work: takes the complaint, who acts and the files; returns the complaint that goes on, and what is told
        """
        token = _field("access_token")
        complaint = _get_complaint(complaint_id, token)
        user = request.env.user
        if user._is_internal():
            return _go_to(complaint, token)
        uploads, refused = _take_files()
        try:
            with request.env.cr.savepoint():
                goes_on, told = work(complaint, complaint._get_author(user), uploads)
        except UserError as error:
            _tell("problem", refused, complaint, problem=str(error))
            return _go_to(complaint, token)
        # Another's complaint goes on where they were merged by mistake: the customer is told, and led nowhere.
        shown = goes_on if goes_on._is_same_customer(complaint) else complaint
        _tell(told, refused, shown)
        return _go_to(shown, token)


def _html_data():
    return {"lang": (request.env.lang or "en_US").replace("_", "-")}


def _complaints():
    # In sudo: customers have no access to complaints; each method checks whose it is.
    return request.env["expo.complaint"].sudo()


def _get_complaint(complaint_id, token):
    """Return the complaint for a permitted visitor, in the customer's language.

    Our own users by their own rights, customers by their company, others by the signed link.

    :raises werkzeug.exceptions.HTTPException: alike for what does not exist and for what belongs to others
    """
    user = request.env.user
    complaint = _complaints().browse(complaint_id).exists()
    if not complaint:
        _refuse()
    if user._is_internal():
        may_see = request.env["expo.complaint"].browse(complaint_id).has_access("read")
    else:
        secret = complaint.access_token or ""
        may_see = bool(secret) and consteq(secret.encode(), token.encode())
        may_see = may_see or (not user._is_public() and complaint._is_of(user))
    if not may_see:
        _refuse()
    if user._is_public():
        # Of unknown visitors the browser knows best.
        request.update_context(lang=complaint.partner_id.lang or request.env.lang or complaint._get_language())
    return complaint.with_company(complaint.company_id).with_context(lang=request.env.lang)


def _refuse():
    """End the request: not found, in words that help holders of an old link.

    :raises werkzeug.exceptions.HTTPException: always
    """
    values = {"html_data": _html_data()}
    response = request.render("expo_followup.portal_complaint_unknown", values, status=404)
    response.flatten()
    abort(_no_store(response))


def _field(name):
    """Return what a form says in a field: text, whatever was sent, and nothing that the database cannot keep."""
    return request.httprequest.form.get(name, "").replace("\0", "")


def _take_files():
    # From the beginning: a request that starts over has been read before.
    files = request.httprequest.files.getlist("files")
    for file in files:
        file.stream.seek(0)
    # A form without files sends one without name and content.
    return take_files((file.filename, file.stream.read) for file in files if file.filename)


def _go_to(complaint, token):
    """Lead to a complaint's page, by its own link for visitors who came by one."""
    path = complaint.get_portal_url() if token and request.env.user.share else complaint.access_url
    return _no_store(request.redirect(path, code=303))


def _tell(what, refused=(), complaint=None, problem=""):
    """Keep what the next page says: nothing of it stands in an address."""
    request.session[SESSION] = {
        "what": what,
        "refused": [list(file) for file in refused[:MOST_FILES]],
        "more": max(0, len(refused) - MOST_FILES),
        "problem": problem,
        "id": complaint.id if complaint else None,
    }


def _no_store(response):
    """Keep a page to the one who opened it, and its address, which holds the token, to itself."""
    response.headers["Cache-Control"] = "no-store"
    return _secret(response)


def _secret(response):
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers.setdefault("Content-Security-Policy", "frame-ancestors 'self'")
    return response
