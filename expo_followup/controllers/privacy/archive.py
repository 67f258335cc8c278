import tempfile

from werkzeug.wsgi import wrap_file

from odoo import fields, http
from odoo.http import content_disposition, request

from ...tools.archive import file_name


class Archive(http.Controller):
    """The download of an archive, made while it is asked for: nothing confidential stays behind on the server."""

    @http.route("/expo/archive/<int:export_id>", type="http", auth="user", methods=["GET"])
    def download(self, export_id, **_kwargs):
        """Build the archive that the user set up in the wizard, log it, and send it.

        "Not found" for another's, whether it exists or not.
        """
        exports = request.env["expo.archive.export"]
        export = (
            exports.search([("id", "=", export_id), ("create_uid", "=", request.env.uid)])
            if exports.has_access("read")
            else exports
        )
        if not export:
            raise request.not_found()
        # Deleted by the system as soon as it is closed.
        target = tempfile.TemporaryFile()  # noqa: SIM115
        export._build(target)
        day = fields.Date.to_string(export.company_id._expo_today())
        name = file_name(f"{export.exhibition_id.code or export.company_id.name} {day}")
        target.seek(0, 2)
        size = target.tell()
        target.seek(0)
        response = request.make_response(
            wrap_file(request.httprequest.environ, target),
            [
                ("Content-Type", "application/zip"),
                ("Content-Length", size),
                ("Content-Disposition", content_disposition(f"{name}.zip")),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )
        response.direct_passthrough = True
        return response
