from odoo import models
from odoo.exceptions import AccessError, UserError

# Where the user must be able to read what he points at. The customer's show is another matter, see below.
READABLE = frozenset({"partner_id", "order_id", "invoice_id", "previous_id", "team_id"})


class ExpoComplaint(models.Model):
    """What users point a complaint at: names of records show with it, so that they are those its readers may know."""

    _inherit = "expo.complaint"

    def _check_pointed(self, names):
        """Refuse what the user may not point at; what stands there already may stay.

        :param names: of the fields that he gave
        :raises AccessError: for records that he may not read, and entries of another customer
        :raises UserError: for owners who cannot answer
        """
        if self.env.su:
            return
        for name in READABLE & names:
            self[name].check_access("read")
        if "participation_id" in names:
            self._check_entries()
        if "user_id" in names:
            self._check_owners()

    def _check_entries(self):
        """Refuse entries of other customers. Where the customer was met follows from him, whoever owns the entry."""
        # In sudo: only whose entry it is.
        for complaint in self.sudo():
            if complaint.participation_id.commercial_partner_id not in (
                complaint.commercial_partner_id,
                self.env["res.partner"],
            ):
                raise AccessError(self.env._("This exhibition customer is another one than who complains."))

    def _check_owners(self):
        # In sudo: where a user works.
        for complaint in self.sudo():
            owner = complaint.user_id
            if owner and (owner.share or complaint.company_id not in owner.company_ids):
                raise UserError(
                    self.env._(
                        "%(user)s cannot answer complaints of %(company)s: choose somebody who works there.",
                        user=owner.name,
                        company=complaint.company_id.name,
                    )
                )
