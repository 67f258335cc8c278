from odoo import api, fields, models

from ..mixins.record_keeping import RecordKeeping


class ExpoCustomerAccount(models.Model):
    """One network account of a customer, or of one of his people."""

    _name = "expo.customer.account"
    _description = "Network Account of a Customer"
    _inherit = ["expo.customer.file.personal", "expo.linked.records"]
    _order = "kind, id"
    _rec_name = "account"
    _record_keeping = RecordKeeping(
        archive="accounts",
        archive_order=40,
        archive_parent="file_id",
        personal="erase",
        personal_links=("person_id", "file_id"),
        erase_order=110,
        salesperson="file_id.participation_ids.user_id",
    )

    kind = fields.Selection(
        [
            ("wechat", "WeChat"),
            ("qq", "QQ"),
            ("weibo", "Weibo"),
            ("whatsapp", "WhatsApp"),
            ("linkedin", "LinkedIn"),
            ("telegram", "Telegram"),
            ("line", "LINE"),
            ("kakao", "KakaoTalk"),
            ("zalo", "Zalo"),
            ("facebook", "Facebook"),
            ("instagram", "Instagram"),
            ("x", "X"),
            ("skype", "Skype"),
            ("other", "Other"),
        ],
        "Network",
        required=True,
        default="wechat",
    )
    account = fields.Char(required=True)
    note = fields.Char()

    @api.depends("kind", "account")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for account in self:
            account.display_name = f"{kinds.get(account.kind, '')}: {account.account or ''}"
