import re

from odoo import api, models
from odoo.tools import SQL, email_normalize, formataddr, split_every
from odoo.tools.mail import email_split_tuples

# Where a name may stand in what we wrote ourselves, by model.
OUR_WORDS = {
    "expo.complaint": (
        "subject", "facts", "decision_reason", "root_cause", "containment", "corrective", "cancel_reason",
        "accepted_by", "receipt_by",
    ),
    "expo.complaint.demand": ("text",),
    "expo.complaint.remedy": ("text", "refuse_reason"),
    "expo.complaint.review": ("conclusion",),
}  # fmt: skip
BATCH_SIZE = 1000


def names(text, name):
    """Tell whether a text names somebody: as whole words, where a script has words.

    >>> names("Accepted: Li (Purchasing)", "Li"), names("Liu Wei", "Li"), names("王伟经理", "王伟"), names("", "Li")
    (True, False, True, False)
    """
    return bool(text and name) and bool(name_pattern(name).search(text))


def name_pattern(name):
    """Return the pattern that finds a name as whole words."""
    words = re.escape(name.strip())
    return re.compile(rf"(?<!\w){words}(?!\w)" if name.isascii() else words, re.IGNORECASE)


class ExpoComplaint(models.Model):
    """How a complaint forgets a person and stays what the books refer to.

    A credit note or an order that came of a complaint is kept for its years, and so is the reason for it: goods,
    quantities, amounts, dates, who decided. All that is of the person goes.
    """

    _inherit = "expo.complaint"

    @api.private
    def _filter_documented(self):
        """Return those that posted credit notes or confirmed orders refer to."""
        remedies = self.sudo().remedy_ids
        return remedies.filtered(
            lambda remedy: remedy.move_id.state == "posted" or remedy.order_id.state == "sale"
        ).complaint_id  # fmt: skip

    @api.private
    def _make_nameless(self, partner):
        """Take a person out of these complaints, which are his. In sudo: whoever calls has checked who asks for it."""
        complaints = self.sudo().with_context(tracking_disable=True, active_test=False)
        complaints.evidence_ids._erase()
        complaints._drop_notes()
        complaints._replace_name(partner)
        complaints.message_unsubscribe(partner.ids)
        # The company goes on, where he spoke for one.
        company = partner.commercial_partner_id
        reached = company - partner
        complaints.write(
            {
                "partner_id": company.id,
                "email_from": reached.email,
                "phone": reached.phone,
                "email_cc": False,
                "story": False,
                "access_token": False,
            }
        )
        self.env["mail.tracking.value"].sudo().search(
            [("mail_message_id.model", "=", self._name), ("mail_message_id.res_id", "in", self.ids)]
        ).unlink()

    @api.private
    def _forget_names(self, partner):
        """Take a person out of complaints of others, on which he acted for his company. In sudo, as above."""
        complaints = self.sudo().with_context(tracking_disable=True, active_test=False)
        complaints._replace_name(partner)
        events = complaints.event_ids.filtered(lambda event: names(event.note, partner.name))
        complaints._drop_notes(events)
        for complaint in complaints:
            copies = email_split_tuples(complaint.email_cc)
            # A part of another's address is another person.
            kept = [copy for copy in copies if email_normalize(copy[1]) != partner.email_normalized]
            if kept != copies:
                complaint.email_cc = ", ".join(formataddr(copy) for copy in kept) or False

    def _replace_name(self, partner):
        """Put a word for nobody where our words name the person; ratings keep their number alone."""
        nobody, name = self.env._("Erased contact"), partner.name
        for model, fields in OUR_WORDS.items() if name else ():
            rows = self if model == self._name else self.env[model].search([("complaint_id", "in", self.ids)])
            rows.flush_recordset()
            for batch in split_every(BATCH_SIZE, rows.ids, rows.browse):
                # Below the guards of what was agreed: it stays as it was but for the name.
                changed = {
                    row: {
                        field: name_pattern(name).sub(lambda _found: nobody, row[field])
                        for field in fields
                        if names(row[field], name)
                    }
                    for row in batch
                }
                changed = {row: values for row, values in changed.items() if values}
                rows.browse([row.id for row in changed])._write_multi(list(changed.values()))
                batch.invalidate_recordset(fields)
        ratings = self.env["rating.rating"].search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
        mine = ratings.filtered(lambda rating: rating.partner_id in (partner, self.env["res.partner"]))
        mine.write({"feedback": False, "partner_id": False})

    def _drop_notes(self, events=None):
        """Take the words out of the log, and leave what happened and when: in SQL, because nobody else may."""
        events = self.event_ids if events is None else events
        if events:
            events.flush_recordset()
            self.env.cr.execute(SQL("UPDATE expo_complaint_event SET note = NULL WHERE id IN %s", events._ids))
            events.invalidate_recordset(["note"])
