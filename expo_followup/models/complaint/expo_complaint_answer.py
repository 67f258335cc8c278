import hashlib

from odoo import api, fields, models
from odoo.tools import plaintext2html

from .expo_complaint_money import PROMISED
from .expo_complaint_portal import LONGEST_TEXT


class ExpoComplaint(models.Model):
    """How the customer answers on his page: he takes our offer or declines it, and tells that it has arrived.

    Each answer is to what he has read: the page may have been open for days. All methods return the complaint that goes
    on, and what the customer is told. They are called by the controller after its own check of who asks.
    """

    _inherit = "expo.complaint"

    receipt_on = fields.Datetime(
        "Receipt Confirmed", readonly=True, copy=False, help="When the customer said that the goods or money arrived."
    )
    receipt_by = fields.Char("Receipt Confirmed By", readonly=True, copy=False)

    # -- our offer ---------------------------------------------------------------------------------------

    def _has_open_offer(self):
        """Tell whether an offer of ours waits for the customer's answer."""
        if not self.is_open or not self.offered_on or self.accepted_on:
            return False
        facts = self._get_gate_facts()
        return facts["remedy"] and facts["authority"]

    def _get_offer_mark(self):
        """Return what tells this offer from another one, by the words that the customer reads."""
        return hashlib.sha256("\n".join(self._get_offer_words()).encode()).hexdigest()

    @api.private
    def _accept(self, author, name, mark):
        """The customer takes our offer; twice is harmless.

        :param author: the partner who answers; empty where we know an address only
        :param str name: who he says he is
        :param str mark: of the offer that he has read, by :meth:`_get_offer_mark`
        """
        # In sudo, here and below: the customer has no access of his own; the controller has checked that it is him.
        complaint = self.sudo()._get_survivor()
        if complaint._get_offer_mark() != mark:
            return complaint, "changed"
        if complaint._has_open_offer():
            complaint = complaint._hear()
            name = complaint._get_name(author, name)
            complaint._accept_offer("portal", name)
            complaint._say(complaint._get_words()._("We accept your offer. %s", name), author)
        return complaint, "accept" if complaint.accepted_on else "changed"

    @api.private
    def _decline(self, author, text, mark):
        """The customer wishes something else than our offer; twice is harmless, and his words are never lost."""
        complaint = self.sudo()._get_survivor()
        text = (text or "").strip()[:LONGEST_TEXT]
        said = "\n".join(filter(None, (complaint._get_words()._("We do not accept your offer."), text)))
        if complaint._has_open_offer() and complaint._get_offer_mark() == mark:
            complaint = complaint._hear(text)
            complaint._decline_offer("portal", text)
            complaint._say(plaintext2html(said), author)
            return complaint, "decline"
        if complaint._has_said(said, author):
            return complaint, "decline"
        return complaint._take_message(author, text), "changed_words" if text else "changed"

    # -- what has arrived --------------------------------------------------------------------------------

    def _may_confirm_receipt(self):
        """Tell whether the customer is asked if what we promised has arrived."""
        promised = self.remedy_ids.filtered(lambda remedy: remedy.state in PROMISED)
        return self.state in ("implementing", "feedback") and not self.receipt_on and bool(promised)

    @api.private
    def _confirm_receipt(self, author, name):
        """The customer has got what was promised; the first word counts."""
        complaint = self.sudo()._get_survivor()
        if complaint._may_confirm_receipt():
            complaint = complaint._hear()
            name = complaint._get_name(author, name)
            complaint.write({"receipt_on": fields.Datetime.now(), "receipt_by": name})
            complaint._say(complaint._get_words()._("What you promised has arrived. %s", name), author)
        return complaint, "receipt" if complaint.receipt_on else "changed"

    def _after_step(self, before, state):
        res = super()._after_step(before, state)
        if state == "reopened":
            # In sudo: kept by the system, of a complaint whose write access was checked.
            self.sudo().write({"receipt_on": False, "receipt_by": False})
        return res
