from odoo import api, fields, models
from odoo.exceptions import AccessError


class ExpoParticipation(models.Model):
    """Who recorded the customer, when and by which clock: the first record wins (rules.md §3)."""

    _inherit = "expo.participation"

    capture_ids = fields.One2many("expo.capture", "participation_id", "Recorded", readonly=True)
    co_recorder_ids = fields.Many2many(
        "res.users",
        "expo_participation_co_recorder_rel",
        string="Also Recorded By",
        readonly=True,
        copy=False,
        help="Colleagues who met the customer as well, later than his owner.",
    )
    owner_locked = fields.Boolean(
        "Owner Decided by Hand",
        copy=False,
        readonly=True,
        help="Somebody chose the owner: an earlier record that comes in later does not change it.",
    )

    def write(self, vals):
        if not self.env.su and (kept := {"owner_locked", "co_recorder_ids"} & vals.keys()):
            raise AccessError(
                self.env._("These facts of a customer are kept by the system: %s.", ", ".join(sorted(kept)))
            )
        # Whoever writes the owner decides it; only the captures themselves say that they do not.
        decides = any(entry.user_id.id != vals.get("user_id") for entry in self)
        if "user_id" in vals and "owner_locked" not in vals and decides:
            vals = {**vals, "owner_locked": True}
        return super().write(vals)

    @api.private
    def _apply_captures(self):
        """Bring entries up to date with all that was captured of their customers.

        The earliest record owns, unless somebody decided otherwise; the others are co-recorders. Products and
        conversations are united, a refusal of letters stays one, and the latest judgement at the stand counts.
        """
        self.capture_ids.fetch(["captured_on", "user_id", "captured_by_id", "tier_id", "note", "channel"])
        for entry in self.filtered("capture_ids"):
            values = entry._get_captured_values(entry.capture_ids.sorted(lambda c: (c.captured_on, c.id)))
            changed = {name: value for name, value in values.items() if not entry._holds(name, value)}
            if "user_id" in changed:
                changed.update(owner_locked=False, owner_reason=entry._get_first_record_reason())
            if changed:
                entry.write(changed)

    def _get_captured_values(self, captures):
        """The facts of an entry that follow from its captures, earliest first."""
        first = captures[:1]
        owner = self.user_id
        if not self.owner_locked:
            earliest = captures.filtered(lambda c: c.user_id.active)[:1]
            if earliest and (not owner or earliest.captured_on < self._get_claim(captures)):
                owner = earliest.user_id
        recorders = captures.captured_by_id | self.captured_by_id | self.co_recorder_ids
        texts = [self.conversation, *captures.mapped("note")]
        consents = {self.contact_consent, *captures.mapped("contact_consent")}
        values = {
            "user_id": owner.id,
            "captured_on": min(self.captured_on, first.captured_on),
            "co_recorder_ids": [fields.Command.set((recorders - owner).ids)],
            "product_ids": [fields.Command.set((self.product_ids | captures.product_ids).ids)],
            "conversation": _join_new(texts),
            "contact_consent": next(v for v in ("refused", "granted", "unknown") if v in consents),
        }
        if first.captured_on < self.captured_on:
            values["captured_by_id"] = first.captured_by_id.id
        judged = captures.filtered(lambda c: c.tier_id and c.channel != "import")[-1:]
        touched = max(self.tier_change_ids.filtered("tier_before_id").mapped("changed_on"), default=None)
        if judged and len(captures) > 1 and (not touched or judged.captured_on > touched):
            values["tier_id"] = judged.tier_id.id
        return values

    def _get_claim(self, captures):
        """Since when the owner has the customer: his first record, or the entry itself when it was made by hand.

        The day that somebody gives as the one they met is no claim: anybody can give any day.
        """
        own = captures.filtered(lambda c: c.user_id == self.user_id)
        return min([self.create_date, *own.mapped("captured_on")])

    def _holds(self, name, value):
        """Tell whether the entry has a value already, given as it is written."""
        field = self._fields[name]
        if field.type == "many2many":
            return set(self[name].ids) == set(value[0][2])
        return (field.convert_to_write(self[name], self) or False) == (value or False)

    def _get_first_record_reason(self):
        first = self.capture_ids.sorted(lambda c: (c.captured_on, c.id))[:1]
        clocks = dict(first._fields["clock"]._description_selection(self.env))
        return self.env._(
            "First record: %(who)s on %(when)s UTC (clock: %(clock)s)",
            who=first.captured_by_id.name,
            when=fields.Datetime.to_string(first.captured_on),
            clock=clocks.get(first.clock, ""),
        )


def _join_new(texts):
    """Join notes, leaving out what an earlier one says already."""
    joined = ""
    for text in filter(None, texts):
        if text.strip() not in joined:
            joined = f"{joined}\n\n{text.strip()}" if joined else text.strip()
    return joined or False
