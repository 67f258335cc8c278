from collections import Counter

from odoo.fields import Domain
from odoo.tools import split_every

from ...tools.cadence import spread_starts
from ..mixins.daily_list import keep_daily_list
from ..mixins.job import run_guarded, show_failure
from .planner import OPEN, RHYTHM, Planner

BATCH_SIZE = 1000


class Care:
    """Contact cadence of the customers of one of our companies who are not followed up after an exhibition.

    These are customers with turnover: who ordered, who was met long ago, who was never met. They enter the cadence by
    class once, at the company's pace: so many a day and salesperson that the daily limit holds. Where a company has
    not started this, a sales manager sees first who would enter. In sudo: worked out for all salespeople.
    """

    def __init__(self, company):
        self.company = company.sudo()
        self.env = self.company.env

    def run(self):
        """Bring everybody in who is to be in the cadence, and plan the next follow-up of those never met."""
        entrants = self.find_entrants()
        if self.company.expo_cadence_started:
            self.start(entrants)
            entrants = entrants.browse()
        self.remind_manager(entrants)
        commit_progress = self.env["ir.cron"]._commit_progress
        for ids in split_every(BATCH_SIZE, self._find_served().ids):
            run_guarded(self.env, self.env["res.partner"].browse(ids), self.sync, show_failure)
            commit_progress()

    def find_entrants(self):
        """Return the companies with turnover that are not contacted until they enter the cadence, by class."""
        partners = self._with_company().search(
            Domain("expo_abc_class", "in", ("a", "b", "c"))
            & Domain("expo_cadence_from", "=", False)
            & Domain("company_id", "in", [False, *self.company.parent_ids.ids])
        )
        found = partners.browse()
        for ids in split_every(BATCH_SIZE, partners.ids):
            reasons = self._get_reasons(partners.browse(ids))
            found |= found.browse(ident for ident, reason in reasons.items() if reason == "not_started")
        return found.sorted(lambda partner: (partner.expo_abc_class, partner.id))

    def get_owners(self, partners):
        """Return who serves each of these companies: the salesperson of the latest entry, else of the contact."""
        entries = self._find_entries(partners).sorted(lambda entry: (entry.exhibition_id.date_end, entry.id))
        serving = {entry.commercial_partner_id: entry._get_server() for entry in entries}
        return {partner: serving.get(partner) or partner.user_id._expo_working(self.company) for partner in partners}

    def get_first_days(self, partners, first=None, limit=None):
        """Return the first day in the cadence of each of these companies, by the load of their salespeople.

        :param date first: the earliest day; the next working day when None
        :param int limit: follow-ups of a salesperson a day, 0 for any number; the company's when None
        """
        today, is_working = self.company._expo_today(), self.company._expo_calendar().is_working
        limit = self.company.expo_daily_limit if limit is None else limit
        days = {}
        owners = self.get_owners(partners)
        for owner, theirs in partners.grouped(lambda partner: owners[partner]).items():
            open_ones = Domain("user_id", "=", owner.id) & Domain("state", "in", OPEN)
            groups = self.env["expo.followup"]._read_group(list(open_ones), ["window_start:day"], ["__count"])
            load = Counter()
            for day, count in groups:
                load[max(day, today)] += count
            starts = spread_starts(len(theirs), load, limit, is_working, first or today)
            days |= dict(zip(theirs, starts, strict=True))
        return days

    def start(self, partners, first=None, limit=None):
        """Let these companies enter the cadence; see :meth:`get_first_days`."""
        days = self.get_first_days(partners, first, limit)
        for day, together in partners.grouped(lambda partner: days[partner]).items():
            together.expo_cadence_from = day
        self.sync_all(partners)

    def sync_all(self, partners):
        """Plan the follow-ups of these companies, met at an exhibition or not."""
        self._find_entries(partners)._sync_followups()
        self.sync(partners)

    def sync(self, partners):
        """Plan the next follow-up of those of these companies that were never met.

        A contact that became part of a company, or went to another company of ours, is not asked for any more.
        """
        ours = partners.filtered(
            lambda partner: (
                partner == partner.commercial_partner_id
                and (not partner.company_id or partner.company_id in self.company.parent_ids)
            )
        )
        asked = Domain("partner_id", "in", (partners - ours).ids) & self._get_open_domain()
        self.env["expo.followup"].search(asked)._apply_plan({"state": "cancelled"})
        met = self._find_entries(ours).commercial_partner_id
        if never_met := ours - met:
            entries = self.env["expo.participation"]
            Planner(entries, partners=never_met.with_env(self.env), company=self.company).sync()

    def get_idle_reasons(self, partners):
        """Return why nothing is planned with each of these companies: ``{partner id: code}``, those of whom something
        is planned left out.
        """
        planned = Domain("state", "in", OPEN) & Domain("company_id", "=", self.company.id)
        groups = self.env["expo.followup"]._read_group(
            list(planned & Domain("partner_id.commercial_partner_id", "in", partners.ids)), ["partner_id"]
        )
        busy = {partner.commercial_partner_id.id for [partner] in groups}
        return self._get_reasons(partners.filtered(lambda partner: partner.id not in busy))

    def _get_reasons(self, partners):
        partners = partners.with_env(self.env).with_company(self.company)
        entries = self._find_entries(partners)
        never_met = partners - entries.commercial_partner_id
        reasons = Planner(entries, partners=never_met, company=self.company).get_idle_reasons()
        by_id = {}
        for customer, reason in reasons.items():
            partner = customer if customer._name == "res.partner" else customer.commercial_partner_id
            by_id[partner.id] = reason
        return by_id

    def _find_entries(self, partners):
        domain = [("commercial_partner_id", "in", partners.ids), ("company_id", "=", self.company.id)]
        return self.env["expo.participation"].search(domain)

    def _find_served(self):
        """Return the companies in the cadence, and those of whom a follow-up of it is open."""
        rows = self.env["expo.followup"]._read_group(list(self._get_open_domain()), ["partner_id"])
        planned = self.env["res.partner"].union(*(partner for [partner] in rows))
        return planned | self._with_company().search([("expo_cadence_from", "!=", False)])

    def _get_open_domain(self):
        """Find the open follow-ups of the cadence with customers never met."""
        return (
            Domain("company_id", "=", self.company.id)
            & Domain("participation_id", "=", False)
            & Domain("origin", "in", RHYTHM)
            & Domain("state", "in", OPEN)
        )

    def _with_company(self):
        return self.env["res.partner"].with_company(self.company)

    def remind_manager(self, entrants):
        """Show a sales manager who would enter the cadence; the list goes once they have started it."""
        kind = self.env.ref("expo_followup.activity_cadence_start")
        place = self.company.partner_id
        activities = self.env["mail.activity"].with_context(active_test=False)
        activities = activities.search(
            [("res_model", "=", place._name), ("res_id", "=", place.id), ("activity_type_id", "=", kind.id)]
        )
        manager, values = self.company._expo_managers()[self.company][:1], {}
        if entrants and manager:
            words = self.env(context={**self.env.context, "lang": manager.lang})
            values = {
                "summary": words._("Customers to enter the contact cadence: %s", len(entrants)),
                "user_id": manager.id,
                "activity_type_id": kind.id,
                "res_model_id": self.env["ir.model"]._get_id(place._name),
                "res_id": place.id,
            }
        keep_daily_list(activities, values, self.company._expo_today())
