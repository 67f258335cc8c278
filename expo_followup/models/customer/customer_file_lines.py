"""What stands in a customer file row by row: network accounts, purchase plans, preferences and gifts.

First what all rows share, and the preferred time of a company or a person. People are in `customer_person`.
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.messengers import get_chat
from ..mixins.messenger import get_problem_text
from ..mixins.record_keeping import RecordKeeping


class ExpoCustomerFilePart(models.AbstractModel):
    """A row of a customer file: users who may write the file may write it, and it stays within that file's people."""

    _name = "expo.customer.file.part"
    _description = "Part of a Customer File"

    file_id = fields.Many2one("expo.customer.file", "Customer File", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="file_id.company_id", store=True, precompute=True, index=True)

    def write(self, vals):
        res = super().write(vals)
        if "file_id" in vals:
            # The rules looked at the file it came from: look at the one it went to as well.
            self.file_id.check_access("write")
        return res


class ExpoCustomerFilePersonal(models.AbstractModel):
    """A row of a customer file that may be about one of its people, and then is in that person's file by itself."""

    _name = "expo.customer.file.personal"
    _description = "Personal Part of a Customer File"
    _inherit = ["expo.customer.file.part"]
    _expo_checked_later = frozenset({"person_id"})

    file_id = fields.Many2one(compute="_compute_file_id", store=True, readonly=False, precompute=True)
    person_id = fields.Many2one(
        "expo.customer.person",
        ondelete="set null",
        index="btree_not_null",
        domain="[('file_id', '=', file_id)]",
        help="Person at the customer concerned; empty means the company as a whole.",
    )

    @api.depends("person_id")
    def _compute_file_id(self):
        for row in self:
            row.file_id = row.person_id.file_id or row.file_id

    @api.constrains("person_id", "file_id")
    def _check_person_in_file(self):
        """Refuse the people of other files.

        :raises ValidationError: when the person is in another file
        """
        # In sudo: a person that the user may not see is refused in the same words.
        for row in self.sudo().filtered("person_id"):
            if row.person_id.file_id != row.file_id:
                raise ValidationError(
                    self.env._(
                        "You cannot select this person because they belong to another customer file. Select "
                        "a person of the same file."
                    )
                )


class ExpoPreferredTime(models.AbstractModel):
    """When a company or a person likes to be called or visited, and for how long (rules.md §4)."""

    _name = "expo.preferred.time"
    _description = "Preferred Time"

    preferred_time = fields.Selection(
        [
            ("working", "Working hours"),
            ("morning", "Mornings, 9 to 12"),
            ("afternoon", "Afternoons, 13 to 18"),
            ("evening", "Evenings, outside working hours"),
        ],
        help="Preferred time for calls, in the customer's local time; empty means working hours, 9 to 18.",
    )
    preferred_meeting = fields.Selection(
        [("short", "Short and to the point"), ("long", "With time to talk")], "Meeting Preference"
    )


class ExpoCustomerAccount(models.Model):
    """One network account of a customer, or of one of its people."""

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
            ("viber", "Viber"),
            ("other", "Other"),
        ],
        "Network",
        required=True,
        default="wechat",
    )
    account = fields.Char(required=True)
    problem = fields.Char(compute="_compute_problem", help="Why no chat can be opened; empty when one can.")
    note = fields.Char()

    @api.depends("kind", "account")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for account in self:
            account.display_name = f"{kinds.get(account.kind, '')}: {account.account or ''}"

    @api.depends("kind", "account", "person_id.partner_id.country_id", "file_id.partner_id.country_id")
    @api.depends_context("lang")
    def _compute_problem(self):
        for account in self:
            account.problem = account._get_chat_values()["problem"] if account.account else False

    def _get_chat_values(self, text=""):
        """Return how to chat with this member of a network, as :meth:`expo.messenger.get_messengers` does."""
        self.ensure_one()
        chat = get_chat(self.kind, self.account, text)
        partner = self.person_id.partner_id or self.file_id.partner_id
        if chat.problem and self.account:
            # A number as it is written at home.
            country = partner.country_id or self.file_id.partner_id.country_id
            number = partner._phone_format(number=self.account, country=country, force_format="E164")
            again = get_chat(self.kind, number or "", text)
            chat = chat if again.problem else again
        network = dict(self._fields["kind"]._description_selection(self.env)).get(self.kind, "")
        person = self.person_id.name
        return {
            "kind": self.kind,
            "label": f"{network} · {person}" if person else network,
            "account": chat.account,
            "link": chat.link,
            "app": chat.app,
            "problem": get_problem_text(self.env, chat.problem, network),
        }


