from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

# What a person compares, in this order; computed in the rights of whoever looks.
COMPARED_FIELDS = (
    "name", "parent_id", "function", "email", "phone", "website", "street", "zip", "city", "country_id", "vat", "lang",
    "user_id", "create_date",
)  # fmt: skip
ALL_CUSTOMERS = "sales_team.group_sale_salesman_all_leads"


class ExpoDuplicate(models.Model):
    """Two customers who look alike, and what a person said: the same, or not.

    Found by ``expo_duplicate_find``, when a contact is entered or over the whole customer base. Written by the system
    only; what was said once is remembered, and the two are never proposed again.
    """

    _name = "expo.duplicate"
    _description = "Look-alike Customers"
    _order = "found_on desc, id desc"

    partner_a_id = fields.Many2one("res.partner", "Customer A", required=True, index=True, ondelete="cascade")
    partner_b_id = fields.Many2one(
        "res.partner", "Customer B", index=True, ondelete="cascade", help="Empty once it was merged into the other."
    )
    reason = fields.Selection(
        [
            ("email", "Same e-mail"),
            ("phone", "Same phone"),
            ("company", "Same company"),
            ("domain", "Same web domain"),
            ("name", "Same name"),
        ],
        "Why",
        required=True,
    )
    state = fields.Selection(
        [("open", "To compare"), ("merged", "Merged"), ("different", "Different")],
        default="open",
        required=True,
        index=True,
    )
    found_on = fields.Datetime("Found", default=fields.Datetime.now, required=True)
    decided_by_id = fields.Many2one("res.users", ondelete="set null")
    decided_on = fields.Datetime("Decided")
    suggested_id = fields.Many2one("res.partner", "Better Kept", compute="_compute_suggested_id")
    comparison = fields.Html(compute="_compute_comparison", sanitize=False)

    _in_order = models.Constraint("CHECK(partner_a_id < partner_b_id)", "The older customer comes first.")
    _pair_once = models.Constraint("unique(partner_a_id, partner_b_id)", "These two are compared already.")

    @api.depends("partner_a_id", "partner_b_id")
    def _compute_display_name(self):
        for pair in self:
            names = [partner.display_name for partner in (pair.partner_a_id, pair.partner_b_id) if partner]
            pair.display_name = " / ".join(names)

    @api.depends("partner_a_id", "partner_b_id")
    def _compute_suggested_id(self):
        """The one with more history; of two alike, the older."""
        partners = self.partner_a_id | self.partner_b_id
        # In sudo: only which of the two has more of it is told, whoever serves them.
        entries = self.env["expo.participation"].sudo().with_context(active_test=False)
        met = dict(entries._read_group([("partner_id", "in", partners.ids)], ["partner_id"], ["__count"]))
        orders = self.env["sale.order"].sudo()
        sold = dict(orders._read_group([("partner_id", "in", partners.ids)], ["partner_id"], ["__count"]))
        for pair in self:
            both = pair.partner_a_id | pair.partner_b_id
            pair.suggested_id = max(
                both, key=lambda p: (sold.get(p.sudo(), 0), met.get(p.sudo(), 0), -p.id), default=both
            )

    @api.depends("partner_a_id", "partner_b_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_comparison(self):
        for pair in self:
            values = {"pair": pair, "rows": pair._get_compared_rows()}
            pair.comparison = self.env["ir.qweb"]._render("expo_followup.duplicate_comparison", values)

    def _get_compared_rows(self):
        """Return what is known of the two, as rows of label, first, second and whether they differ."""
        one, other = self.partner_a_id, self.partner_b_id
        if not (one and other):
            return []
        rows = []
        labels = one.fields_get(COMPARED_FIELDS, ["string"])
        for name in COMPARED_FIELDS:
            texts = [self._get_text(partner, name) or "" for partner in (one, other)]
            if any(texts):
                rows.append((labels[name]["string"], texts[0], texts[1], texts[0] != texts[1]))
        # Searched, not read from the cache, which may hold what others see.
        entries = self.env["expo.participation"].search([("partner_id", "in", (one | other).ids)])
        met = entries.grouped("partner_id")
        shows = [", ".join(met.get(p, entries.browse()).exhibition_id.mapped("display_name")) for p in (one, other)]
        if any(shows):
            rows.append((self.env._("Met at"), shows[0], shows[1], shows[0] != shows[1]))
        return rows

    @staticmethod
    def _get_text(partner, name):
        field, value = partner._fields[name], partner[name]
        if field.type == "selection":
            return dict(field._description_selection(partner.env)).get(value)
        if field.type == "datetime":
            return format_date(partner.env, value)
        return field.convert_to_display_name(value, partner)

    # -- what people say ---------------------------------------------------------------------------------

    def action_merge(self):
        """Unite the two in the one with more history."""
        self.ensure_one()
        return self._merge_into(self.suggested_id)

    def action_merge_into_a(self):
        """Unite the two in the first."""
        return self._merge_into(self.partner_a_id)

    def action_merge_into_b(self):
        """Unite the two in the second."""
        return self._merge_into(self.partner_b_id)

    def action_different(self):
        """Remember that they are two: they are not proposed again."""
        self._decide("different")
        return True

    def action_compare_again(self):
        """Take back that two are different."""
        self.check_access("read")
        # Pairs are the system's to write; whoever sees one may say so.
        self.sudo().filtered(lambda pair: pair.state == "different").write(
            {"state": "open", "decided_by_id": False, "decided_on": False}
        )
        return True

    def _decide(self, state):
        self.check_access("read")
        # As above.
        self.sudo().filtered(lambda pair: pair.state == "open").write(
            {"state": state, "decided_by_id": self.env.uid, "decided_on": fields.Datetime.now()}
        )

    def _merge_into(self, kept):
        """Merge the pair into ``kept`` and show it. Pressed twice, or by two people at once, it happens once.

        :raises UserError: when core cannot merge these contacts, or one of them is somebody of ours
        :raises AccessError: when the user may not change both, or does not serve all who would be united
        """
        self.ensure_one()
        self.check_access("read")
        self._lock()
        if self.state != "merged":
            both = self.partner_a_id | self.partner_b_id
            self._check_merge(both)
            self._decide("merged")
            gone = both - kept
            note = self.env._("United with %(name)s (number %(id)s).", name=gone.display_name, id=gone.id)
            # In sudo: core asks for the right to create contacts and moves rows of all kinds, whoever owns them. That
            # the user may change both, and sees all entries of both, was checked.
            wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
            wizard._merge(both.ids, dst_partner=kept.sudo(), extra_checks=False)
            kept.message_post(body=note)
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_a_id.id,
            "views": [(False, "form")],
        }

    def _lock(self):
        """Wait for whoever merges one of the two this moment; what he changed makes this transaction start again."""
        partner_ids = tuple((self.partner_a_id | self.partner_b_id).ids)
        self.env.execute_query(SQL("SELECT id FROM res_partner WHERE id IN %s ORDER BY id FOR UPDATE", partner_ids))
        self.env.execute_query(SQL("SELECT id FROM expo_duplicate WHERE id = %s FOR UPDATE", self.id))
        self.invalidate_recordset()

    def _check_merge(self, partners):
        partners.check_access("write")
        # In sudo: whether any user stands behind a contact, archived ones included.
        users = partners.sudo().with_context(active_test=False).user_ids
        if users.filtered(lambda user: not user.share):
            raise UserError(self.env._("One of them is a colleague's own contact: an administrator merges those."))
        if self.env.user.has_group(ALL_CUSTOMERS):
            return
        # What the user sees of both must be all there is: merging joins the entries, and one owner loses his.
        entries = self.env["expo.participation"].with_context(active_test=False)
        domain = [("partner_id", "in", partners.ids)]
        if entries.search_count(domain) != entries.sudo().search_count(domain):
            raise AccessError(
                self.env._("A colleague serves one of these customers: ask him, or a manager, to merge them.")
            )
