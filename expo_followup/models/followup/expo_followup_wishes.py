from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# Belated congratulations are better than none; after that they are not.
GRACE_DAYS = 3


class ExpoFollowup(models.Model):
    """Greetings: letters with an occasion, prepared for the owner to send, once for each occasion."""

    _inherit = "expo.followup"

    festival_id = fields.Many2one("expo.festival", readonly=True, copy=False, ondelete="set null")
    greeted_person_id = fields.Many2one(
        "expo.customer.person", "Whom to Congratulate", readonly=True, copy=False, ondelete="set null",
        index="btree_not_null",
    )  # fmt: skip
    exclude_reason = fields.Selection(selection_add=[("crowded", "Enough touches in these days")])

    @api.model
    def _drop_past_greetings(self):
        """Call off greetings that nobody has sent and whose day is past."""
        past = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("deadline", "<", company._expo_today() - timedelta(days=GRACE_DAYS))
            for company in self.env["res.company"].search([])
        )
        unsent = Domain("mail_state", "in", (False, "cancel"))
        self._run_job(
            past & unsent & Domain("origin", "=", "greeting") & Domain("state", "in", ("planned", "due")),
            lambda greetings: greetings._apply_plan({"state": "cancelled"}),
        )

    def _fill_preview(self, template):
        return [super(ExpoFollowup, letters)._fill_preview(template) for letters in self._split_greetings()]

    def _queue_letters_of(self, template, now):
        return [super(ExpoFollowup, letters)._queue_letters_of(template, now) for letters in self._split_greetings()]

    def _split_greetings(self):
        """Yield the letters so that no customer is twice in one batch, each telling the letter its occasion."""
        greetings = self.filtered(lambda followup: followup.origin == "greeting")
        if rest := self - greetings:
            yield rest
        turns = {}
        for greeting in greetings:
            turns.setdefault(greeting.participation_id, []).append(greeting.id)
        while turns:
            ids = [customer.pop(0) for customer in turns.values()]
            yield self.browse(ids).with_context(expo_greeting_ids=tuple(ids))
            turns = {customer: left for customer, left in turns.items() if left}

    def _get_letter_occasion(self):
        """Return what this greeting is for, in the language of the letter."""
        if self.festival_id:
            return self.festival_id.name
        if self.greeted_person_id:
            return self.env._("Your birthday")
        return self.participation_id.file_id.company_day_name or self.env._("The anniversary of your company")
