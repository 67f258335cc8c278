"""Core's export of lists: in those of ours and of contacts, no cell runs as a formula."""

import csv
import io
import json

from odoo.addons.web.controllers import export as core
from odoo.http import request

from ...tools.safe_cells import safe_list_cell


def _is_ours():
    """Whether the exported list is one of ours, or of contacts."""
    model = json.loads(request.params.get("data") or "{}").get("model") or ""
    return model.startswith("expo.") or model == "res.partner"


class CSVExport(core.CSVExport):
    """CSV without cells that run."""

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
