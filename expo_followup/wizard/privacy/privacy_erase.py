from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...models.mixins.steps import lock_or_refuse
from ...models.privacy.person_traces import KEPT_BY_LAW, PersonTraces


class ExpoPrivacyErase(models.TransientModel):
    """Erase a person: shows what will go and what stands against it, asks why, and leaves a trace without their
    data.
    """

    _name = "expo.privacy.erase"
    _description = "Erase a Person"
    _inherit = ["expo.linked.records"]

    partner_id = fields.Many2one("res.partner", "Contact", required=True, ondelete="cascade")
    contents = fields.Text("Data to Erase", compute="_compute_contents")
    obstacles = fields.Text("Blocking Documents", compute="_compute_contents")
    kept = fields.Text("Kept by Law", compute="_compute_contents")
    remainder = fields.Text("To Check by Hand", compute="_compute_contents")
    is_kept = fields.Boolean("Retention Required", compute="_compute_contents")
    reason = fields.Char()

    @api.model
    def default_get(self, fields):
        self._check_may_erase()
        return super().default_get(fields)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_may_erase()
        wizards = super().create(vals_list)
        wizards.partner_id.check_access("write")
        return wizards

    def _check_may_erase(self):
        """Only sales managers erase.

        :raises AccessError:
        """
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(
                self.env._("You cannot erase personal data because you are not a sales manager. Ask a sales manager.")
            )

    @api.depends("partner_id")
    def _compute_contents(self):
        privacy = self.env["expo.privacy"]
        for wizard in self:
            found = privacy._find_records(wizard.partner_id) if wizard.partner_id else {}
            traces = PersonTraces(wizard.partner_id)
            wizard.contents = "\n".join(self._count_records(wizard.partner_id, found, traces)) if found else False
            wizard.kept = "\n".join(self._count_kept(traces)) if found else False
            wizard.remainder = "\n".join(self._get_remainder(wizard.partner_id, found, traces)) if found else False
            wizard.obstacles = "\n".join(privacy._find_obstacles(wizard.partner_id, found)) if found else False
            wizard.is_kept = bool(found) and privacy._must_keep(wizard.partner_id)

    @api.model
    def _count_by_model(self, found):
        return [
            self.env._("%(kind)s: %(count)s", kind=self.env["ir.model"]._get(model).name, count=len(records))
            for model, records in found.items()
            if records
        ]

    @api.model
    def _count_records(self, partner, found, traces):
        privacy = self.env["expo.privacy"]
        lines = self._count_by_model(found)
        if messages := privacy._find_messages(partner, found):
            lines.append(self.env._("Messages: %s", len(messages)))
        if attachments := privacy._find_attachments(partner, found):
            lines.append(self.env._("Attachments and photos: %s", len(attachments)))
        if kept := found["expo.complaint"]._filter_documented():
            lines.append(
                self.env._(
                    "Complaints kept without personal data because credit notes or orders resulted from them: %s",
                    ", ".join(kept.mapped("name")),
                )
            )
        if leads := privacy._find_leads(partner):
            lines.append(self.env._("Leads and opportunities of which only the title stays: %s", len(leads)))
        own = found | self._get_own_files(partner, found) | {"crm.lead": leads, "mail.message": messages}
        others = {model: records - own.get(model, records.browse()) for model, records in traces.find_texts().items()}
        if texts := self._count_by_model({model: records for model, records in others.items() if records}):
            lines.append(
                self.env._("Texts from which address, phone number and full name are removed: %s", ", ".join(texts))
            )
        return lines

    @api.model
    def _get_own_files(self, partner, found):
        """Return what goes beside the rows that were found: the person's files, and the lists they were read from."""
        imports = found["expo.import.line"].import_id | found["expo.import.column"].import_id
        files = self.env["expo.privacy"]._find_attachments(partner, found)
        # In sudo, as all that is found; `id` in the domain asks for files of fields, too.
        lists = files.search([("res_model", "=", imports._name), ("res_id", "in", imports.ids), ("id", "!=", False)])
        return {"ir.attachment": files | lists}

    @api.model
    def _count_kept(self, traces):
        """Return what stays by law, with the reason."""
        by_reason = {}
        for model, records in traces.find_kept().items():
            by_reason.setdefault(self.env._(KEPT_BY_LAW[model]), {})[model] = records
        return [
            self.env._("%(records)s. %(reason)s", records=", ".join(self._count_by_model(found)), reason=reason)
            for reason, found in by_reason.items()
        ]

    @api.model
    def _get_remainder(self, partner, found, traces):
        """Return what cannot be found by a link, an address, a number or a full name."""
        lines = [
            self.env._(
                "Texts of colleagues that mention the person without the address, the phone number or the full name, "
                "such as by first name, cannot be found. Search for them."
            )
        ]
        if not traces.signs.names:
            lines.append(
                self.env._(
                    "The name is short, or another contact has it: it is removed only from the person's own records."
                )
            )
        if files := traces.find_files(found | self._get_own_files(partner, found)):
            told = ", ".join(f"{file.name} ({file.res_name})" if file.res_name else file.name for file in files)
            lines.append(self.env._("Files on other records that contain the person: %s", told))
        return lines

    def action_erase(self):
        """Erase the person, once and for all."""
        self.ensure_one()
        self._check_may_erase()
        if not (self.reason or "").strip():
            raise UserError(
                self.env._(
                    "You cannot erase this person because Reason is empty. Enter the reason; it is kept "
                    "without the name."
                )
            )
        privacy = self.env["expo.privacy"]
        partner = self.partner_id
        partner.check_access("write")
        # Two users would wait for each other.
        lock_or_refuse(partner)
        found = privacy._find_records(partner)
        if obstacles := privacy._find_obstacles(partner, found):
            raise UserError("\n".join(obstacles))
        # The trace that stays names the person no more than anything else.
        signs, word = PersonTraces(partner).signs, self.env._("Erased contact")
        contents, reason = (signs.remove_from(text, word) for text in (self.contents, self.reason))
        email = partner.email
        self.partner_id.flush_recordset()
        is_deleted = privacy._erase(partner, found)
        self.env["expo.erasure"]._log(
            email, reason=reason, contents=contents, result="deleted" if is_deleted else "anonymised"
        )
        return self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_erasure")
