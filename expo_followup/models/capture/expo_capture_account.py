from odoo import models

from ...tools.accounts import split_accounts


class ExpoCapture(models.Model):
    """Messenger accounts go where accounts are kept: into the customer's file, by the person who gave them."""

    _inherit = "expo.capture"

    def _write_accounts(self):
        """Add the captured accounts that the customers' files lack; constant queries per thousand."""
        told = self.filtered(lambda capture: capture.account and capture.participation_id.file_id)
        files = told.participation_id.file_id
        accounts = self.env["expo.customer.account"]
        known = {
            (account.file_id.id, account.kind, account.account)
            for account in accounts.search([("file_id", "in", files.ids)])
        }
        people = {(person.file_id.id, person.partner_id.id): person.id for person in files.person_ids}
        values = {}
        for capture in told:
            file_id = capture.participation_id.file_id.id
            for kind, account in split_accounts(capture.account):
                key = (file_id, kind, account)
                if key not in known:
                    person_id = people.get((file_id, capture.partner_id.id), False)
                    values.setdefault(
                        key, {"file_id": file_id, "person_id": person_id, "kind": kind, "account": account}
                    )
        accounts.create(list(values.values()))
