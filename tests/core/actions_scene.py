"""What `inside_actions.py` plays with: a company with work for every scheduled action, made on the days it arose."""

import base64
from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests.common import new_test_user

from tests.common_turnover import book

#: How many of each kind; more than one batch.
MANY = 3
MAIL = (
    b"From: maria%d@customer.example\r\nTo: complaints@desk.example\r\nSubject: Broken bowls %d\r\n"
    b"Message-ID: <%d@customer.example>\r\n%s\r\nTen bowls are broken.\r\n"
)


def make_scene(env):
    """Make all of it."""
    env["ir.config_parameter"].set_param("mail.default.from", "fair@ours.example")
    company = env.company
    company.write({"country_id": env.ref("base.de").id, "expo_capture_at_once": True, "email": "fair@ours.example"})
    company.resource_calendar_id.tz = "Europe/Berlin"
    manager = new_test_user(env, "boss", "sales_team.group_sale_manager", email="boss@ours.example", tz="Europe/Berlin")
    seller = new_test_user(env, "anna", "sales_team.group_sale_salesman", email="anna@ours.example", tz="Europe/Berlin")
    company.expo_keeper_id = manager
    _make_shows(env, manager, seller)
    _make_care(env)
    _make_contacts(env, seller)
    _make_complaints(env, manager, seller)
    # Only what a mode asks for runs.
    env["ir.cron"].search([]).active = False
    env["ir.cron.trigger"].search([]).unlink()
    env["mail.mail"].search([("state", "=", "outgoing")]).state = "cancel"


def _make_show(env, name, end, manager, **values):
    return env["expo.exhibition"].create(
        {
            "name": name, "code": name, "date_begin": end - timedelta(days=4), "date_end": end, "tz": "Europe/Berlin",
            "state": "running", "user_id": manager.id, **values,
        }
    )  # fmt: skip


def _make_customers(env, show, seller, tier="intent"):
    partners = env["res.partner"].create(
        [
            {"name": f"{show.name} {number}", "email": f"{show.name}{number}@customer.example".lower(),
             "country_id": env.ref("base.it").id, "is_company": True}
            for number in range(MANY)
        ]
    )  # fmt: skip
    tier = env["expo.tier"].search([("code", "=", tier)])
    return env["expo.participation"].create(
        [
            {"exhibition_id": show.id, "partner_id": partner.id, "user_id": seller.id, "tier_id": tier.id,
             "captured_on": datetime.combine(show.date_begin, datetime.min.time())}
            for partner in partners
        ]
    )  # fmt: skip


def _make_shows(env, manager, seller):
    """One show long over, one just closed, one closed with late reports and visits, one that runs."""
    for name, end in (("Old", date(2025, 6, 20)), ("New", date(2026, 4, 20)), ("Late", date(2026, 3, 20))):
        with freeze_time(f"{end} 16:00:00"):
            show = _make_show(env, name, end, manager)
            customers = _make_customers(env, show, seller)
            show.close_show()
        if name == "Late":
            with freeze_time("2026-03-23 09:00:00"):
                customers._issue_reports()
                _make_visits(customers, manager, seller)
    env["expo.participation"].search([])._request_sync()
    with freeze_time("2026-05-06 07:00:00"):
        for name in ("One", "Two"):
            _make_show(env, name, date(2026, 5, 6), manager)


def _make_visits(customers, manager, seller):
    env = customers.env
    people = env["expo.customer.person"].create(
        [{"file_id": customer.file_id.id, "name": f"Host of {customer.partner_id.name}"} for customer in customers]
    )
    visits = env["expo.visit"].create(
        [
            {
                "participation_id": customer.id,
                "user_id": seller.id,
                "aim": "See the factory",
                "plan": "Lids and prices",
                "start": datetime(2026, 3, 25, 8, 0),
                "person_ids": [Command.create({"person_id": person.id})],
            }
            for customer, person in zip(customers, people, strict=True)
        ]
    )
    for visit in visits:
        visit.action_submit()
        visit.with_user(manager).action_approve()
    with freeze_time("2026-03-26 09:00:00"):
        for visit in visits:
            visit.action_hold()


def _make_care(env):
    """Files to be reviewed, birthdays to come, opinions without an answer, turnover without a class."""
    files = env["expo.customer.file"].search([("partner_id.name", "like", "New")])
    files.review_on = date(2026, 5, 1)
    env["expo.customer.person"].create(
        [
            {"file_id": file.id, "name": f"Maria of {file.partner_id.name}", "birthday": date(1980, 5, 10)}
            for file in files
        ]
    )
    with freeze_time("2026-03-30 09:00:00"):
        env["expo.suggestion"].create(
            [{"file_id": file.id, "text": f"Opinion of {file.partner_id.name}"} for file in files]
        )
    book(env.company, [(file.partner_id, "out_invoice", "posted", 1000 * file.id, date(2026, 4, 1)) for file in files])


def _make_contacts(env, seller):
    """Captured contacts, and a list that is being imported."""
    show = env["expo.exhibition"].search([("name", "=", "One")])
    with freeze_time("2026-05-06 07:30:00"):
        env["expo.capture"].with_user(seller).create(
            [
                {"exhibition_id": show.id, "name": f"Met {number}", "email": f"met{number}@customer.example"}
                for number in range(MANY)
            ]
        )
        rows = "".join(f"Listed {number},l{number}@listed{number}.example,Italy\n" for number in range(MANY))
        one = env["expo.import"].create(
            {"exhibition_id": show.id, "file": base64.b64encode(("Name,E-mail,Country\n" + rows).encode())}
        )
        one.action_read()
        one.action_check()
        one.sudo().state = "importing"


def _make_complaints(env, manager, seller):
    """Complaints whose targets have passed, such that wait for a word of the customer, mails of each kind."""
    domain = env["mail.alias.domain"].create({"name": "desk.example"})
    env.company.alias_domain_id = domain
    team = env.ref("expo_followup.complaint_team")
    team.write({"alias_name": "complaints", "alias_domain_id": domain.id, "leader_id": manager.id})
    partners = env["expo.customer.file"].search([("partner_id.name", "like", "New")]).partner_id
    for kind in ("Silent", "Overdue"):
        with freeze_time("2026-04-22 09:00:00"):
            complaints = env["expo.complaint"].with_user(seller).create(
                [
                    {"subject": f"{kind} {partner.name}", "partner_id": partner.id, "severity": "low"}
                    for partner in partners
                ]
            )  # fmt: skip
            if kind == "Silent":
                for complaint in complaints:
                    complaint.action_acknowledge_by_phone()
                    complaint._move_to("feedback")
    # The gateway stores mails in a transaction of its own.
    env.cr.commit()
    mails = env["expo.incoming.mail"]
    for number in range(MANY):
        with freeze_time("2024-05-06 07:00:00"):
            env["mail.thread"].message_process(
                None, MAIL % (number, number, number, b"Auto-Submitted: auto-replied\r\n")
            )
        with freeze_time("2026-05-06 07:00:00"):
            raw = MAIL % (number, number, 100 + number, b"")
            # As the gateway stores it, before it is handled.
            envelope, [desk], _others = mails._find_destinations(raw)
            mails._store_mail(raw, envelope, desk, False)
