from odoo import api, fields, models


class ExpoSampleStep(models.TransientModel):
    """One short dialog for the next step of a sample: it asks only for what this step needs."""

    _name = "expo.sample.step"
    _description = "Next Step of a Sample"
    _inherit = ["expo.linked.records"]

    sample_id = fields.Many2one("expo.sample", required=True, readonly=True, ondelete="cascade")
    step = fields.Selection(
        [
            ("agree", "Confirmed"),
            ("ship", "Shipped"),
            ("receive", "Received"),
            ("judge", "Record feedback"),
            ("refuse_freight", "Record freight refusal"),
            ("refuse", "Refused"),
            ("cancel", "Cancelled"),
        ],
        required=True,
        readonly=True,
    )
    partner_id = fields.Many2one(related="sample_id.partner_id")
    goods = fields.Char("Sample Goods", related="sample_id.goods")
    freight = fields.Selection(related="sample_id.freight")
    tier_before_id = fields.Many2one(related="sample_id.tier_id", string="Current Tier")
    day = fields.Date("Date")
    person = fields.Char(help="Person at the customer who confirmed or received the sample.")
    how = fields.Selection(
        [("mail", "Email"), ("phone", "Phone"), ("chat", "Chat"), ("person", "In person")],
        "Confirmation Method",
        default="mail",
    )
    carrier = fields.Char()
    tracking_number = fields.Char()
    cost = fields.Monetary("Our Cost")
    currency_id = fields.Many2one("res.currency")
    judgement = fields.Selection(
        [("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")], "Feedback Result"
    )
    text = fields.Text("Customer Comments")
    send_prepaid = fields.Boolean("Shipment at Our Cost")
    tier_id = fields.Many2one("expo.tier", "New Tier", help="New tier of the customer; empty means no change.")

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        # The dialog shows facts of the sample, so it opens only for who may write them down.
        steps.sample_id.check_access("write")
        return steps

    def write(self, vals):
        res = super().write(vals)
        self.sample_id.check_access("write")
        return res

    @api.model
    def _open_dialog(self, sample, step):
        """Open the dialog for a step of a sample, filled with what is known."""
        sample._lock_for_step(step)
        entry = sample.participation_id
        dialog = self.create(
            {
                "sample_id": sample.id,
                "step": step,
                "day": sample._today(),
                "person": sample.partner_id.name,
                "carrier": sample.carrier,
                "tracking_number": sample.tracking_number,
                "cost": sample.cost,
                "currency_id": sample.currency_id.id,
                # A refused freight shows low purchase intent: proposed, for a user to decide.
                "tier_id": entry._get_lower_tier().id if step == "refuse_freight" else False,
            }
        )
        labels = dict(self._fields["step"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": labels[step],
            "res_model": self._name,
            "res_id": dialog.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_confirm(self):
        """Take the step."""
        self.ensure_one()
        sample = self.sample_id
        take = {
            "agree": lambda: sample.agree(self.person, self.how, self.day),
            "ship": lambda: sample.ship(
                self.carrier, self.tracking_number, self.day, cost=self.cost, currency_id=self.currency_id.id
            ),
            "receive": lambda: sample.receive(self.person, self.day),
            "judge": lambda: sample.judge(self.judgement, self.text, self.tier_id or None),
            "refuse_freight": lambda: sample.refuse_freight(self.send_prepaid, self.tier_id or None, self.text),
            "refuse": lambda: sample.refuse(self.text),
            "cancel": lambda: sample.cancel(self.text),
        }
        take[self.step]()
        return {"type": "ir.actions.act_window_close"}
