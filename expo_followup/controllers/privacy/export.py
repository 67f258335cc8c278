"""Core's export of lists: of those of ours and of contacts, each is logged, and no cell runs as a formula."""

import csv
import io
import itertools
import json

from odoo import http
from odoo.addons.web.controllers import export as core
from odoo.addons.web.controllers import json as core_json
from odoo.addons.web.controllers import pivot as core_pivot
from odoo.addons.web.controllers import vcard as core_vcard
from odoo.exceptions import AccessError
from odoo.http import request

from ...models.privacy.list_export import ListExport, is_listed
from ...tools.safe_cells import safe_list_cell


def _is_ours():
    """Whether the exported list is one of ours, or of contacts."""
    return is_listed(json.loads(request.params.get("data") or "{}").get("model") or "")


def _pass_reason(data, file_format):
    """Return the parameters of an export with reason and format where the log looks for them."""
    params = json.loads(data)
    given = {"default_reason": params.get("reason"), "default_file_format": file_format}
    return json.dumps({**params, "context": {**(params.get("context") or {}), **given}})


class CSVExport(core.CSVExport):
    """CSV without cells that run."""

    def base(self, data):
        """Export with the reason that the client asked for; see :class:`ExportFormat`."""
        return super().base(_pass_reason(data, "csv"))

    def from_data(self, fields, columns_headers, rows):
        """Write the rows; see :class:`ExportFormat`."""
        if not _is_ours():
            return super().from_data(fields, columns_headers, rows)
        with io.StringIO() as target:
            writer = csv.writer(target, quoting=csv.QUOTE_ALL)
            writer.writerow(map(safe_list_cell, columns_headers))
            writer.writerows(map(_to_cell, row) for row in rows)
            return target.getvalue()


def _to_cell(value):
    """Return what core writes of a value, made safe."""
    if value is None or value is False:
        return ""
    return safe_list_cell(value.decode() if isinstance(value, bytes) else value)


class ExcelExport(core.ExcelExport):
    """XLSX with text typed as text."""

    def base(self, data):
        """Export with the reason that the client asked for; see :class:`ExportFormat`."""
        return super().base(_pass_reason(data, "xlsx"))

    def from_data(self, fields, columns_headers, rows):
        """Write the rows; see :class:`ExportFormat`."""
        if not _is_ours():
            return super().from_data(fields, columns_headers, rows)
        with TextXlsxWriter(fields, columns_headers, len(rows)) as writer:
            for number, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    writer.write_cell(number, column, value)
        return writer.value

    def from_group_data(self, fields, columns_headers, groups):
        """Write the rows under their groups; see :class:`ExportFormat`."""
        if not _is_ours():
            return super().from_group_data(fields, columns_headers, groups)
        with TextXlsxWriter(fields, columns_headers, groups.count) as writer:
            row, column = 1, 0
            for name, group in groups.children.items():
                row, column = writer.write_group(row, column, name, group)
        return writer.value


class TextXlsxWriter(core.GroupExportXlsxWriter):
    """Writes text as text: no formula, no link."""

    def write(self, row, column, cell_value, style=None):
        """Write one cell; see :class:`ExportXlsxWriter`."""
        if isinstance(cell_value, str):
            return self.worksheet.write_string(row, column, cell_value, style)
        return super().write(row, column, cell_value, style)


class PivotExport(core_pivot.TableExporter):
    """Tables of pivot views: with names or addresses as groups they are lists."""

    @http.route(readonly=False)
    def export_xlsx(self, data, **kwargs):
        """Log the export with its number of rows; titles that would run are text."""
        table = json.loads(data if isinstance(data, str) else data.read())
        if table and is_listed(table["model"]):
            export = ListExport(request.env[table["model"]], [])
            export.log(table.get("reason"), "xlsx", len(table["rows"]))
            for title in itertools.chain(*table["col_group_headers"], table["measure_headers"], table["rows"]):
                title["title"] = safe_list_cell(title["title"])
        return super().export_xlsx(json.dumps(table), **kwargs)


class Cards(core_vcard.Partner):
    """The card of one contact is for any reader; several at once are an export."""

    @http.route()
    def download_vcard(self, partner_ids=None, partner=None, reason="", **kwargs):
        """Ask for the reason first, and log it."""
        numbers = {int(number) for number in (partner_ids or "").split(",") if number.isdigit()}
        if len(numbers) > 1:
            cards = request.env["res.partner"].browse(numbers)
            if page := ask_reason(cards, reason, {"partner_ids": partner_ids}):
                return page
        return super().download_vcard(partner_ids=partner_ids, partner=partner, **kwargs)


def ask_reason(records, reason, params):
    """Log the export of several cards; return the page that asks for the reason where none is given.

    :param dict params: what the page calls this address with again, besides the reason
    :raises AccessError: when the user may not export them
    """
    export = ListExport(records, [])
    export.check_right()
    if not reason.strip():
        action = request.httprequest.path
        values = {"action": action, "count": len(records), "params": params}
        return request.render("expo_followup.export_reason_page", values)
    export.log(reason, "vcf")
    return None


class Json(core_json.WebJsonController):
    """Core's experimental lists as JSON: not of ours and of contacts, as this address asks no reason."""

    @http.route()
    def web_json_1(self, subpath, **kwargs):
        """Refuse what would be an export without an entry in the log; one record is read as on any form."""
        self._check_json_route_active()
        action, _context, _eval_context, number = self._get_action(subpath)
        if not number and is_listed(action.res_model):
            raise AccessError(
                request.env._(
                    "You cannot read %(list)s here because an export needs a reason. Use Export in the list.",
                    list=action.name,
                )
            )
        return super().web_json_1(subpath, **kwargs)
