import base64
import io

from odoo import api, models

from ...tools.registers import RegisterWriter


class ExpoImport(models.Model):
    """Files to take away: what became of each row, and empty lists to fill in."""

    _inherit = "expo.import"

    def action_download_result(self):
        """Download a workbook with the result of every row."""
        self.ensure_one()
        self.check_access("read")
        name = f"{(self.filename or 'list').rsplit('.', 1)[0]} - {self.env._('result')}.xlsx"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/result_file?download=true&filename={name}",
            "target": "download",
        }

    @api.depends("line_ids.result", "line_ids.reason", "line_ids.failure_reason")
    def _compute_result_file(self):
        """Made when it is asked for; no cell of it is a formula."""
        for one in self:
            with io.BytesIO() as target:
                with RegisterWriter(target) as writer:
                    one._write_result(writer)
                one.result_file = base64.b64encode(target.getvalue())

    def _write_result(self, writer):
        _t = self.env._
        writer.begin(
            _t("Result"),
            [
                _t("Row"), _t("Result"), _t("Why"), _t("Contact"), _t("Company"), _t("E-mail"), _t("Phone"),
                _t("Country"), _t("As it came"),
            ],
        )  # fmt: skip
        lines = self.line_ids
        results = dict(lines._fields["result"]._description_selection(self.env))
        for line in lines:
            why = "\n".join(filter(None, (line.failure_reason, line.reason)))
            writer.row(
                [
                    line.sequence, results.get(line.result), why, line.name, line.company_name, line.email, line.phone,
                    line.country_id.name, line.raw_text,
                ]
            )  # fmt: skip
