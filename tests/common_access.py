"""Customers of every kind of salesperson, with all their rows, for the tests of access."""

import base64

from odoo import Command, fields
from odoo.tests import new_test_user

from .common import SHOW_BEGIN, ExpoCase
from .common_access_complaint import complaint_records, shared_complaint_records
from .common_turnover import book

#: The groups of each role; "former" and "colleague" are relations of an owner, not roles.
ROLES = {
    "salesperson": "sales_team.group_sale_salesman",
    "all documents": "sales_team.group_sale_salesman_all_leads",
    "keeper": "expo_followup.group_file_keeper",
    "manager": "sales_team.group_sale_manager",
    "clerk": "base.group_user",
    "portal": "base.group_portal",
    "other manager": "sales_team.group_sale_manager",
}
#: What a customer file holds and no other user may learn.
SECRET = "Sparkasse Geheimhausen"
#: A list of one customer, as a user uploads it.
LIST = base64.b64encode(b"Name,E-mail\nMaria,maria@customer.example\n")


class AccessCase(ExpoCase):
    """Users of every role in two companies, and :meth:`_make_customer`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Another Exporter"})
        cls.other_show = cls._make_show(name="Their Fair", code="TF", company_id=cls.other_company.id, user_id=False)
        teams = cls.env["expo.complaint.team"]
        cls.teams = {
            company: teams.create({"name": "Desk", "company_id": company.id, "is_assigning": False})
            for company in cls.env.company | cls.other_company
        }
        cls.users = {}
        for role, group in ROLES.items():
            company = cls.other_company if role == "other manager" else cls.env.company
            groups = group if group.endswith("portal") else f"{group},base.group_allow_export"
            login = f"access_{role.replace(' ', '_')}"
            cls.users[role] = new_test_user(
                cls.env, login, groups, email=f"{login}@ours.example", company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )  # fmt: skip
        cls.their_seller = new_test_user(
            cls.env, "access_their_seller", ROLES["salesperson"], company_id=cls.other_company.id,
            company_ids=[Command.set(cls.other_company.ids)],
        )  # fmt: skip

    @classmethod
    def _make_customer(cls, user, owner):
        """Return a record of every model that hangs on a customer, by the model's name.

        :param owner: own, colleague, unassigned, former (was ``user``'s a moment ago) or other company
        """
        env = cls.env(context={**cls.env.context, "tracking_disable": True, "mail_create_nolog": True})
        far = owner == "other company"
        show = cls._show_of(user, far)
        server = cls._server_of(user, owner)
        # The customer had a salesperson before losing them; a portal user never has a customer.
        first = server if owner in ("colleague", "other company") else cls.colleague if user.share else user
        companies = env["res.partner"].create(
            [{"name": f"{owner} {number}", "is_company": True, "company_id": show.company_id.id} for number in range(2)]
        )
        entry = env["expo.participation"].create(
            {
                "exhibition_id": show.id,
                "partner_id": companies[0].id,
                "tier_id": cls.tiers["intent"].id,
                "user_id": first.id,
                "conversation": SECRET,
            }
        )
        if server != first:
            entry.user_id = server
        capture = env["expo.capture"].create(
            {
                "exhibition_id": show.id,
                "name": owner,
                "raw_text": SECRET,
                "captured_by_id": (user if owner == "own" else cls.their_seller if far else cls.colleague).id,
                "participation_id": entry.id,
                "partner_id": companies[0].id,
            }
        )
        listed = env["expo.import"].create(
            {"exhibition_id": show.id, "user_id": capture.captured_by_id.id, "file": LIST, "filename": "list.csv"}
        )
        file = entry.file_id
        file.main_bank = SECRET
        done = env["expo.followup"].create(
            {"participation_id": entry.id, "state": "done", "done_on": "2026-04-21 08:00:00", "user_id": first.id}
        )
        hangs = {
            "expo.customer.person": {"name": "Maria"},
            "expo.customer.account": {"kind": "wechat", "account": "maria"},
            "expo.customer.preference": {"text": SECRET},
            "expo.customer.plan": {"name": SECRET},
            "expo.gift": {"name": SECRET},
            "expo.suggestion": {"text": SECRET},
        }
        sample = env["expo.sample"].create(
            {"participation_id": entry.id, "line_ids": [Command.create({"name": SECRET})]}
        )
        env["expo.duplicate"]._propose([(*companies.ids, "name")])
        visit = env["expo.visit"].create({"participation_id": entry.id, "aim": SECRET})
        return {
            "expo.participation": entry,
            "expo.followup": env["expo.followup"].create(
                {"participation_id": entry.id, "summary": "Call", "user_id": server.id or cls.manager.id}
            ),
            "expo.tier.change": entry.tier_change_ids[:1],
            "expo.owner.change": entry.owner_change_ids[:1],
            "expo.sample": sample,
            "expo.sample.line": sample.line_ids,
            "expo.progress.report": entry._issue_reports(),
            "expo.abc.change": env["expo.abc.change"].create(
                {"partner_id": companies[0].id, "company_id": show.company_id.id, "class_after": "a"}
            ),
            "expo.touch.report": env["expo.touch.report"].browse(done.id),
            "expo.timeline": env["expo.timeline"].search([("kind", "=", "show"), ("res_id", "=", entry.id)]),
            "expo.capture": capture,
            "expo.import": listed,
            "expo.import.column": env["expo.import.column"].create(
                {"import_id": listed.id, "heading": "Name", "field_name": "name"}
            ),
            "expo.import.sheet": env["expo.import.sheet"].create(
                {"import_id": listed.id, "sequence": 1, "name": "Hall 1", "row_count": 1}
            ),
            "expo.import.line": env["expo.import.line"].create(
                {"import_id": listed.id, "name": SECRET, "result": "created"}
            ),
            "expo.customer.file": file,
            **{model: env[model].create({"file_id": file.id, **values}) for model, values in hangs.items()},
            "expo.duplicate": env["expo.duplicate"].search([("partner_a_id", "=", companies[0].id)]),
            "expo.visit": visit,
            "expo.visit.person": env["expo.visit.person"].create({"visit_id": visit.id, "name": "Maria"}),
            "expo.visit.item": visit.item_ids[:1],
            **complaint_records(cls, entry, server, SECRET),
        }

    @classmethod
    def _show_of(cls, user, far=False):
        """The show of the user's company, or the other one's."""
        theirs = (user.company_id == cls.other_company) != far
        return cls.other_show if theirs else cls.show

    @classmethod
    def _server_of(cls, user, owner):
        """Return the salesperson for a kind of owner; none for a portal user."""
        if owner == "unassigned" or (owner == "own" and user.share):
            return cls.env["res.users"]
        if owner == "own":
            return user
        far = owner == "other company"
        return (
            cls.seller if far and user.company_id == cls.other_company else cls.their_seller if far else cls.colleague
        )

    @classmethod
    def _make_shared(cls, user, owner):
        """Return a record of every model that belongs to no customer, by the model's name."""
        show = cls._show_of(user, owner == "other company")
        fair = cls.env["expo.exhibition"].create(
            {"name": "Fair", "date_begin": SHOW_BEGIN, "date_end": SHOW_BEGIN, "company_id": show.company_id.id}
        )
        book(show.company_id, [(fair.company_id.partner_id, "out_invoice", "posted", 100, fields.Date.today())])
        report = cls.env["expo.abc.report"].with_context(allowed_company_ids=show.company_id.ids)
        return {
            "expo.abc.report": report.search([], limit=1),
            "expo.tier": cls.env["expo.tier"].create({"name": "Rare", "code": "rare"}),
            "expo.exhibition": fair,
            "expo.exhibition.cost": cls.env["expo.exhibition.cost"].create(
                {"exhibition_id": cls._show_of(user, owner == "other company").id, "name": "Stand", "amount": 1}
            ),
            "expo.archive": cls.env["expo.archive"].create(
                {"kind": "export", "company_id": show.company_id.id, "scope": "All", "reason": "Moving house"}
            ),
            "expo.erasure": cls.env["expo.erasure"].create(
                {"company_id": show.company_id.id, "reason": "Asked for it", "result": "deleted"}
            ),
            "expo.etiquette": cls.env["expo.etiquette"].create({"country_id": cls.env.ref("base.aq").id}),
            "expo.festival": cls.env["expo.festival"].create(
                {"name": "Midsummer", "month": 6, "day": 24, "wishes": "A bright night"}
            ),
            "expo.import.heading": cls.env["expo.import.heading"].create(
                {"name": "Messekontakt", "field_name": "name", "company_id": False}
            ),
            "expo.visit.check": cls.env["expo.visit.check"].create({"name": "Umbrella"}),
            "expo.question": cls.env["expo.question"].create({"name": "Why?"}),
            **shared_complaint_records(cls.env, show.company_id),
        }
