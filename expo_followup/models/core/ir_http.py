from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client for which companies it offers the export of our lists."""
        info = super().session_info()
        for number, company in info.get("user_companies", {}).get("allowed_companies", {}).items():
            company["expo_list_export"] = self.env["res.company"].browse(number)._expo_may_export_lists()
        return info
