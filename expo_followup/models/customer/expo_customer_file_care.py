from odoo import api, fields, models

from ...tools.completeness import completeness


class ExpoCustomerFile(models.Model):
    """How a file stays alive: what is missing, when it was last verified, who is reminded to look at it again.

    Files are dynamic (rules.md §3): a file that nobody verified for ``expo_file_review_months`` is stale, and its
    keeper is reminded, once.
    """

    _inherit = "expo.customer.file"

    completeness = fields.Integer("Complete (%)", compute="_compute_completeness", store=True, aggregator="avg")
    missing_facts = fields.Char(
        compute="_compute_completeness", store=True, help="Codes of the facts that are missing, weightiest first."
    )
    missing = fields.Text("What Is Missing", compute="_compute_missing")
    verified_on = fields.Date("Last Verified", readonly=True, copy=False, tracking=True)
    verified_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="set null")
    review_on = fields.Date(
        "To Be Reviewed On", compute="_compute_review_on", store=True, index=True,
        help="So many months after it was last verified, or opened, as the settings say.",
    )  # fmt: skip
    is_stale = fields.Boolean("Stale", compute="_compute_is_stale", store=True)
    reminder_id = fields.Many2one("mail.activity", readonly=True, copy=False, ondelete="set null")

    @api.depends(
        "country_id", "city", "street", "email", "phone", "website", "vat", "registration_number", "foreign_notes",
        "is_foreign", "business_scope", "chain_position", "needed_products", "exhibited_products", "legal_form",
        "founded_year", "registered_capital", "staff_total", "standing", "main_bank", "payment_method",
        "credit_rating", "high_season", "low_season", "competitors", "plan_ids", "account_ids", "person_ids.decides",
        "person_ids.partner_id.expo_foreign_notes",
    )  # fmt: skip
    def _compute_completeness(self):
        for file in self:
            result = completeness(file._get_known_facts(), foreign=file.is_foreign)
            file.completeness = result.percent
            file.missing_facts = ",".join(result.missing)

    def _get_known_facts(self):
        """Return which facts of :data:`..tools.completeness.WEIGHTS` this file holds."""
        facts = {
            name: self[name]
            for name in (
                "city", "street", "email", "phone", "website", "business_scope", "chain_position",
                "legal_form", "founded_year", "registered_capital", "standing", "main_bank", "vat",
                "registration_number", "payment_method", "credit_rating", "competitors",
            )
        }  # fmt: skip
        facts |= {
            "country": self.country_id,
            "foreign_notes": self._get_shown_notes(),
            "products": self.needed_products or self.exhibited_products,
            "people": self.person_ids,
            "decider": self.person_ids.filtered(lambda person: person.decides == "yes"),
            "accounts": self.account_ids,
            "staff": self.staff_total,
            "season": self.high_season or self.low_season,
            "purchase_plan": self.plan_ids,
        }
        return {name for name, fact in facts.items() if fact}

    def _get_shown_notes(self):
        """The notes on the company and on each of its people."""
        partners = self.partner_id | self.person_ids.partner_id
        return [note for note in dict.fromkeys(partners.mapped("expo_foreign_notes")) if note]

    @api.depends("missing_facts")
    @api.depends_context("lang")
    def _compute_missing(self):
        labels = self._get_fact_labels()
        for file in self:
            codes = (file.missing_facts or "").split(",")
            file.missing = ", ".join(labels[code] for code in codes if code in labels)

    @api.model
    def _get_fact_labels(self):
        """Return what each fact is called on the form, in the user's language."""
        translated = self.fields_get(attributes=["string"])
        return {name: field["string"] for name, field in translated.items()} | {
            "country": self.env._("Country"),
            "products": self.env._("Exhibited or needed products"),
            "people": self.env._("People"),
            "decider": self.env._("Who decides"),
            "accounts": self.env._("Network accounts"),
            "staff": self.env._("Number of staff"),
            "season": self.env._("High or low season"),
            "purchase_plan": self.env._("Purchase plans"),
        }

    @api.depends("verified_on", "opened_on", "company_id.expo_file_review_months")
    def _compute_review_on(self):
        for file in self:
            since = file.verified_on or file.opened_on
            months = file.company_id.expo_file_review_months
            file.review_on = fields.Date.add(since, months=months) if since and months else False

    @api.depends("review_on")
    def _compute_is_stale(self):
        """A file stops being stale here; that it becomes so, by the day alone, is what the scheduled action finds."""
        for file in self:
            today = file.company_id._expo_today()
            file.is_stale = bool(file.is_stale and file.review_on and file.review_on <= today)

    def action_verify(self):
        """Note that the user looked through these files today and found them right, or put them right."""
        self.check_access("write")
        for company, files in self.grouped("company_id").items():
            # Only this method says who verified what, and when.
            files.sudo().write({"verified_on": company._expo_today(), "verified_by_id": self.env.uid})
        # The reminder may be the keeper's.
        self.sudo()._end_reminders()
        return True

    def _end_reminders(self):
        if reminders := self.reminder_id.filtered("active"):
            self.reminder_id = False
            reminders._action_done()

    @api.model
    def _cron_care(self):
        """Flag the files whose review is due and remind their keepers."""
        for company in self.env["res.company"].search([]):
            due = [
                ("company_id", "=", company.id),
                ("is_stale", "=", False),
                ("review_on", "<=", company._expo_today()),
            ]
            self._run_job(due, lambda files: files._become_stale())

    def _become_stale(self):
        """Flag these files and remind each one's keeper, once: a reminder still open is not doubled."""
        self.is_stale = True
        todo = self.filtered(lambda file: not file.reminder_id.active and file._get_reminded_user())
        todo.mapped("display_name")
        activities = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)
            .create([file._get_reminder_values() for file in todo])
        )
        for file, activity in zip(todo, activities, strict=True):
            file.reminder_id = activity

    def _get_reminded_user(self):
        """Return who reviews this file: its keeper, else the company's, else nobody."""
        users = self.keeper_id, self.company_id.expo_keeper_id
        return next((user for user in users if user.active), self.env["res.users"])

    def _get_reminder_values(self):
        user = self._get_reminded_user()
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
            "summary": self.with_context(lang=user.lang).env._("Review this customer file"),
            "date_deadline": self.company_id._expo_today(),
            "user_id": user.id,
            "automated": True,
        }
