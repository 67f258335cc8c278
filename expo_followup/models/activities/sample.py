"""Samples of a customer with their steps, and the articles of each."""

from mimetypes import guess_extension

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..mixins.composer import composer_action
from ..mixins.record_keeping import RecordKeeping

# What the customer agreed to: fixed until it is agreed anew.
AGREED_FIELDS = frozenset({"participation_id", "partner_id", "line_ids", "details", "picture", "freight"})
# The columns of the board; what came to nothing is shown where there is some.
MAIN_STATES = ("requested", "agreed", "shipped", "received", "judged")
# From which states each step leads on.


class ExpoSample(models.Model):
    """A sample for a customer: asked for, agreed in its details, sent, received, judged (rules.md §4).

    Stock-free: goods are named from the catalogue, nothing is moved. Who pays the freight tests whether a buyer is
    real, so freight is collect unless a person says otherwise. The days of agreement and receipt are anchors of the
    follow-up plan; each sample is a round of its own.
    """

    _name = "expo.sample"
    _description = "Sample"
    _inherit = ["mail.thread", "expo.customer.hints", "expo.steps", "expo.linked.records"]
    _order = "requested_on desc, id desc"
    _rec_names_search = ("goods", "partner_id", "tracking_number")
    _record_keeping = RecordKeeping(
        archive="samples",
        archive_order=140,
        attachments=True,
        personal="erase",
        personal_links=("partner_id", "participation_id"),
        erase_order=30,
        merge="_merge_samples",
        salesperson="participation_id.user_id",
    )
    _mail_thread_customer = True
    _steps = {
        "agree": ("requested",),
        "ship": ("agreed",),
        "receive": ("shipped",),
        "judge": ("received",),
        "refuse_freight": ("requested", "agreed"),
        "refuse": ("requested", "agreed"),
        "cancel": ("requested", "agreed", "shipped"),
        "reopen": ("agreed", "refused", "cancelled"),
    }
    # What follows from the steps of a sample, and whose it is: never written by hand.
    _system_fields = frozenset(
        {
            "state", "proposed_on", "agreed_on", "agreed_by", "agreed_how", "agreed_noted_by_id", "shipped_on",
            "received_on", "received_by", "judged_on", "judgement", "judgement_text", "end_reason", "weak_demand",
            "followup_id", "company_id",
        }
    )  # fmt: skip

    participation_id = fields.Many2one(
        "expo.participation", "Exhibition Customer", ondelete="cascade", index=True, check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    exhibition_id = fields.Many2one(
        related="participation_id.exhibition_id", store=True, precompute=True, index="btree_not_null"
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, required=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        ondelete="set null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    tier_id = fields.Many2one(related="participation_id.tier_id", string="Intent Tier")
    country_id = fields.Many2one(related="partner_id.country_id")
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    line_ids = fields.One2many("expo.sample.line", "sample_id", "Goods", copy=True)
    goods = fields.Char("Sample Goods", compute="_compute_goods", store=True)
    details = fields.Text(
        help="Details to confirm with the customer: color, material, size, packaging, shipping marks."
    )
    picture = fields.Image(max_width=1280, max_height=1280, help="Picture sent to the customer with the details.")
    freight = fields.Selection(
        [("collect", "Freight collect"), ("prepaid", "Freight prepaid")],
        default="collect",
        required=True,
        tracking=True,
        help="Collect: the customer pays. Paying the freight shows real purchase intent.",
    )
    freight_account = fields.Char(help="The customer's account with the carrier, for freight collect.")
    address_id = fields.Many2one(
        "res.partner", "Shipping Address", compute="_compute_address_id", store=True, readonly=False, check_company=True
    )
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("agreed", "Confirmed"),
            ("shipped", "Shipped"),
            ("received", "Received"),
            ("judged", "Feedback received"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        "Status",
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        group_expand="_group_expand_state",
    )
    requested_on = fields.Date(required=True, default=lambda self: self.env.company._expo_today(), copy=False)
    proposed_on = fields.Datetime("Details Sent On", readonly=True, copy=False)
    agreed_on = fields.Date(readonly=True, copy=False, string="Confirmed On")
    agreed_by = fields.Char(
        "Confirmed By", readonly=True, copy=False, help="Person who confirmed the details for the customer."
    )
    agreed_how = fields.Selection(
        [("mail", "Email"), ("phone", "Phone"), ("chat", "Chat"), ("person", "In person")],
        "Confirmation Method",
        readonly=True,
        copy=False,
    )
    agreed_noted_by_id = fields.Many2one("res.users", "Noted By", readonly=True, copy=False, ondelete="set null")
    shipped_on = fields.Date(readonly=True, copy=False)
    carrier = fields.Char(copy=False)
    tracking_number = fields.Char(copy=False)
    cost = fields.Monetary("Our Cost", copy=False, help="Cost of the sample and its freight that we bear.")
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, readonly=False, precompute=True, required=True
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    company_cost = fields.Monetary(
        "Cost (Company Currency)", compute="_compute_company_cost", store=True, currency_field="company_currency_id"
    )
    received_on = fields.Date(readonly=True, copy=False)
    received_by = fields.Char(readonly=True, copy=False)
    judged_on = fields.Date("Feedback Received On", readonly=True, copy=False)
    judgement = fields.Selection(
        [("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")],
        "Feedback Result",
        readonly=True,
        copy=False,
    )
    judgement_text = fields.Text("Customer Comments", readonly=True, copy=False)
    followup_id = fields.Many2one(
        "expo.followup",
        "Follow-up",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Follow-up in which the customer gave feedback on the sample.",
    )
    end_reason = fields.Char("Reason", readonly=True, copy=False, tracking=True)
    weak_demand = fields.Boolean(
        "Low Purchase Intent",
        readonly=True,
        copy=False,
        tracking=True,
        help="The customer refused to pay the freight.",
    )

    # The details go to the customer by mail, with a picture, before the sample does (rules.md §4).
    letter_goods = fields.Html(
        compute="_compute_letter_goods", compute_sudo=True, sanitize=False, string="Sample Goods in Letter"
    )

    @api.model
    def _group_expand_state(self, states, domain):
        return [*MAIN_STATES, *(state for state in states if state not in MAIN_STATES)]

    @api.depends("participation_id.partner_id")
    def _compute_partner_id(self):
        for sample in self:
            sample.partner_id = sample.participation_id.partner_id or sample.partner_id

    @api.depends("participation_id.company_id")
    def _compute_company_id(self):
        for sample in self:
            sample.company_id = sample.participation_id.company_id or sample.company_id or self.env.company

    @api.depends("participation_id.user_id")
    def _compute_user_id(self):
        """The customer's salesperson sends the sample; without an exhibition customer, its author does."""
        for sample in self:
            entry = sample.participation_id
            sample.user_id = entry.user_id if entry else sample.user_id or self.env.user

    @api.depends("partner_id")
    def _compute_address_id(self):
        for sample in self:
            same = sample.address_id.commercial_partner_id == sample.partner_id.commercial_partner_id
            sample.address_id = sample.address_id if sample.address_id and same else sample.partner_id

    @api.depends("company_id")
    def _compute_currency_id(self):
        for sample in self:
            sample.currency_id = sample.currency_id or sample.company_id.currency_id

    @api.depends("line_ids.name", "line_ids.quantity")
    def _compute_goods(self):
        for sample in self:
            sample.goods = ", ".join(
                f"{line.name} × {line.quantity:g}" if line.quantity != 1 else line.name
                for line in sample.line_ids
                if line.name
            )

    @api.depends("cost", "currency_id", "company_id", "shipped_on")
    def _compute_company_cost(self):
        for sample in self:
            day = sample.shipped_on or sample.requested_on or fields.Date.today()
            ours, company = sample.company_id.currency_id, sample.company_id
            sample.company_cost = (
                sample.currency_id._convert(sample.cost, ours, company, day) if sample.cost else sample.cost
            )

    @api.depends("goods", "partner_id")
    def _compute_display_name(self):
        for sample in self:
            sample.display_name = f"{sample.goods or self.env._('Sample')}: {sample.partner_id.display_name or ''}"

    # -- what users may say

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_system():
            vals_list = [self._drop_system_values(vals) for vals in vals_list]
            # A sample of a show's customer belongs to the user who serves them.
            vals_list = [{**vals, "user_id": False} if vals.get("participation_id") else vals for vals in vals_list]
        samples = super(ExpoSample, self._drop_system_defaults()).create(vals_list).with_env(self.env)
        # Customers given as a default were not among the values.
        samples._check_customer()
        samples.filtered("participation_id")._follow_customer()
        return samples

    def write(self, vals):
        self._check_system_fields(vals)
        if not self._is_system():
            self._check_user_values(vals)
        if "participation_id" not in vals:
            return super().write(vals)
        before = self.participation_id._get_names_of_sample_days()
        customers = self.participation_id
        res = super().write(vals)
        self._check_customer()
        self._follow_customer()
        (customers | self.participation_id)._drop_sample_days(before)
        return res

    def unlink(self):
        customers, before = self.participation_id, self.participation_id._get_names_of_sample_days()
        res = super().unlink()
        customers._drop_sample_days(before)
        return res

    def _check_user_values(self, vals):
        """Refuse another salesperson than the customer's, and changes of what the customer has agreed to.

        :raises AccessError: when the sample is of a customer of a show, whose salesperson sends it
        :raises UserError: when the customer has agreed to something else already
        """
        if "user_id" in vals and self.participation_id:
            raise AccessError(
                self.env._(
                    "You cannot change the sender of this sample because the customer's salesperson sends "
                    "it. Change the customer's salesperson instead."
                )
            )
        if AGREED_FIELDS & vals.keys():
            self._check_open()

    def _check_open(self):
        """Refuse to change what the customer has agreed to."""
        for sample in self:
            if sample.state != "requested":
                raise UserError(
                    self.env._(
                        "You cannot change “%s” because the customer has confirmed it. Reopen the sample first.",
                        sample.display_name,
                    )
                )

    def _check_customer(self):
        """Refuse samples of customers that the user may not write."""
        if not self._is_system():
            self.participation_id.check_access("write")

    def _follow_customer(self):
        """Salesperson, customer and company are those of the exhibition customer, whatever the caller says."""
        # In sudo: derived from the entry, which the caller may write.
        for name in ("partner_id", "company_id", "user_id"):
            self.env.add_to_compute(self._fields[name], self.sudo())
        self.sudo()._recompute_recordset(["partner_id", "company_id", "user_id"])

    def _serves_customer(self):
        """A sample can be noted for any customer: the file decides, or that it is the user's for the entry."""
        return bool(self._filter_by_file_or_task())

    @api.private
    def _today(self):
        """Return today's date at the show, else at the company."""
        show = self.exhibition_id
        return show._today() if show else self.company_id._expo_today()

    def action_open_participation(self):
        """Open the exhibition customer."""
        self.ensure_one()
        return self.participation_id.get_formview_action()

    # -- the mail with the details

    @api.depends("line_ids", "details", "freight", "freight_account", "picture", "address_id")
    @api.depends_context("lang")
    def _compute_letter_goods(self):
        """Draw goods, details, picture and freight, in the language of the context."""
        pictures = self._get_picture_urls()
        for sample in self:
            values = {"sample": sample, "picture_url": pictures.get(sample.id)}
            sample.letter_goods = self.env["ir.qweb"]._render("expo_followup.sample_goods", values)

    def _get_picture_files(self):
        return self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_field", "=", "picture"), ("res_id", "in", self.ids)]
        )

    def _get_picture_urls(self):
        """Return ``{sample id: link}`` of the pictures, which every reader of the mail may fetch."""
        pictures = self._get_picture_files()
        tokens = pictures.generate_access_token()
        return {
            picture.res_id: f"{self.browse(picture.res_id).get_base_url()}/web/image/{picture.id}?access_token={token}"
            for picture, token in zip(pictures, tokens, strict=True)
        }

    def _process_attachments_for_template_post(self, mail_template):
        """Many a mail program shows no pictures from elsewhere: the picture travels with the mail too."""
        res = super()._process_attachments_for_template_post(mail_template)
        if mail_template == self.env.ref("expo_followup.mail_template_sample", raise_if_not_found=False):
            for picture in self._get_picture_files():
                name = f"{self.env._('Sample')}{guess_extension(picture.mimetype) or ''}"
                files = res.setdefault(picture.res_id, {}).setdefault("attachments", [])
                files.append((name, picture.with_context(bin_size=False).datas))
        return res

    def action_propose(self):
        """Open the mail that asks the customer to confirm goods, details and freight."""
        self.ensure_one()
        self.check_access("write")
        template = self.env.ref("expo_followup.mail_template_sample", raise_if_not_found=False)
        return composer_action(self, self.env._("Details to confirm"), template)

    def _message_post_after_hook(self, message, msg_vals):
        """What is written to the customer while the sample is not agreed is our proposal."""
        res = super()._message_post_after_hook(message, msg_vals)
        if self.state == "requested" and self.partner_id in message.partner_ids and message.message_type == "comment":
            # Derived from the message; who may write to the customer may not write this field.
            self.sudo().proposed_on = fields.Datetime.now()
        return res

    @api.model
    def mail_allowed_qweb_expressions(self):
        """What a manager may use in this mail without being a technical template editor."""
        return (
            *super().mail_allowed_qweb_expressions(),
            "object.letter_goods",
            "object.company_id.name",
            "object.partner_id.name",
            "object.user_id.name",
            "object.user_id.signature",
        )

    def _get_salutation(self):
        return self.partner_id._expo_get_salutation(self.partner_id._expo_get_people(self.company_id))

    def _get_address_html(self):
        """Return the address to send to."""
        lines = (self.address_id or self.partner_id)._display_address().splitlines()
        return Markup("<br/>").join(line.strip() for line in lines if line.strip())

    # -- the steps: each says from which state it leads on, and keeps who, when and how

    def agree(self, by="", how="mail", on=None):
        """Note that the customer confirmed goods, details and freight.

        :param str by: who of the customer confirmed, the customer when empty
        :param str how: ``mail``, ``phone``, ``chat`` or ``person``
        :param date on: when, today when None
        """
        self._lock_for_step("agree")
        if not self.goods and not self.details:
            raise UserError(
                self.env._("You cannot confirm this sample because the goods are missing. Enter the goods first.")
            )
        values = {
            "agreed_on": self._check_day(on),
            "agreed_by": by or self.partner_id.name,
            "agreed_how": how,
            "agreed_noted_by_id": self.env.uid,
        }
        if self.freight == "collect":
            # A customer who pays after all does intend to buy.
            values["weak_demand"] = False
        self._advance("agreed", values)

    def ship(self, carrier="", tracking_number="", on=None, **cost):
        """Note that the sample left.

        :param cost: ``cost``, and ``currency_id`` where it is not the company's
        """
        self._lock_for_step("ship")
        values = {
            "shipped_on": self._check_day(on),
            "carrier": carrier or self.carrier,
            "tracking_number": tracking_number or self.tracking_number,
            **{name: cost[name] for name in ("cost", "currency_id") if cost.get(name)},
        }
        self._advance("shipped", values)

    def receive(self, by="", on=None):
        """Note that the customer has the sample: the plan asks how they like it."""
        self._lock_for_step("receive")
        self._advance("received", {"received_on": self._check_day(on, self.shipped_on), "received_by": by})

    def judge(self, judgement, text, tier=None):
        """Note what the customer says of the sample: a follow-up with its effect, and perhaps a new tier.

        :param str judgement: ``positive``, ``neutral`` or ``negative``
        :param tier: new ``expo.tier`` or its code, None to keep it
        """
        self._lock_for_step("judge")
        if judgement not in dict(self._fields["judgement"].selection) or not (text or "").strip():
            raise UserError(
                self.env._(
                    "You cannot save the feedback because the customer's comments are missing. Enter them first."
                )
            )
        # The follow-up judges the sample, also where the plan asked for it.
        touch = self._get_touch()
        self.sudo().followup_id = touch
        touch.record_outcome(text.strip(), judgement, tier=tier)

    def refuse_freight(self, send_prepaid=False, tier=None, reason=""):
        """The customer will not pay the freight: a sign of low purchase intent, kept on the sample and the customer.

        :param bool send_prepaid: send it all the same, at our cost; else the sample is refused
        :param tier: new ``expo.tier`` or its code, None to keep it
        """
        self._lock_for_step("refuse_freight")
        if self.freight != "collect":
            raise UserError(
                self.env._(
                    "You cannot record a freight refusal for “%s” because the freight is prepaid. Refuse "
                    "the sample instead.",
                    self.display_name,
                )
            )
        reason = reason or self.env._("The customer refused to pay the freight.")
        if send_prepaid:
            # What was agreed with freight collect is to be agreed anew.
            self._advance("requested", {**self._get_disagreed(), "freight": "prepaid", "weak_demand": True})
        else:
            self._advance("refused", {"weak_demand": True, "end_reason": reason})
        if tier and self.participation_id:
            self.participation_id.set_tier(tier, reason=reason)

    def refuse(self, reason):
        """No sample is sent: the customer does not want it, or we do not send it."""
        self._finish_step("refuse", "refused", reason)

    def cancel(self, reason):
        """Call the sample off, also when it was lost on its way."""
        self._finish_step("cancel", "cancelled", reason)

    def action_reopen(self):
        """Start again from the request: to agree anew, or because it was refused too early."""
        for sample in self:
            sample._lock_for_step("reopen")
            sample._advance("requested", {**self._get_disagreed(), "end_reason": False})
        return True

    # -- behind the steps

    def _finish_step(self, step, state, reason):
        self._lock_for_step(step)
        if not (reason or "").strip():
            raise UserError(
                self.env._(
                    "You cannot refuse or cancel this sample because the reason is missing. Enter a reason "
                    "for the next salesperson."
                )
            )
        self._advance(state, {"end_reason": reason.strip()})

    def _get_disagreed(self):
        return {
            "agreed_on": False,
            "agreed_by": False,
            "agreed_how": False,
            "agreed_noted_by_id": False,
            "shipped_on": False,
        }

    def _advance(self, state, values):
        # The facts of the steps are read-only to users but through these methods, which have checked access.
        sample = self.sudo()
        before = sample.participation_id._get_names_of_sample_days()
        sample.write({**values, "state": state})
        sample.participation_id._drop_sample_days(before)

    def _check_day(self, day, not_before=None):
        """Return the day of a step, today when None.

        :raises UserError: when it is in the future, or before the step that comes first
        """
        today = self._today()
        day = day or today
        if day > today:
            raise UserError(
                self.env._("You cannot record this step because its date is in the future. Record it once it is done.")
            )
        if not_before and day < not_before:
            raise UserError(self.env._("The date in Received On must not be before the date in Shipped On."))
        return day

    def _record_judgement(self, judgement, text, touch):
        """Keep the judgement and the follow-up in which it was given; the plan asks no more."""
        for sample in self:
            values = {"judgement": judgement, "judgement_text": text, "judged_on": sample._today()}
            sample._advance("judged", {**values, "followup_id": touch.id})

    def _get_touch(self):
        """Return the follow-up in which the customer judges: the one that the plan asks for, else one more."""
        if asked := self.participation_id._get_sample_checks()[:1]:
            return asked
        touch = self.env["expo.followup"].create(
            {
                "participation_id": self.participation_id.id,
                "partner_id": self.partner_id.id,
                "user_id": self.user_id.id or self.env.uid,
                "activity_type_id": self.env.ref("expo_followup.activity_sample").id,
                "window_start": self._today(),
            }
        )
        # What it is about is kept by the system.
        touch.sudo().occasion_key = f"sample:{self.id}"
        return touch

    # -- buttons

    def action_agree(self):
        """Ask who confirmed the details, when and how."""
        return self.env["expo.sample.step"]._open_dialog(self, "agree")

    def action_ship(self):
        """Ask for carrier, number and cost."""
        return self.env["expo.sample.step"]._open_dialog(self, "ship")

    def action_receive(self):
        """Ask when it arrived."""
        return self.env["expo.sample.step"]._open_dialog(self, "receive")

    def action_judge(self):
        """Ask what the customer thinks of it."""
        return self.env["expo.sample.step"]._open_dialog(self, "judge")

    def action_refuse_freight(self):
        """Ask what becomes of a sample whose freight the customer does not pay."""
        return self.env["expo.sample.step"]._open_dialog(self, "refuse_freight")

    def action_refuse(self):
        """Ask why no sample is sent."""
        return self.env["expo.sample.step"]._open_dialog(self, "refuse")

    def action_cancel(self):
        """Ask why the sample is cancelled."""
        return self.env["expo.sample.step"]._open_dialog(self, "cancel")


class ExpoSampleLine(models.Model):
    """One article of a sample: from the catalogue, or described in words. Nothing is taken from stock."""

    _name = "expo.sample.line"
    _description = "Article of a Sample"
    _inherit = ["expo.linked.records"]
    _order = "sequence, id"
    _record_keeping = RecordKeeping(
        archive="sample_articles",
        archive_order=150,
        archive_parent="sample_id",
        personal="with_parent",
        salesperson="sample_id.participation_id.user_id",
    )

    sample_id = fields.Many2one("expo.sample", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="sample_id.company_id", store=True, precompute=True)
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one("product.product", check_company=True, ondelete="restrict")
    name = fields.Char("Article", compute="_compute_name", store=True, readonly=False, precompute=True, required=True)
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")
    details = fields.Char(help="Color, size, material and packaging of the sample.")

    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "The quantity of a sample must be greater than zero.")

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            # As the customer reads it: without our number.
            line.name = line.product_id.with_context(display_default_code=False).display_name or line.name

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        self._check_open()
        res = super().write(vals)
        if "sample_id" in vals:
            self._check_open()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        self._check_open()

    def _check_open(self):
        if not self._is_system():
            self.sample_id._check_open()
