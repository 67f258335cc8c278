from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ...tools.matching import Match
from ...tools.zones import get_midnight, get_zone
from ..mixins.daily_list import make_list
from ..mixins.job import run_step

# Facts of a customer that a later record completes where they are missing, and never overwrites.
FILLED_FIELDS = ("email", "phone", "website", "street", "city", "zip", "country_id", "function")
# What tells who it is.
IDENTIFYING_FIELDS = ("name", "company_name", "email", "phone", "website", "country_id", "city", "partner_id")


# What was reviewed longer ago is no news for marketing; after an outage the days before are.
NEWS_DAYS = 30


class RowPlan(NamedTuple):
    """What entering one row would do. Ids below zero are partners still to be created, as all ``new_ids`` are."""

    action: str
    partner_id: int = 0
    company_id: int = 0
    near_ids: tuple = ()
    reason: str = ""
    fills: dict = {}
    problem: str = ""
    new_ids: tuple = ()


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
            return RowPlan(
                "rejected",
                problem=self.env._("Name, company, e-mail and phone are missing. Enter at least one of them."),
            )
        match = self._match(row, identity)
        at_mailbox = match.near_ids if match.reason == "email" else ()
        if not self.ours.isdisjoint((match.partner_id, *at_mailbox)):
            return RowPlan(
                "rejected",
                problem=self.env._(
                    "You cannot qualify this contact because it belongs to a user. Select another customer."
                ),
            )
        if not match.partner_id and not (row.get("name") or row.get("company_name")):
            # A customer is not called by an address or a number.
            return RowPlan(
                "rejected",
                problem=self.env._("Contact name and company name are missing. Enter at least one of them."),
            )
        if not match.partner_id and identity.email in self.erased and row.get("contact_consent") != "granted":
            problem = self.env._(
                "You cannot qualify this contact because this person's data was erased. Set Consent once "
                "the person has agreed."
            )
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
        """Plan a new customer, with their company when they name one that we do not know."""
        company_id = match.company_id
        if identity.person and identity.company and not company_id:
            company_id = self._next_id()
            self.index.add(
                identity._replace(id=company_id, company_id=company_id, person="", email="", phone="", titles=())
            )
            self.known[company_id] = {name: row.get(name) for name in FILLED_FIELDS}
        partner_id = self._next_id()
        own_company = company_id or (0 if identity.person else partner_id)
        self.index.add(identity._replace(id=partner_id, company_id=own_company))
        self.known[partner_id] = {name: row.get(name) for name in FILLED_FIELDS}
        self.met.add(partner_id)
        return RowPlan("created", partner_id, company_id, match.near_ids, match.reason, new_ids=match.new_ids)

    def _next_id(self):
        self.last_id -= 1
        return self.last_id

    def _known_values(self, partner_id):
        if partner_id not in self.known:
            partner = self.partners.browse(partner_id)
            self.known[partner_id] = {name: partner[name] for name in FILLED_FIELDS}
        return self.known[partner_id]


BATCH_SIZE = 1000
PLACE_FIELDS = ("street", "city", "zip", "country_id")
ADDRESS_FIELDS = ("website", *PLACE_FIELDS)
# Thousands at once: their history is the captures themselves, not a message and a follower each.
QUIETLY = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}


class _RealIds(dict):
    """Maps ids of plans to ids of partners; what exists stands for itself."""

    def __missing__(self, key):
        return key


