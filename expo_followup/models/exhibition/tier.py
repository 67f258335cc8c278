"""Intent tiers, and the history of a customer's tier."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mixins.record_keeping import RecordKeeping

#: The five tiers of the trade (rules.md §2).
TIER_CODES = ("signed", "intent", "no_agreement", "materials", "none")


class ExpoTier(models.Model):
    """How strongly a customer met at a show intends to buy.

    The five tiers of the trade (rules.md §2) are data; a company renames them, recolours them and
    decides which of them are key customers and which open an opportunity. The code is what plans,
    imports and other addons refer to, so it stays when the name changes.
    """

    _name = "expo.tier"
    _description = "Intent Tier"
    _inherit = ["expo.linked.records"]
    _order = "sequence, id"
    _record_keeping = RecordKeeping(
        # Settings of the company.
        no_personal={"name", "code", "description", "message_text"},
    )

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, copy=False, help="Code that stays the same when the name changes; plans and imports refer to it."
    )
    description = fields.Text(
        translate=True, help="Action required for customers of this tier, shown to the salesperson."
    )
    message_text = fields.Text(
        translate=True,
        help="Text that messages to customers of this tier begin with; {salutation}, {customer}, {exhibition}, "
        "{salesperson} and {company} are filled in. Empty means the standard text.",
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    is_key = fields.Boolean("Key Customer", help="Customers of this tier are key customers: they are served first.")
    answer_expected = fields.Boolean(
        default=True,
        help="Customers of this tier expect a personal answer: those who wait too long turn amber, then red.",
    )
    makes_opportunity = fields.Boolean("Creates Opportunity")
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "unique(code)", "You cannot use the code of an existing intent tier. Choose another code."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed(self):
        if needed := self.filtered(lambda tier: tier.code in TIER_CODES):
            raise UserError(
                self.env._(
                    "You cannot delete the intent tier %s because plans and imports refer to its code."
                    " Archive it instead.",
                    needed[:1].name,
                )
            )

    @api.model
    def _get(self, tier):
        """Return the tier of a code; a tier record is returned as it is.

        :raises UserError: when no tier has the code
        """
        if not isinstance(tier, str):
            return tier
        found = self.search([("code", "=", tier)], limit=1)
        if not found:
            raise UserError(
                self.env._(
                    "You cannot use the intent tier “%s” because it does not exist. Choose an existing tier.", tier
                )
            )
        return found


class ExpoTierChange(models.Model):
    """One entry in the history of a customer's tier. Written by the participation only, never changed."""

    _name = "expo.tier.change"
    _description = "Intent Tier Change"
    _inherit = ["expo.linked.records"]
    _order = "changed_on desc, id desc"
    _record_keeping = RecordKeeping(
        archive="tiers",
        archive_order=80,
        archive_parent="participation_id",
        automatic=True,
        personal="erase",
        personal_links=("participation_id",),
        erase_order=50,
        merge="move",
        salesperson="participation_id.user_id",
    )

    participation_id = fields.Many2one(
        "expo.participation", "Exhibition Customer", required=True, ondelete="cascade", index=True
    )
    tier_before_id = fields.Many2one("expo.tier", "Previous Tier", ondelete="restrict")
    tier_after_id = fields.Many2one("expo.tier", "New Tier", ondelete="restrict")
    reason = fields.Char()
    changed_on = fields.Datetime("Date", required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "Changed By", default=lambda self: self.env.user, ondelete="set null")
    company_id = fields.Many2one(related="participation_id.company_id", store=True, precompute=True, index=True)

    @api.depends("tier_before_id", "tier_after_id")
    def _compute_display_name(self):
        for change in self:
            before = change.tier_before_id.name or "–"
            change.display_name = f"{before} → {change.tier_after_id.name or '–'}"
