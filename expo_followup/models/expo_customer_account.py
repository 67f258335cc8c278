from odoo import api, fields, models


class ExpoCustomerAccount(models.Model):
    """One network account of a customer, or of one of his people."""

    _name = "expo.customer.account"
    _description = "Network Account of a Customer"
    _order = "kind, id"
    _rec_name = "account"

    file_id = fields.Many2one(
        "expo.customer.file", "Customer File", required=True, ondelete="cascade", index=True,
        compute="_compute_file_id", store=True, readonly=False, precompute=True,
    )  # fmt: skip
    company_id = fields.Many2one(related="file_id.company_id", store=True, index=True)
    person_id = fields.Many2one(
        "expo.customer.person", "Person", ondelete="set null", index="btree_not_null",
        domain="[('file_id', '=', file_id)]", help="Empty: the company's account.",
    )  # fmt: skip
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
    account = fields.Char("Account", required=True)
    note = fields.Char()

    @api.depends("person_id")
    def _compute_file_id(self):
        for account in self:
            account.file_id = account.person_id.file_id or account.file_id

    @api.depends("kind", "account")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for account in self:
            account.display_name = f"{kinds.get(account.kind, '')}: {account.account or ''}"
