from odoo import models
from odoo.exceptions import UserError


class ExpoComplaintMail(models.Model):
    """What a person does with a mail that is held, or that was taken for a machine's."""

    _inherit = "expo.complaint.mail"

    def action_retry(self):
        """Handle mails again as if they had just come in."""
        for mail in self._take(("quarantined", "waiting", "robot")):
            mail.write({"failure_count": 0, "failure_reason": False, "attempts": 0})
            # What was too large or too much for the rules is for a person to decide, who decided.
            mail._handle_by_person(is_forced=mail.reason_kind in ("size", "flood"))
        return self._show_result()

    def action_make_complaint(self):
        """Make a new complaint of each mail, whatever it refers to and whoever wrote it."""
        for mail in self._take(("quarantined", "robot")):
            mail._handle_by_person(is_forced=True, complaint_id=False)
        return self._show_result()

    def action_add_to_complaint(self):
        """Add each mail to the complaint that it refers to: its sender belongs there.

        :raises UserError: when it refers to none
        """
        mails = self._take(("quarantined", "robot"))
        if not all(mail.complaint_id for mail in mails):
            raise UserError(self.env._("This mail does not refer to a complaint."))
        for mail in mails:
            mail._handle_by_person(is_forced=True)
        return self._show_result()

    def action_dismiss(self):
        """Put mails aside that are no complaint: they stay in the register, archived."""
        mails = self._take(("quarantined", "robot"))
        mails.write({"active": False, "handled_by_id": self.env.uid})
        mails.activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def action_open_complaint(self):
        """Open the complaint that it became."""
        self.ensure_one()
        return self.complaint_id.get_formview_action()

    def _take(self, states):
        """Lock mails for a decision, as the system: they are written by it alone.

        :raises UserError: when somebody else is at one of them, or decided already
        """
        self.check_access("read")
        # Rows of the register may be decided by whoever reads them; nobody writes them by hand.
        mails = self.sudo()
        if len(mails.try_lock_for_update()) != len(mails):
            raise UserError(self.env._("Somebody else is working on this mail right now."))
        mails.invalidate_recordset()
        if any(mail.state not in states for mail in mails):
            raise UserError(self.env._("This mail was taken care of already."))
        if any(mail.forgotten_on for mail in mails):
            raise UserError(self.env._("This mail is no longer kept as it came: nothing can be made of it."))
        return mails

    def _handle_by_person(self, **values):
        # What was put aside as no complaint is one after all.
        self.write({**values, "state": "waiting", "active": True, "handled_by_id": self.env.uid})
        # In the name of the system, as if it had come in: what follows is not the person's doing.
        self.with_user(self.env.ref("base.user_root")).sudo()._handle()

    def _show_result(self):
        """Open what the mail became, or show the mail with the reason why it is still held."""
        if len(self) == 1 and self.sudo().state in ("ticket", "message"):
            return self.sudo(False).complaint_id.has_access("read") and self.action_open_complaint()
        return False
