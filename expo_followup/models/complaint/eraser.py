from odoo.tools import SQL, email_normalize, formataddr, split_every
from odoo.tools.mail import email_split_tuples

from ...tools.person_names import name_pattern, names
from ..mixins.record_keeping import get_declarations

# What hangs on a complaint, in the order in which the rows refer to each other.
PROMISES = ("expo.complaint.remedy", "expo.complaint.demand", "expo.complaint.line")
BATCH_SIZE = 1000


class ComplaintEraser:
    """Deletes complaints, or takes a person out of those that the books refer to: the law's way out, and the addon's.

    In sudo, and below the guards of what was agreed: the caller has checked the right to do so.
    """

    def __init__(self, complaints):
        self.complaints = complaints.sudo().with_context(tracking_disable=True, active_test=False)
        self.env = self.complaints.env

    def delete(self):
        """Delete the complaints whatever has become of them, with chatter and papers."""
        complaints = self.complaints
        self.env["expo.complaint.evidence"].search([("complaint_id", "in", complaints.ids)])._erase()
        complaints._drop_history()
        self._delete_promises()
        complaints.flush_recordset()
        # The guards keep people from deleting history by hand: for them it is as on the first day.
        self.env.cr.execute(
            SQL("UPDATE expo_complaint SET state = 'new', from_mail = false WHERE id IN %s", complaints._ids or (0,))
        )
        complaints.invalidate_recordset()
        complaints.unlink()

    def make_nameless(self, partner):
        """Remove a person from their own complaints."""
        complaints = self.complaints
        complaints.evidence_ids._erase()
        self._clear_notes(complaints.event_ids)
        self._replace_name(partner)
        complaints.message_unsubscribe(partner.ids)
        # The company stays, where the person spoke for one.
        company = partner.commercial_partner_id
        reached = company - partner
        complaints.write(
            {
                **dict.fromkeys(complaints._record_keeping.cleared, False),
                "partner_id": company.id,
                "email_from": reached.email,
                "phone": reached.phone,
            }
        )
        self.env["mail.tracking.value"].search(
            [("mail_message_id.model", "=", complaints._name), ("mail_message_id.res_id", "in", complaints.ids)]
        ).unlink()

    def forget_names(self, partner):
        """Remove a person from complaints of others, on which they acted for their company."""
        self._replace_name(partner)
        self._clear_notes(self.complaints.event_ids.filtered(lambda event: names(event.note, partner.name)))
        for complaint in self.complaints:
            copies = email_split_tuples(complaint.email_cc)
            # A part of another's address is another person.
            kept = [copy for copy in copies if email_normalize(copy[1]) != partner.email_normalized]
            if kept != copies:
                complaint.email_cc = ", ".join(formataddr(copy) for copy in kept) or False

    def _delete_promises(self):
        """Delete remedies, customer requests and goods."""
        for model in PROMISES if self.complaints else ():
            rows = self.env[model]
            rows.flush_model()
            self.env.cr.execute(
                SQL("DELETE FROM %s WHERE complaint_id IN %s", SQL.identifier(rows._table), self.complaints._ids)
            )
            rows.invalidate_model()

    def _replace_name(self, partner):
        """Put a neutral word where our words name the person; ratings keep their number alone."""
        complaints, name = self.complaints, partner.name
        for model, kept in get_declarations(self.env, "named").items() if name else ():
            of_complaints = [("complaint_id", "in", complaints.ids)]
            rows = complaints if model == complaints._name else self.env[model].search(of_complaints)
            rows.flush_recordset()
            for batch in split_every(BATCH_SIZE, rows.ids, rows.browse):
                self._replace_name_in(batch, kept.named, name)
        found = [("res_model", "=", complaints._name), ("res_id", "in", complaints.ids)]
        ratings = self.env["rating.rating"].search(found)
        mine = ratings.filtered(lambda rating: rating.partner_id in (partner, self.env["res.partner"]))
        mine.write({"feedback": False, "partner_id": False})

    def _replace_name_in(self, rows, fields, name):
        erased, pattern = self.env._("Erased contact"), name_pattern(name)
        changed = {}
        for row in rows:
            values = {field: pattern.sub(lambda _found: erased, row[field]) for field in fields if row[field]}
            values = {field: text for field, text in values.items() if text != row[field]}
            if values:
                changed[row.id] = values
        # Below the guards of what was agreed: it stays as it was but for the name.
        rows.browse(changed)._write_multi(list(changed.values()))
        rows.invalidate_recordset(fields)

    def _clear_notes(self, events):
        """Take the words out of the log, and leave what happened and when: in SQL, because no other way exists."""
        if events:
            events.flush_recordset()
            self.env.cr.execute(SQL("UPDATE expo_complaint_event SET note = NULL WHERE id IN %s", events._ids))
            events.invalidate_recordset(["note"])
