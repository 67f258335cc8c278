from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ...tools.duplicates import looks_like, pairs_of
from ...tools.matching import person_key
from .expo_duplicate import ALL_CUSTOMERS

BATCH_SIZE = 1000
KEY_COLUMNS = ("email_normalized", "phone_sanitized", "expo_company_key", "expo_web_domain")


class ExpoDuplicate(models.Model):
    """Where look-alikes come from, and what a merge makes of the pairs."""

    _inherit = "expo.duplicate"

    def action_look_for_duplicates(self):
        """Compare all customers of the company, and show what was found."""
        if not self.env.user.has_group(ALL_CUSTOMERS):
            raise AccessError(self.env._("Only who sees all customers can compare them."))
        found = self._look_for_duplicates(self.env.company)
        message = self.env._("%s new pairs of customers look alike.", found) if found else self.env._("Nothing new.")
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
        """Propose all look-alikes among the customers that ``company`` sees; known pairs stay what they are.

        Four grouped queries over indexed columns say who shares anything at all; only those are read and compared, a
        thousand at a time.

        :return: how many pairs are new
        """
        groups = self._get_groups(company)
        # In sudo: whose customers they are does not matter for looking alike; who sees a pair is up to the rules.
        known = {}
        for ids in split_every(BATCH_SIZE, sorted({one for group in groups for one in group})):
            partners = self.env["res.partner"].sudo()._expo_fetch(Domain("id", "in", ids))
            known.update((partner.id, partner._expo_identity()) for partner in partners)
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
                    SQL.identifier(column), customers, companies, SQL.identifier(column),
                )
            )  # fmt: skip
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
    def _absorb_partners(self, gone, kept):
        """Follow a merge of contacts: its own pair is done, others point to who is left, each pair once.

        Of two pairs that become one, what somebody said counts before what nobody said yet.
        """
        # In sudo: a merge unites what all know, whoever looks at it.
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
