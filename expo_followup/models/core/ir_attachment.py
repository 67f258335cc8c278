import hashlib

from odoo import api, models
from odoo.exceptions import UserError

EVIDENCE = "expo.complaint.evidence"
# What makes a file the one that came. Core computes some of it anew from the same content, which is no change.
FACTS = ("name", "res_model", "res_id", "res_field", "type", "url", "mimetype", "public")


class IrAttachment(models.Model):
    """Files of evidence stay as they came, for every user, until the evidence itself is erased by law."""

    _inherit = "ir.attachment"

    def _get_expo_evidence(self):
        """Return those of these files that are evidence. In sudo: who does not see them does not change them either."""
        files = self.sudo().filtered(lambda file: file.res_model == EVIDENCE)
        if not files:
            return files
        return self.env[EVIDENCE].sudo().search([("attachment_id", "in", files.ids)]).attachment_id

    def _get_expo_facts(self):
        return {
            file: (hashlib.sha256(file.raw or b"").hexdigest(), *(file[name] for name in FACTS))
            for file in self._get_expo_evidence()
        }

    def write(self, vals):
        before = self._get_expo_facts()
        # The same content once more, as when files move to another store, is not to be made smaller.
        files = self.with_context(image_no_postprocess=True) if before else self
        res = super(IrAttachment, files).write(vals)
        if before and self.browse([file.id for file in before])._get_expo_facts() != before:
            raise UserError(self.env._("You cannot change the evidence of a complaint. Add another file instead."))
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if self._get_expo_evidence():
            raise UserError(
                self.env._(
                    "You cannot delete this file because it is evidence of a complaint. Archive the complaint instead."
                )
            )
