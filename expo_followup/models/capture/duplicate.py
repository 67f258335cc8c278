from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, split_every

from ...tools.duplicates import looks_like, pairs_of
from ...tools.matching import Index
from ...tools.person_names import person_key
from ..mixins.record_keeping import RecordKeeping

# What a person compares, in this order; computed with the rights of the reader.
COMPARED_FIELDS = (
    "name", "parent_id", "function", "email", "phone", "website", "street", "zip", "city", "country_id", "vat", "lang",
    "user_id", "create_date",
)  # fmt: skip
ALL_CUSTOMERS = "sales_team.group_sale_salesman_all_leads"
BATCH_SIZE = 1000
KEY_COLUMNS = ("email_normalized", "phone_sanitized", "expo_company_key", "expo_web_domain")


class ExpoDuplicate(models.Model):
    """Two customers who may be the same, and the decision of a user.

    Found by ``expo_duplicate_find``, when a contact is entered or over the whole customer base. Written by the system
    only; what was said once is remembered, and the two are never proposed again.
    """

    _name = "expo.duplicate"
    _description = "Possible Duplicate"
    _inherit = ["expo.linked.records"]
    _order = "found_on desc, id desc"
    _record_keeping = RecordKeeping(personal="with_parent", salesperson="partner_a_id.expo_participation_ids.user_id")

    partner_a_id = fields.Many2one("res.partner", "Customer A", required=True, index=True, ondelete="cascade")
    partner_b_id = fields.Many2one(
        "res.partner",
        "Customer B",
        index=True,
        ondelete="cascade",
        help="Second customer of the pair; empty once it is merged.",
    )
    reason = fields.Selection(
        [
            ("email", "Same e-mail"),
            ("phone", "Same phone"),
            ("company", "Same company"),
            ("domain", "Same web domain"),
            ("name", "Same name"),
        ],
        required=True,
    )
    state = fields.Selection(
        [("open", "To compare"), ("merged", "Merged"), ("different", "Different customers")],
        "Status",
        default="open",
        required=True,
        index=True,
    )
    found_on = fields.Datetime(default=fields.Datetime.now, required=True)
    decided_by_id = fields.Many2one("res.users", ondelete="set null")
    decided_on = fields.Datetime()
    suggested_id = fields.Many2one("res.partner", "Suggested Customer to Keep", compute="_compute_suggested_id")
    comparison = fields.Html(compute="_compute_comparison", sanitize=False)
    _in_order = models.Constraint("CHECK(partner_a_id < partner_b_id)", "The older contact must be Customer A.")
    _pair_once = models.Constraint(
        "unique(partner_a_id, partner_b_id)",
        "You cannot compare the same two customers twice. Open the existing comparison instead.",
    )

    @api.depends("partner_a_id", "partner_b_id")
    def _compute_display_name(self):
        for pair in self:
            names = [partner.display_name for partner in (pair.partner_a_id, pair.partner_b_id) if partner]
            pair.display_name = " / ".join(names)

    @api.depends("partner_a_id", "partner_b_id")
    def _compute_suggested_id(self):
        """The one with more history; of two alike, the older."""
        partners = self.partner_a_id | self.partner_b_id
        # In sudo: only which of the two has more of it is told, whichever salesperson serves them.
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
        """Merge the two in the one with more history."""
        self.ensure_one()
        return self._merge_into(self.suggested_id)

    def action_merge_into_a(self):
        """Merge the two in the first."""
        return self._merge_into(self.partner_a_id)

    def action_merge_into_b(self):
        """Merge the two in the second."""
        return self._merge_into(self.partner_b_id)

    def action_different(self):
        """Remember that they are two: they are not proposed again."""
        self._set_decision("different")
        return True

    def action_compare_again(self):
        """Take back that two are different."""
        self.check_access("read")
        # Pairs are the system's to write; users who see one may decide on it.
        self.sudo().filtered(lambda pair: pair.state == "different").write(
            {"state": "open", "decided_by_id": False, "decided_on": False}
        )
        return True

    def _set_decision(self, state):
        self.check_access("read")
        # As above.
        self.sudo().filtered(lambda pair: pair.state == "open").write(
            {"state": state, "decided_by_id": self.env.uid, "decided_on": fields.Datetime.now()}
        )

    def _merge_into(self, kept):
        """Merge the pair into ``kept`` and show it. Pressed twice, or by two people at once, it happens once.

        :raises UserError: when core cannot merge these contacts, or one of them is a person of ours
        :raises AccessError: when the user may not change both, or does not serve all who would be merged
        """
        self.ensure_one()
        self.check_access("read")
        self._lock()
        if self.state != "merged":
            both = self.partner_a_id | self.partner_b_id
            self._check_merge(both)
            self._set_decision("merged")
            gone = both - kept
            note = self.env._("Merged with %(name)s (number %(id)s).", name=gone.display_name, id=gone.id)
            # In sudo: core asks for the right to create contacts and moves rows of all kinds and all salespeople.
            # That the user may change both, and sees all entries of both, was checked.
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
        """Wait for the user who merges one of the two this moment; what they changed makes this transaction start
        again.
        """
        partner_ids = tuple((self.partner_a_id | self.partner_b_id).ids)
        self.env.execute_query(SQL("SELECT id FROM res_partner WHERE id IN %s ORDER BY id FOR UPDATE", partner_ids))
        self.env.execute_query(SQL("SELECT id FROM expo_duplicate WHERE id = %s FOR UPDATE", self.id))
        self.invalidate_recordset()

    def _check_merge(self, partners):
        partners.check_access("write")
        # In sudo: whether any user stands behind a contact, archived ones included.
        users = partners.sudo().with_context(active_test=False).user_ids
        if users.filtered(lambda user: not user.share):
            raise UserError(
                self.env._(
                    "You cannot merge these customers because one of them is the contact of a user. Ask "
                    "an administrator."
                )
            )
        if self.env.user.has_group(ALL_CUSTOMERS):
            return
        # What the user sees of both must be all there is: merging joins the entries, and one salesperson loses theirs.
        entries = self.env["expo.participation"].with_context(active_test=False)
        domain = [("partner_id", "in", partners.ids)]
        if entries.search_count(domain) != entries.sudo().search_count(domain):
            raise AccessError(
                self.env._(
                    "You cannot merge these customers because one of them is assigned to a colleague. Ask "
                    "the colleague or a manager."
                )
            )

    # -- Where possible duplicates come from, and what a merge makes of the pairs.

    def action_look_for_duplicates(self):
        """Compare all customers of the company, and show what was found."""
        if not self.env.user.has_group(ALL_CUSTOMERS):
            raise AccessError(
                self.env._(
                    "You cannot compare customers because you do not have access to all of them. Ask a sales manager."
                )
            )
        found = self._look_for_duplicates(self.env.company)
        message = (
            self.env._("New possible duplicates: %s.", found) if found else self.env._("No new possible duplicates.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success" if found else "info",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.private
    @api.model
    def _look_for_duplicates(self, company):
        """Propose all possible duplicates among the customers that ``company`` sees; known pairs stay what they are.

        Four grouped queries over indexed columns say who shares anything at all; only those are read and compared, a
        thousand at a time.

        :return: how many pairs are new
        """
        groups = self._get_groups(company)
        # In sudo: similarity does not depend on the salesperson; the rules decide on access to a pair.
        known = {}
        for ids in split_every(BATCH_SIZE, sorted({one for group in groups for one in group})):
            partners = self.env["res.partner"].sudo()._expo_fetch(Domain("id", "in", ids))
            known.update((partner.id, partner._expo_identity()) for partner in partners)
        index = Index(known.values())
        known = {one: index.without_shared(identity) for one, identity in known.items()}
        reasons = {}
        for group in groups:
            for one, other in pairs_of(group):
                if one in known and other in known and (one, other) not in reasons:
                    reasons[one, other] = looks_like(known[one], known[other])
        return self._propose([(*pair, reason) for pair, reason in reasons.items() if reason])

    @api.model
    def _get_groups(self, company):
        """Return lists of ids of customers who share an address, a number, a company's name, a domain, or their name
        within a company. Our own people, archived contacts and mere addresses are no customers.
        """
        self.env["res.partner"].flush_model([*KEY_COLUMNS, "name", "is_company", "active", "partner_share"])
        customers = SQL(
            "active AND partner_share AND (company_id IS NULL OR company_id = %s)"
            " AND (parent_id IS NULL OR type = 'contact')",
            company.id,
        )
        groups = []
        for column in KEY_COLUMNS:
            # Colleagues share their company's name and domain: only companies are compared by these.
            companies = SQL("AND is_company") if column.startswith("expo") else SQL()
            rows = self.env.execute_query(
                SQL(
                    "SELECT array_agg(id) FROM res_partner"
                    " WHERE %s IS NOT NULL AND %s %s GROUP BY %s HAVING count(*) > 1",
                    SQL.identifier(column),
                    customers,
                    companies,
                    SQL.identifier(column),
                )
            )
            groups += [ids for (ids,) in rows]
        return groups + self._get_namesakes(customers)

    @api.model
    def _get_namesakes(self, customers):
        """Return lists of ids of people of one name, in any spelling, at companies of one name."""
        people = SQL("NOT is_company AND expo_company_key IS NOT NULL AND %s", customers)
        rows = self.env.execute_query(SQL("SELECT id, expo_company_key, name FROM res_partner WHERE %s", people))
        namesakes = defaultdict(list)
        for partner_id, company_key, name in rows:
            namesakes[company_key, person_key(name)].append(partner_id)
        return [ids for ids in namesakes.values() if len(ids) > 1]

    @api.private
    @api.model
    def _propose(self, found):
        """Keep pairs to compare, those never seen before only.

        :param list[tuple] found: partner id, partner id, reason
        :return: how many are new
        """
        rows = {(min(one, other), max(one, other)): reason for one, other, reason in found if one != other}
        count = 0
        for batch in split_every(BATCH_SIZE, rows.items()):
            values = SQL(", ").join(
                SQL("(%s, %s, %s, 'open', %s, %s, %s)", one, other, reason, now, self.env.uid, now)
                for now in [fields.Datetime.now()]
                for (one, other), reason in batch
            )
            # Two at once, or again: the pair exists, and what was said of it stands.
            new = self.env.execute_query(
                SQL(
                    "INSERT INTO expo_duplicate (partner_a_id, partner_b_id, reason, state, found_on, create_uid,"
                    " create_date) VALUES %s ON CONFLICT (partner_a_id, partner_b_id) DO NOTHING RETURNING id",
                    values,
                )
            )
            count += len(new)
        return count

    @api.private
    @api.model
    def _merge_partners(self, gone, kept):
        """Follow a merge of contacts: its own pair is done, others point to who is left, each pair once.

        Of two pairs that become one, what a person decided counts before what is undecided.
        """
        # In sudo: a merge covers all rows, not only those the user sees.
        pairs = self.sudo()
        touched = pairs.search(
            ["|", ("partner_a_id", "in", (gone | kept).ids), ("partner_b_id", "in", (gone | kept).ids)]
        )
        by_pair = defaultdict(pairs.browse)
        for pair in touched:
            ends = {kept.id if end in gone else end.id for end in (pair.partner_a_id, pair.partner_b_id) if end}
            by_pair[tuple(sorted(ends))] |= pair
        done = by_pair.pop((kept.id,), pairs.browse())
        left = {ends: same.sorted(lambda p: (p.state == "open", p.id))[0] for ends, same in by_pair.items()}
        (touched - done - pairs.browse(pair.id for pair in left.values())).unlink()
        for (one, other), pair in left.items():
            if (pair.partner_a_id.id, pair.partner_b_id.id) != (one, other):
                pair.write({"partner_a_id": one, "partner_b_id": other})
        done.filtered(lambda pair: pair.state != "merged").write(
            {"state": "merged", "decided_by_id": self.env.uid, "decided_on": fields.Datetime.now()}
        )
        done.write({"partner_a_id": kept.id, "partner_b_id": False})
