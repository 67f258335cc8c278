from typing import NamedTuple

from odoo import api, fields, models

from ...tools.matching import Identity, Match

# Facts of a customer that a later record completes where they are missing, and never overwrites.
FILLED_FIELDS = ("email", "phone", "website", "street", "city", "zip", "country_id", "function")
# What tells who it is.
IDENTIFYING_FIELDS = ("name", "company_name", "email", "phone", "website", "country_id", "partner_id")


class RowPlan(NamedTuple):
    """What entering one row would do. Ids below zero are partners still to be created."""

    action: str
    partner_id: int = 0
    company_id: int = 0
    near_ids: tuple = ()
    reason: str = ""
    fills: dict = {}
    problem: str = ""


class ExpoCapture(models.Model):
    """Who is it, and what would entering him do? Asked by the dry run of an import and by entering itself."""

    _inherit = "expo.capture"

    proposed_partner_id = fields.Many2one("res.partner", "Will Be Added To", compute="_compute_proposed")
    similar_ids = fields.Many2many("res.partner", string="Similar Customers", compute="_compute_proposed")

    @api.depends("state", *IDENTIFYING_FIELDS)
    def _compute_proposed(self):
        """Show who reviews a contact what entering it would find."""
        todo = self.filtered(lambda capture: capture.state == "new" and not capture.partner_id)
        (self - todo).proposed_partner_id = False
        (self - todo).similar_ids = False
        for company, captures in todo.grouped("company_id").items():
            partners = self.env["res.partner"].with_company(company or self.env.company)
            matches = partners._expo_match([capture._get_row() for capture in captures])
            for capture, match in zip(captures, matches, strict=True):
                capture.proposed_partner_id = partners.browse(match.partner_id or None)
                capture.similar_ids = partners.browse(match.near_ids)

    @api.private
    @api.model
    def _plan_rows(self, show, rows):
        """Tell for each row what entering it would do, in order, and write nothing; constant queries per thousand.

        :param show: the exhibition
        :param list[dict] rows: values by the names of the typed fields; ``partner_id`` when somebody chose it
        :rtype: list[RowPlan]

        ``action`` is *created* (a new customer), *updated* (a known one, met at this show for the first time or
        known better now), *duplicate* (met at this show already, and nothing new) or *rejected* (nobody can be told).
        """
        planner = _Planner(self.env, show, rows)
        return [planner.plan(row, identity) for row, identity in zip(rows, planner.identities, strict=True)]

    def _get_row(self):
        """Return what was captured, as a row for :meth:`_plan_rows`."""
        self.ensure_one()
        names = {*FILLED_FIELDS, *IDENTIFYING_FIELDS} - {"country_id", "partner_id"}
        row = {name: self[name] for name in names if self[name]}
        row["country_id"] = self.country_id.id
        row["partner_id"] = self.partner_id.id
        row["contact_consent"] = self.contact_consent
        return row


class _Planner:
    """Plans rows one after the other, each knowing those before it."""

    def __init__(self, env, show, rows):
        self.env = env
        # Companies share no customers here, and salespeople see each other's partners as core lets them.
        self.partners = env["res.partner"].with_company(show.company_id)
        self.identities = self.partners._expo_identities(rows)
        self.index = self.partners._expo_index(self.identities)
        self.chosen = self.partners.browse({row["partner_id"] for row in rows if row.get("partner_id")})
        # A colleague's customer is a customer of the show all the same; only ids are read.
        entries = env["expo.participation"].sudo().with_context(active_test=False)
        self.met = set(entries.search_fetch([("exhibition_id", "=", show.id)], ["partner_id"]).partner_id.ids)
        # Asked with the addresses as core writes them.
        self.erased = env["expo.erasure"]._find_erased({identity.email for identity in self.identities})
        # Which contacts are our own people's is no secret, the users themselves are.
        users = env["res.users"].sudo().search_fetch([("share", "=", False)], ["partner_id"])
        self.ours = {*users.partner_id.ids, *env["res.company"].sudo().search([]).partner_id.ids}
        self.known = {}
        self.last_id = 0
        self._prefetch(rows)

    def _prefetch(self, rows):
        """Read all known customers at once that the rows may turn out to be."""
        matches = (self._match(row, identity).partner_id for row, identity in zip(rows, self.identities, strict=True))
        self.partners.browse({match for match in matches if match > 0}).fetch(FILLED_FIELDS)

    def plan(self, row, identity):
        """Plan one row; see :meth:`ExpoCapture._plan_rows`."""
        if not (identity.person or identity.company or identity.email or identity.phone or row.get("partner_id")):
            return RowPlan("rejected", problem=self.env._("Neither name nor company, e-mail nor phone: who is it?"))
        match = self._match(row, identity)
        if match.partner_id in self.ours:
            return RowPlan("rejected", problem=self.env._("This is one of us, not a customer."))
        if not match.partner_id and identity.email in self.erased and row.get("contact_consent") != "granted":
            problem = self.env._("His data was erased once. Enter him again only when he agrees, and note his consent.")
            return RowPlan("rejected", problem=problem)
        if not match.partner_id:
            return self._plan_new(row, identity, match)
        values = self._known_values(match.partner_id)
        fills = {name: row[name] for name in FILLED_FIELDS if row.get(name) and not values[name]}
        values.update(fills)
        is_met = match.partner_id in self.met
        self.met.add(match.partner_id)
        action = "duplicate" if is_met and not fills else "updated"
        return RowPlan(action, match.partner_id, match.company_id, match.near_ids, match.reason, fills)

    def _match(self, row, identity):
        if chosen := row.get("partner_id"):
            return Match(chosen, self.chosen.browse(chosen).commercial_partner_id.id, (), "chosen")
        return self.index.match(identity)

    def _plan_new(self, row, identity, match):
        """Plan a new customer, with his company when he names one that we do not know."""
        company_id = match.company_id
        if identity.person and identity.company and not company_id:
            company_id = self._next_id()
            self.index.add(identity._replace(id=company_id, company_id=company_id, person="", email="", phone=""))
            self.known[company_id] = {name: row.get(name) for name in FILLED_FIELDS}
        partner_id = self._next_id()
        own_company = company_id or (0 if identity.person else partner_id)
        self.index.add(Identity(partner_id, own_company, *identity[2:]))
        self.known[partner_id] = {name: row.get(name) for name in FILLED_FIELDS}
        self.met.add(partner_id)
        return RowPlan("created", partner_id, company_id, match.near_ids, match.reason)

    def _next_id(self):
        self.last_id -= 1
        return self.last_id

    def _known_values(self, partner_id):
        if partner_id not in self.known:
            partner = self.partners.browse(partner_id)
            self.known[partner_id] = {name: partner[name] for name in FILLED_FIELDS}
        return self.known[partner_id]
