from odoo import api, fields, models


class ExpoParticipation(models.Model):
    """Whoever is met at a show has a customer file, and his hints on top of the form."""

    _name = "expo.participation"
    _inherit = ["expo.participation", "expo.customer.hints"]

    file_id = fields.Many2one(
        "expo.customer.file", "Customer File", compute="_compute_file_id", store=True, index="btree_not_null",
        ondelete="set null", copy=False,
    )  # fmt: skip

    can_open_file = fields.Boolean(compute="_compute_can_open_file")

    @api.depends("file_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_open_file(self):
        readable = self.env["expo.customer.file"].browse(self.sudo().file_id.ids)._filtered_access("read")
        for participation in self:
            participation.can_open_file = participation.file_id in readable

    @api.depends("commercial_partner_id", "company_id")
    def _compute_file_id(self):
        """Find the file of the customer's company; :meth:`_ensure_files` opens what is missing."""
        found = self.env["expo.customer.file"].sudo().with_context(active_test=False).search(
            [("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "in", self.company_id.ids)]
        )  # fmt: skip
        files = {(file.partner_id, file.company_id): file for file in found}
        for participation in self:
            key = participation.commercial_partner_id, participation.company_id
            participation.file_id = files.get(key, False)

    @api.model_create_multi
    def create(self, vals_list):
        participations = super().create(vals_list)
        # Whatever the caller says: the file follows from the customer.
        self.env.add_to_compute(self._fields["file_id"], participations.sudo())
        participations._ensure_files()
        return participations

    def write(self, vals):
        res = super().write(vals)
        if {"partner_id", "exhibition_id"} & vals.keys():
            self._ensure_files()
        if {"user_id", "active", "partner_id"} & vals.keys():
            # Reassigning takes the file away from the former owner at once.
            self.sudo().file_id._release_strangers()
        return res

    def _serves_customer(self):
        """An entry is also seen by those who see all documents: the file decides."""
        return bool(self._filter_by_file())

    def _ensure_files(self):
        """Open the files that these customers still lack, and enter in them the people who were met."""
        entries = self.sudo()
        for company, lacking in entries.filtered(lambda entry: not entry.file_id).grouped("company_id").items():
            files = self.env["expo.customer.file"]._ensure(lacking.partner_id, company)
            self.env.add_to_compute(self._fields["file_id"], lacking)
            lacking._recompute_recordset(["file_id"])
            files.modified(["participation_ids"])
        entries._enter_people()

    def _enter_people(self):
        """Enter the people who were met in their company's file, each once."""
        met = self.filtered(lambda entry: entry.file_id and entry.partner_id != entry.commercial_partner_id)
        people = self.env["expo.customer.person"]
        known = people.search([("file_id", "in", met.file_id.ids), ("partner_id", "in", met.partner_id.ids)])
        known = {(person.file_id, person.partner_id) for person in known}
        new = {(entry.file_id, entry.partner_id) for entry in met} - known
        people.create(
            [
                {"file_id": file.id, "partner_id": partner.id}
                for file, partner in sorted(new, key=lambda pair: pair[1].id)
            ]
        )

    def action_open_file(self):
        """Open the file of the customer's company."""
        self.ensure_one()
        return self.file_id.action_open()
