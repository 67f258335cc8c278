from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixins.composer import composer_action
from ..mixins.record_keeping import RecordKeeping


class ExpoProblemNotice(models.Model):
    """A problem with an order that we know of before the customer does, or that was reported without a complaint.

    Tell the customer of a problem before asking for money (rules.md §5): while it is open, no payment reminder leaves
    for the order's invoices (``account_move_hold``), and mails that ask for payment show a warning.
    """

    _name = "expo.problem.notice"
    _description = "Order Problem"
    _inherit = ["mail.thread", "expo.linked.records"]
    _order = "is_open desc, declared_at desc, id desc"
    _record_keeping = RecordKeeping(
        archive="problems",
        archive_order=300,
        archive_needs="order_id",
        attachments=True,
        personal="with_complaint",
        personal_links=("partner_id",),
        salesperson="order_id.user_id",
    )
    _mail_thread_customer = True
    # What our methods keep.
    _system_fields = frozenset(
        {"declared_by_id", "declared_at", "told_at", "told_how", "ended_at", "ended_by_id", "is_open", "company_id"}
    )

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer", store=True, index="btree_not_null")
    kind = fields.Selection(
        [("damage", "Damage"), ("delay", "Delay"), ("other", "Other problem")], default="delay", required=True
    )
    text = fields.Text(
        "Problem Description", required=True, help="Text sent to the customer about the problem and our measures."
    )
    new_day = fields.Date("New Delivery Date", help="Expected delivery date in case of a delay; empty means unknown.")
    complaint_id = fields.Many2one(
        "expo.complaint",
        ondelete="set null",
        index="btree_not_null",
        domain="[('order_id', '=', order_id)]",
        help="Complaint that resulted from the problem; empty means none.",
    )
    declared_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="set null",
        copy=False,
        string="Recorded By",
    )
    declared_at = fields.Datetime("Recorded On", readonly=True, default=lambda self: fields.Datetime.now(), copy=False)
    told_at = fields.Datetime("Customer Informed On", readonly=True, copy=False)
    told_how = fields.Selection(
        [("mail", "By e-mail"), ("phone", "By phone")], "Notification Channel", readonly=True, copy=False
    )
    ended_at = fields.Datetime("Closed On", readonly=True, copy=False)
    ended_by_id = fields.Many2one("res.users", "Closed By", readonly=True, ondelete="set null", copy=False)
    is_open = fields.Boolean("Open Problem", compute="_compute_is_open", store=True, precompute=True, index=True)
    letter_lang = fields.Char("Letter Language", compute="_compute_letter_lang", compute_sudo=True)
    letter_from = fields.Char("Letter Sender", compute="_compute_letter_lang", compute_sudo=True)
    letter_salutation = fields.Char(compute="_compute_letter_lang", compute_sudo=True)
    letter_new_day = fields.Html(
        compute="_compute_letter_lang", compute_sudo=True, sanitize=False, string="Delivery Date in Letter"
    )

    @api.depends("ended_at")
    def _compute_is_open(self):
        for notice in self:
            notice.is_open = not notice.ended_at

    @api.depends("order_id.name", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for notice in self:
            notice.display_name = f"{notice.order_id.sudo().name or ''}: {kinds.get(notice.kind, '')}"

    @api.depends("partner_id.lang", "partner_id.name", "order_id.user_id", "new_day")
    @api.depends_context("lang", "uid")
    def _compute_letter_lang(self):
        """What the letter to the customer needs: its language, its sender, its salutation, and the new day in words."""
        letters = self.env["expo.complaint"]
        for notice in self:
            company = notice.company_id or self.env.company
            people = (notice.order_id.user_id, company, self.env.user)
            notice.letter_lang = notice.partner_id.lang or company.partner_id.lang or self.env.lang
            notice.letter_from = next((one.email_formatted for one in people if one.email), False)
            partner = notice.partner_id
            notice.letter_salutation = partner._expo_get_salutation(partner._expo_get_people(company))
            notice.letter_new_day = notice.new_day and letters._draw_paragraph(
                self.env._("Your goods will be delivered by %s.", letters._show_day(notice.new_day))
            )

    # -- writing -----------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_fields(*vals_list)
        notices = super(ExpoProblemNotice, self._drop_system_defaults()).create(vals_list).with_env(self.env)
        notices._check_pointed()
        notices._sync_holds()
        return notices

    def write(self, vals):
        self._check_system_fields(vals)
        if not self._is_system() and "order_id" in vals:
            raise UserError(
                self.env._(
                    "You cannot move a problem to another order. End it and record a new problem for the other order."
                )
            )
        res = super().write(vals)
        if "complaint_id" in vals:
            self._check_pointed()
        if {"ended_at", "order_id"} & vals.keys():
            self._sync_holds()
        return res

    def unlink(self):
        orders = self.sudo().order_id
        res = super().unlink()
        orders._expo_sync_holds()
        return res

    def _check_pointed(self):
        """Refuse orders and complaints that the user may not read, and complaints of other customers.

        :raises UserError: of another customer
        """
        self.order_id.check_access("read")
        self.complaint_id.check_access("read")
        for notice in self.filtered("complaint_id"):
            if notice.complaint_id.commercial_partner_id != notice.partner_id.commercial_partner_id:
                raise UserError(
                    self.env._(
                        "You cannot choose this complaint because it belongs to another customer. Choose one "
                        "of this customer."
                    )
                )

    def _sync_holds(self):
        # In sudo: invoices follow from the problem, which the user may write.
        self.sudo().order_id._expo_sync_holds()

    # -- telling the customer, and the end ---------------------------------------------------------------

    def action_tell(self):
        """Open the mail that tells the customer; sending it is noted."""
        self.ensure_one()
        self.check_access("write")
        template = self.env.ref("expo_followup.mail_template_problem", raise_if_not_found=False)
        return composer_action(self, self.env._("Inform customer"), template)

    def _message_post_after_hook(self, message, msg_vals):
        """A message to the customer here counts as information."""
        res = super()._message_post_after_hook(message, msg_vals)
        customer = self.sudo().partner_id.commercial_partner_id
        theirs = message.partner_ids.filtered(lambda partner: partner.commercial_partner_id == customer)
        if theirs and not message.subtype_id.internal and message.message_type == "comment":
            self._note_told("mail")
        return res

    def action_told_by_phone(self):
        """Note that the customer was told on the phone."""
        self.check_access("write")
        self._note_told("phone")
        return True

    def _note_told(self, how):
        # In sudo: a fact that the system keeps, of a notice that the user may write.
        todo = self.sudo().filtered(lambda notice: not notice.told_at)
        todo.write({"told_at": fields.Datetime.now(), "told_how": how})

    def action_end(self):
        """The problem is over: payment may be asked for again.

        :raises UserError: while the customer has not been told of it
        """
        self.check_access("write")
        for notice in self:
            if not notice.told_at and not notice.complaint_id:
                raise UserError(
                    self.env._(
                        "You cannot close this problem because the customer has not been informed. Inform the "
                        "customer first."
                    )
                )
        # As above.
        todo = self.sudo().filtered("is_open")
        todo.write({"ended_at": fields.Datetime.now(), "ended_by_id": self.env.uid})
        return True

    @api.model
    def mail_allowed_qweb_expressions(self):
        """What a manager may use in this mail without being a technical template editor."""
        return (
            *super().mail_allowed_qweb_expressions(),
            "object.order_id.name",
            "object.text",
            "object.company_id.name",
            "object.letter_lang",
            "object.letter_from",
            "object.letter_salutation",
            "object.letter_new_day",
        )