class ExpoCaptureEntry(models.AbstractModel):
    """Return the match of each contact and what qualifying would do, for the check of an import and for qualifying."""

    _name = "expo.capture.entry"
    _description = "Captured Contact: Qualification"

    proposed_partner_id = fields.Many2one("res.partner", "Matching Customer", compute="_compute_proposed")
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
        :param list[dict] rows: values by the names of the typed fields; ``partner_id`` when a person chose it
        :rtype: list[RowPlan]

        ``action`` is *created* (a new customer), *updated* (a known one, met at this show for the first time or
        known better now), *duplicate* (met at this show already, and nothing new) or *rejected* (no person to contact).
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

    # -- How a captured contact becomes a customer of the show.

    @api.private
    def _enter_customers(self):
        """Make customers of the show of captured contacts; constant queries per thousand new ones.

        Known customers are completed and joined, new ones created; possible duplicates are noted for a person to judge.
        Who cannot be told keeps the reason in ``problem`` and stays to enter. Entering twice is harmless.

        In sudo: the customer may be a colleague's, whom the one who met them next does not see; which captures are
        entered is decided by who may write them.
        """
        for ids in split_every(BATCH_SIZE, self.sorted(lambda capture: (capture.captured_on, capture.id)).ids):
            self.sudo().browse(ids)._enter_batch()

    def _enter_batch(self):
        self._take_turns()
        todo = self.filtered(lambda capture: capture.state == "new" and not capture.needs_review)
        for show, captures in todo.grouped("exhibition_id").items():
            plans = self._plan_rows(show, [capture._get_row() for capture in captures])
            partners = captures._write_partners(plans)
            captures._write_entries(show, plans, partners)
        self._propose_duplicates()

    def _take_turns(self):
        """Another user who enters customers of the same shows starts over: no customer is created twice."""
        self.flush_recordset()
        shows = tuple(self.exhibition_id.ids)
        if shows:
            # The second transaction is no error to log: it is tried again.
            self.env.cr.execute(
                SQL("UPDATE expo_exhibition SET state = state WHERE id IN %s", shows), log_exceptions=False
            )
            self.invalidate_recordset(["state"])

    def _write_partners(self, plans):
        """Create the partners that the plans lack and complete the others.

        :return: the partner's id by the id in the plan
        :rtype: dict
        """
        ids = _RealIds()
        partners = self.env["res.partner"].with_context(**QUIETLY)
        companies = {}
        for capture, plan in zip(self, plans, strict=True):
            if plan.company_id < 0 and plan.company_id != plan.partner_id:
                companies.setdefault(plan.company_id, capture._get_company_values())
        # What has no company, or one made just now of the same facts, need not be compared with it one by one.
        alone = partners.with_context(_partners_skip_fields_sync=True)
        ids.update(zip(companies, alone.create(list(companies.values())).ids, strict=True))
        joining, others = {}, {}
        for capture, plan in zip(self, plans, strict=True):
            if plan.action == "created":
                values = capture._get_partner_values(ids[plan.company_id])
                if plan.company_id in companies:
                    known = companies[plan.company_id]
                    values.update({name: known[name] for name in PLACE_FIELDS if name in known})
                (joining if plan.company_id > 0 else others)[plan.partner_id] = values
        ids.update(zip(joining, partners.create(list(joining.values())).ids, strict=True))
        ids.update(zip(others, alone.create(list(others.values())).ids, strict=True))
        for plan in plans:
            if plan.fills:
                partners.browse(ids[plan.partner_id]).write(plan.fills)
        return ids

    def _get_company_values(self):
        values = {name: self._fields[name].convert_to_write(self[name], self) for name in ADDRESS_FIELDS if self[name]}
        return {"name": self.company_name, "is_company": True, "lang": self._get_letter_lang(), **values}

    def _get_partner_values(self, company_id):
        """The values of a new customer: a person, at their company if they named one, else the company itself."""
        values = {
            "name": self.name or self.company_name,
            "is_company": not self.name and bool(self.company_name),
            "parent_id": company_id or False,
            "email": self.email,
            "phone": self.phone,
            "function": self.function,
            "lang": self._get_letter_lang(),
        }
        names = () if company_id else ADDRESS_FIELDS
        values.update({name: self._fields[name].convert_to_write(self[name], self) for name in names if self[name]})
        return values

    def _get_letter_lang(self):
        """The language to write in: as captured, else of their country, else English; not that of our own office."""
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        country = self.country_id.code
        english = [code for code in installed if code.startswith("en")]
        of_country = [code for code in installed if country and code.endswith(f"_{country}")]
        return next(iter([*filter(None, [self.lang]), *of_country, *english, *installed]))

    # -- exhibition customers ----------------------------------------------------------------------------

    def _write_entries(self, show, plans, ids):
        """Create the missing exhibition customers, join the others, and note the result on each capture."""
        by_partner = defaultdict(list)
        for capture, plan in zip(self, plans, strict=True):
            if plan.action == "rejected":
                capture.problem = plan.problem
            else:
                near_ids = (*plan.near_ids, *(ids[new] for new in plan.new_ids))
                real = plan._replace(partner_id=ids[plan.partner_id], near_ids=near_ids)
                by_partner[real.partner_id].append((capture, real))
        entries = self.env["expo.participation"].with_context(active_test=False)
        known = entries.search([("exhibition_id", "=", show.id), ("partner_id", "in", list(by_partner))])
        entry_of = {entry.partner_id.id: entry for entry in known}
        missing = [partner_id for partner_id in by_partner if partner_id not in entry_of]
        usual = entries.default_get(["tier_id"])
        created = entries.with_context(**QUIETLY).create(
            [{**usual, **by_partner[partner_id][0][0]._get_entry_values(partner_id)} for partner_id in missing]
        )
        entry_of.update(zip(missing, created, strict=True))
        now = fields.Datetime.now()
        for partner_id, captured in by_partner.items():
            for capture, plan in captured:
                capture.write({**capture._get_entered_values(plan, now), "participation_id": entry_of[partner_id].id})
        self._join_entries(created, known)
        self._write_accounts()

    def _join_entries(self, created, known):
        """Tell the entries what all their captures say together; a new one of a single capture knows already."""
        # The user who was archived and came again is alive.
        known.filtered(lambda entry: not entry.active).active = True
        several = created.filtered(lambda entry: len(entry.capture_ids) > 1)
        (several | known).with_context(**QUIETLY)._apply_captures()

    def _get_entry_values(self, partner_id):
        """Return the values of a new exhibition customer."""
        values = {
            "exhibition_id": self.exhibition_id.id,
            "partner_id": partner_id,
            "role": self.role,
            "user_id": self.user_id._expo_working(self.company_id).id,
            "captured_on": self.captured_on,
            "captured_by_id": self.captured_by_id.id,
            "contact_consent": self.contact_consent,
            "conversation": self.note,
            "product_ids": [fields.Command.set(self.product_ids.ids)],
        }
        return {**values, "tier_id": self.tier_id.id} if self.tier_id else values

    def _get_entered_values(self, plan: RowPlan, now):
        values = {
            # What was reviewed before need not be reviewed again.
            "state": "approved" if self.approved_on else "entered",
            "partner_id": plan.partner_id,
            "match_reason": plan.reason or False,
            "result": plan.action,
            "problem": False,
            "entered_on": now,
            "entered_by_id": self.env.uid,
        }
        return {**values, "near_ids": [fields.Command.set(plan.near_ids)]} if plan.near_ids else values

    @api.model
    def _cron_enter(self):
        """Enter what has come in, for companies that qualify automatically; tell marketing what was reviewed."""
        self._run_job(
            [
                ("state", "=", "new"),
                ("problem", "=", False),
                ("company_id.expo_capture_at_once", "=", True),
                "|",
                ("company_id.expo_capture_review_first", "=", False),
                ("approved_on", "!=", False),
            ],
            lambda batch: batch._enter_customers(),
        )
        run_step(self, lambda captures: captures._send_marketing_lists())

    # -- What was reviewed is news for marketing (rules.md §3): one list per working day.

    @api.model
    def _send_marketing_lists(self):
        """Send the marketing contact of each company what was reviewed up to yesterday."""
        for company in self.env["res.company"].search([("expo_marketing_user_id", "!=", False)]):
            run_step(self.with_company(company), lambda captures: captures._send_marketing_list())

    def _send_marketing_list(self):
        """Put the customers reviewed up to yesterday on the list of the company's marketing contact, each once."""
        company = self.env.company
        user, today = company.expo_marketing_user_id, company._expo_today()
        is_reader = user.active and company in user.company_ids
        if not is_reader or not company._expo_calendar().is_working(today):
            return
        captures = self.search(self._get_marketing_domain(company, today), order="approved_on, id")
        customers = captures.participation_id
        captures.marketing_on = today
        if not customers:
            return
        words = customers.with_context(lang=user.lang)
        entries = [
            (f"/odoo/exhibition-customers/{one.id}", one.partner_id.display_name, one.exhibition_id.name)
            for one in words
        ]
        self.env["mail.activity"].create(
            {
                "user_id": user.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "summary": words.env._("Reviewed customers: %s", len(customers)),
                "note": make_list(words.env, words.env._("Customers reviewed by a sales manager"), entries),
                "date_deadline": today,
                "automated": True,
            }
        )

    @api.model
    def _get_marketing_domain(self, company, today):
        """Return what was qualified and reviewed before today, and not longer ago than news are."""
        zone = get_zone(company._expo_tz())
        midnight = get_midnight(today, zone)
        oldest = midnight - timedelta(days=NEWS_DAYS)
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "approved")
            & Domain("marketing_on", "=", False)
            & Domain("approved_on", "<", midnight)
            & Domain("entered_on", "<", midnight)
            & (Domain("approved_on", ">=", oldest) | Domain("entered_on", ">=", oldest))
        )

    def _propose_duplicates(self):
        """Propose customers that look like one just entered for comparing."""
        reasons = {reason for reason, _label in self.env["expo.duplicate"]._fields["reason"].selection}
        self.env["expo.duplicate"]._propose(
            [
                (*_like_with_like(capture.partner_id, near), reason if reason in reasons else "name")
                for capture in self.filtered("partner_id")
                for reason in [capture.match_reason]
                for near in capture.near_ids
            ]
        )

    def action_compare(self):
        """Show the customers who look like this one, side by side."""
        action = self.env["ir.actions.act_window"]._for_xml_id("expo_followup.action_duplicate")
        ids = (self.partner_id | self.partner_id.commercial_partner_id).ids
        domain = ["|", ("partner_a_id", "in", ids), ("partner_b_id", "in", ids)]
        return {**action, "domain": domain, "context": {"search_default_open": 1}}


def _like_with_like(one, other):
    """Return the ids to compare: a company is compared with a company, where there is one."""
    one, other = (
        partner.commercial_partner_id if beside.is_company and partner.commercial_partner_id.is_company else partner
        for partner, beside in ((one, other), (other, one))
    )
    return one.id, other.id
