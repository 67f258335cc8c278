from odoo import http
from odoo.http import content_disposition, request

from ...tools.archive import file_name
from ..privacy.export import ask_reason


class CustomerFile(http.Controller):
    """Downloads of customer files."""

    @http.route("/expo/customer_file/vcard", type="http", auth="user", methods=["GET"])
    def vcard(self, ids="", reason="", **_kwargs):
        """Answer with the cards of those files, else "not found", whether they are another's or do not exist.

        :param str ids: ids of files, separated by commas
        :param str reason: why several are exported; asked for without it
        """
        numbers = [int(number) for number in ids.split(",") if number.isdecimal() and len(number) < 10]
        files = request.env["expo.customer.file"].with_context(active_test=False)
        if files.has_access("read"):
            # Looked for rather than opened: what the user may not see is not there.
            files = files.search([("id", "in", numbers)])
        if not files or len(files) != len(set(numbers)):
            raise request.not_found()
        if len(files) > 1 and (page := ask_reason(files, reason, {"ids": ids})):
            return page
        content = files._get_vcards()
        name = file_name(files.name) if len(files) == 1 else "customers"
        return request.make_response(
            content,
            [
                ("Content-Type", "text/vcard; charset=utf-8"),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(f"{name}.vcf")),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )
