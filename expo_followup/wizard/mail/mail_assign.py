from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import escape_psql

from ...models.mail.mail_intake import MailIntake
from ...tools.domains import own_domain
from ...tools.mail_hygiene import takes_answers


class ExpoMailAssign(models.TransientModel):
    """Adds a mail in quarantine to the exhibition customer who wrote it, and the sender to the customer's contacts."""

    _name = "expo.mail.assign"
    _description = "Add Mail to Customer"
    _inherit = ["expo.linked.records"]

    mail_id = fields.Many2one("expo.incoming.mail", "Incoming Mail", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="mail_id.company_id")
    sender = fields.Char(related="mail_id.sender")
    sender_name = fields.Char(related="mail_id.sender_name")
    participation_id = fields.Many2one(
        "expo.participation",
        "Exhibition Customer",
        compute="_compute_participation_id",
        store=True,
        readonly=False,
        ondelete="cascade",
    )
    is_sender_known = fields.Boolean("Sender Known", compute="_compute_is_sender_known")
    add_contact = fields.Boolean(
        "Add Sender to Contacts",
        compute="_compute_add_contact",
        store=True,
        readonly=False,
        help="Adds the sender to the contacts of the customer's company; further mails are then added by themselves.",
    )

    @api.depends("mail_id")
    def _compute_participation_id(self):
        """Suggest the entry of the sender, else of a person with an address of the same company."""
        for dialog in self:
            entries = dialog._find_entries()
            dialog.participation_id = entries[:1]

    def _find_entries(self):
        """Return the entries at exhibitions that the user may read and the mail may be about, the likeliest first."""
        entries = self.env["expo.participation"]
        found = MailIntake(self.env, self.mail_id.sudo()._get_source()).find_entries(self.mail_id.company_id)
        if not found and (domain := own_domain(self.sender or "")):
            of_domain = Domain("partner_id.email_normalized", "=ilike", f"%@{escape_psql(domain)}")
            of_domain &= Domain("company_id", "=", self.mail_id.company_id.id)
            found = entries.search(of_domain, order="id desc", limit=10)
        return found.with_env(self.env)._filtered_access("read")

    @api.depends("mail_id.sender", "participation_id")
    def _compute_is_sender_known(self):
        """Know the customer's contacts, and our own people, who send mails of customers on."""
        for dialog in self:
            known = Domain("email_normalized", "=", dialog.sender)
            known &= Domain("commercial_partner_id", "=", dialog.participation_id.commercial_partner_id.id)
            dialog.is_sender_known = (
                not dialog.sender
                or dialog.mail_id.sudo()._is_ours(dialog.sender)
                or bool(self.env["res.partner"].search_count(known, limit=1))
            )

    @api.depends("mail_id.sender")
    def _compute_add_contact(self):
        """Do not suggest addresses of machines: a platform writes from one address for many customers."""
        for dialog in self:
            dialog.add_contact = takes_answers(dialog.sender or "")

    def action_assign(self):
        """Add the mail to the customer.

        :raises UserError: when the mail was handled meanwhile
        """
        self.ensure_one()
        if not self.participation_id:
            raise UserError(self.env._("You cannot add the mail because no exhibition customer is chosen. Choose one."))
        if not self.participation_id.has_access("write"):
            raise UserError(
                self.env._(
                    "You cannot add a mail to %s because you may not edit it. Ask their salesperson to add it.",
                    self.participation_id.display_name,
                )
            )
        if self.add_contact and not self.is_sender_known:
            self.env["res.partner"].create(
                {
                    "name": self.sender_name or self.sender,
                    "email": self.sender,
                    "parent_id": self.participation_id.commercial_partner_id.id,
                }
            )
        return self.mail_id._assign_to(self.participation_id) or {"type": "ir.actions.act_window_close"}
