from odoo import api, models

from ..mixins.expo_job_mixin import MAX_FAILURES


class ExpoArchiveRegisters(models.AbstractModel):
    """What a restore minds of complaints: mails are not handled twice, and evidence is what came."""

    _inherit = "expo.archive.registers"

    @api.model
    def _settle_mails(self, rows):
        """Hold, in the rows, mails that would be handled or answered: the database that they come from does so, too.

        A mail that is received again here is known again: its key begins with the company that it is received for.
        """
        for row in rows.get("expo.complaint.mail", {}).values():
            for name in ("key", "first_key"):
                if row.get(name):
                    row[name] = f"{self.env.company.id}-{str(row[name]).partition('-')[2]}"
            if row.get("state") == "waiting":
                reason = self.env._("It had not been handled yet when the archive was made.")
                row |= {"state": "quarantined", "reason_kind": "error", "reason": reason}
            if row.get("state") == "quarantined":
                # A person may take it up; the scheduled action does not.
                row["failure_count"] = MAX_FAILURES
            if row.get("ack_state") == "due":
                row["ack_state"] = "skipped"

    @api.model
    def _is_damaged(self, attachment, sha256):
        """Tell whether a file of evidence is not what came: its store has lost or changed it."""
        if attachment.res_model != "expo.complaint.evidence":
            return False
        # In sudo: the checksum of evidence that the user may read, which is where the file comes from.
        return self.env["expo.complaint.evidence"].sudo().browse(attachment.res_id).checksum != sha256

    @api.model
    def _keep_evidence(self, attachments):
        """Let evidence know its restored files."""
        # In sudo: facts of a file, which are as in the archive.
        rows = self.env["expo.complaint.evidence"].sudo()
        for file in attachments.filtered(lambda file: file.res_model == rows._name):
            rows.browse(file.res_id).attachment_id = file