class ExpoCustomerPlan(models.Model):
    """What a customer means to buy, and when (rules.md §3)."""

    _name = "expo.customer.plan"
    _description = "Purchase Plan of a Customer"
    _inherit = ["expo.customer.file.part", "expo.linked.records"]
    _order = "planned_on, id"
    _record_keeping = RecordKeeping(
        archive="plans",
        archive_order=60,
        archive_parent="file_id",
        personal="with_parent",
        salesperson="file_id.participation_ids.user_id",
    )

    name = fields.Char("Goods to Buy", required=True)
    planned_on = fields.Date("Planned Purchase Date", index=True)
    quantity = fields.Char(help="Quantity as stated by the customer, e.g. 2 containers, 400 sets.")
    currency_id = fields.Many2one(related="file_id.currency_id")
    amount = fields.Monetary("Expected Amount")
    is_done = fields.Boolean(
        "Settled",
        help="Set when the plan is closed because the customer has purchased from any supplier or given up the plan.",
    )
    note = fields.Char()

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        plans._request_sync()
        return plans

    def write(self, vals):
        files = self.file_id if "file_id" in vals else self.env["expo.customer.file"]
        res = super().write(vals)
        if {"planned_on", "is_done", "file_id"} & vals.keys():
            self._request_sync(files)
        return res

    def unlink(self):
        files = self.file_id
        res = super().unlink()
        self.browse()._request_sync(files)
        return res

    def _request_sync(self, files=None):
        """Plan anew the customers of these plans' files, and of others, where steps count from purchases."""
        # In sudo: what follows from a plan is planned for colleagues' customers as well.
        files = (self.file_id | (files or self.file_id)).sudo()
        counting = [("exhibition_id.plan_id.template_ids.expo_anchor", "=", "purchase_plan")]
        if customers := files.participation_ids.filtered_domain(counting):
            customers._request_sync()


class ExpoCustomerPreference(models.Model):
    """What a customer likes, noted by a colleague for the next salesperson (rules.md §3)."""

    _name = "expo.customer.preference"
    _description = "Preference of a Customer"
    _inherit = ["expo.customer.file.personal", "expo.linked.records"]
    _order = "noted_on desc, id desc"
    _rec_name = "text"
    _record_keeping = RecordKeeping(
        archive="preferences",
        archive_order=50,
        archive_parent="file_id",
        personal="erase",
        personal_links=("person_id", "file_id"),
        erase_order=120,
        salesperson="file_id.participation_ids.user_id",
    )
    # Author and date are set by the system.
    _system_fields = frozenset({"noted_by_id", "noted_on"})

    person_id = fields.Many2one()
    text = fields.Text("Preference", required=True)
    noted_by_id = fields.Many2one("res.users", default=lambda self: self.env.user, readonly=True, ondelete="set null")
    noted_on = fields.Datetime(default=fields.Datetime.now, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_fields(*vals_list)
        if not self._is_system():
            for vals in vals_list:
                # Defaults, also stored ones, are the caller's word, too.
                vals.update(noted_by_id=self.env.uid, noted_on=fields.Datetime.now())
        return super().create(vals_list)

    def write(self, vals):
        self._check_system_fields(vals)
        return super().write(vals)


class ExpoGift(models.Model):
    """A gift to a customer: what, on which occasion, and whether thanks were received (rules.md §4: long-term care)."""

    _name = "expo.gift"
    _description = "Gift to a Customer"
    _inherit = ["expo.customer.file.personal", "expo.linked.records"]
    _order = "given_on desc, id desc"
    _record_keeping = RecordKeeping(
        archive="gifts",
        archive_order=120,
        archive_parent="file_id",
        personal="erase",
        personal_links=("person_id", "file_id"),
        erase_order=130,
        salesperson="file_id.participation_ids.user_id",
    )

    name = fields.Char("Gift", required=True)
    customer_id = fields.Many2one(related="file_id.partner_id", string="Customer", store=True, index=True)
    person_id = fields.Many2one(string="Recipient")
    occasion = fields.Char(help="Occasion of the gift, e.g. visit, birthday, Mid-Autumn Festival.")
    given_on = fields.Date(required=True, default=fields.Date.context_today, index=True)
    given_by_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, ondelete="set null", domain="[('share', '=', False)]"
    )
    currency_id = fields.Many2one(related="file_id.currency_id")
    cost = fields.Monetary()
    thanked_on = fields.Date("Thanks Received On")
    note = fields.Char()
    customs = fields.Text(
        "Local Gift Customs", compute="_compute_customs", help="Gift customs from the notes on the customer's country."
    )

    _cost_range = models.Constraint("CHECK(cost >= 0)", "The cost of a gift must be 0 or more.")

    @api.depends("file_id.country_id")
    @api.depends_context("lang")
    def _compute_customs(self):
        for gift in self:
            gift.customs = gift.file_id.etiquette_id.gifts
