from odoo import api, models
from odoo.tools import config

from ..mixins.job import show_failure

# Attachments named so belong into the body (RFC 2392) instead of beside it.
INLINE = "cid:"
# What mail servers take at most (RFC 5322 §2.1.1), without the end of the line.
LONGEST_LINE = 998


class IrMailServer(models.Model):
    """Pictures that travel inside a mail, and what the administrators are told of a server that takes no mail.

    Pictures inside a mail show without asking our server, which many cannot reach.
    """

    _inherit = "ir.mail_server"

    def _build_email__(self, *args, attachments=None, **kwargs):
        inline = [attachment for attachment in attachments or () if attachment[0].startswith(INLINE)]
        others = [attachment for attachment in attachments or () if attachment not in inline]
        message = super()._build_email__(*args, attachments=others, **kwargs)
        if "List-Unsubscribe" in message:
            # A link that does not fit into a line would be encoded, and mail programs do not decode this header.
            message.policy = message.policy.clone(max_line_length=LONGEST_LINE)
        body = message.get_body(("html",))
        for name, content, mimetype in inline:
            maintype, subtype = mimetype.split("/")
            content_id = name.removeprefix(INLINE)
            filename = f"{content_id.partition('@')[0]}.{subtype}"
            body.add_related(content, maintype, subtype, cid=f"<{content_id}>", filename=filename, disposition="inline")
        return message

    @api.private
    def _show_trouble(self, reason):
        """Tell each administrator by an activity that mail waits for this server, once until it works again.

        :param self: the server, or none for the one of the configuration file
        """
        # In sudo: mail is sent by any user.
        for user in self._get_administrators():
            show_failure(self.sudo().browse(), reason, user=user, get_summary=self._get_trouble_summary)

    @api.private
    def _end_trouble(self):
        """Take away what the administrators were told: the server takes mail again."""
        users = self._get_administrators()
        summaries = {self._get_trouble_summary(self.with_context(lang=user.lang)) for user in users}
        # In sudo: whatever sends a mail says that the server works.
        todo = self.env["mail.activity"].sudo()
        todo.search([("summary", "in", [*summaries]), ("automated", "=", True), ("res_model", "=", False)]).unlink()

    def _get_administrators(self):
        # In sudo: which role a user has is no secret.
        administrators = ("all_group_ids", "in", self.env.ref("base.group_system").ids)
        return self.env["res.users"].sudo().search([administrators, ("share", "=", False)])

    def _get_trouble_summary(self, words):
        """Return what the administrators are told, in the language of ``words``."""
        name = self.sudo().name or config["smtp_server"] or ""
        return words.env._("Outgoing mail is on hold: mail server %s", name)
