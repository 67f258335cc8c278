from odoo import models

# Attachments named so belong into the body (RFC 2392) instead of beside it.
INLINE = "cid:"
# What mail servers take at most (RFC 5322 §2.1.1), without the end of the line.
LONGEST_LINE = 998


class IrMailServer(models.Model):
    """Pictures that travel inside a mail: they show without asking our server, which many cannot reach."""

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
