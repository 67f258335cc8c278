"""Complaints of every kind of salesperson, with all their rows: their part of the tests of access."""

#: A harmless change of a record of each model.
CHANGES = {
    "expo.complaint": {"containment": "Goods held"},
    "expo.complaint.event": {"note": "Otherwise"},
    "expo.complaint.clock": {"level": 3},
    "expo.incoming.mail": {"reason": "None"},
    "expo.complaint.evidence": {"note": "Blurred"},
    "expo.complaint.review": {"conclusion": "Glaze too thin"},
    "expo.complaint.line": {"specification": "Blue"},
    "expo.complaint.demand": {"text": "Quickly"},
    "expo.complaint.remedy": {"text": "A new box"},
    "expo.complaint.authority": {"amount": 1},
    "expo.problem.notice": {"text": "Less"},
    "expo.complaint.report": {"claimed_quantity": 1},
    "expo.complaint.pareto": {"number": 1},
    "expo.complaint.stage": {"description": "Listen"},
    "expo.complaint.cause": {"sequence": 5},
    "expo.complaint.department": {"sequence": 5},
    "expo.complaint.team": {"sequence": 5},
}


def complaint_records(case, entry, server, secret):
    """Return a record of every model that hangs on a complaint of the entry's customer, by the model's name.

    :param server: the customer's salesperson and the complaint's assignee; may be empty
    """
    env, company = case.env, entry.company_id
    values = {
        "subject": secret, "story": secret, "partner_id": entry.partner_id.id, "participation_id": entry.id,
        "team_id": case.teams[company].id, "user_id": server.id,
    }  # fmt: skip
    # A complaint with evidence cannot be deleted.
    complaint, proven = env["expo.complaint"].create([values, values])
    hangs = {
        name: env[name].create({"complaint_id": (proven if name.endswith("evidence") else complaint).id, **given})
        for name, given in _values("production").items()
    }
    mail = env["expo.incoming.mail"].create(
        {
            # Readers of the complaint see its mails: the secret is in none of them.
            "subject": "Broken bowls",
            "res_model": complaint._name,
            "complaint_id": complaint.id,
            "received_at": complaint.received_at,
            "company_id": company.id,
        }
    )
    order = env["sale.order"].create(
        {"partner_id": entry.partner_id.id, "user_id": server.id, "company_id": company.id}
    )
    return {
        # Of its one line, and of all complaints without a cause. The analysis holds the companies at work only.
        "expo.complaint.report": env["expo.complaint.report"]
        .with_context(allowed_company_ids=company.ids)
        .browse(2 * hangs["expo.complaint.line"].id),
        "expo.complaint.pareto": env["expo.complaint.pareto"].browse(company.id << 32),
        "expo.problem.notice": env["expo.problem.notice"].create({"order_id": order.id, "text": secret}),
        "expo.complaint": complaint,
        "expo.complaint.event": complaint.event_ids[:1],
        "expo.complaint.clock": env["expo.complaint.clock"].search([("complaint_id", "=", complaint.id)], limit=1),
        "expo.incoming.mail": mail,
        **hangs,
    }


def shared_complaint_records(env, company):
    """Return a record of every model of complaints that belongs to no customer, by the model's name."""
    of_company = {"company_id": company.id}
    return {
        "expo.complaint.stage": env["expo.complaint.stage"].search([], limit=1),
        "expo.complaint.cause": env["expo.complaint.cause"].create({"name": "Rare"}),
        "expo.complaint.department": env["expo.complaint.department"].create({"name": "Kiln", **of_company}),
        "expo.complaint.team": env["expo.complaint.team"].create({"name": "Night", **of_company}),
        "expo.complaint.authority": env["expo.complaint.authority"].create(
            {"group_id": env.ref("base.group_portal").id, **of_company}
        ),
    }


def new_complaint_values(case, company, partner, server, records):
    """Return the values of another record of each model, of the same salesperson."""
    complaint = records.get("expo.complaint", case.env["expo.complaint"])
    problem = records.get("expo.problem.notice", case.env["expo.problem.notice"])
    in_complaint = {"complaint_id": complaint.id}
    of_company = {"company_id": company.id}
    return {
        "expo.complaint": {
            "subject": "New", "partner_id": partner.id, "team_id": case.teams[company].id, "user_id": server.id,
        },
        "expo.problem.notice": {"order_id": problem.order_id.id, "text": "New"},
        "expo.complaint.event": {**in_complaint, "kind": "called"},
        "expo.complaint.clock": {**in_complaint, "kind": "offer", "started_at": "2026-04-20", "state": "running"},
        "expo.incoming.mail": {"received_at": "2026-04-20", **of_company},
        **{name: {**in_complaint, **values} for name, values in _values("inspection").items()},
        "expo.complaint.stage": {"name": "New", "state": "new"},
        "expo.complaint.cause": {"name": "New"},
        "expo.complaint.department": {"name": "New", **of_company},
        "expo.complaint.team": {"name": "New", **of_company},
        "expo.complaint.authority": {"group_id": case.env.ref("base.group_public").id, **of_company},
    }  # fmt: skip


def _values(department):
    return {
        "expo.complaint.evidence": {"name": "cracks.jpg"},
        "expo.complaint.review": {"department": department, "due_on": "2026-05-01"},
        "expo.complaint.line": {"product_name": "Mugs", "delivered_quantity": 9, "claimed_quantity": 1},
        "expo.complaint.demand": {"kind": "other", "text": "A new box"},
        "expo.complaint.remedy": {"kind": "other", "text": "A new box"},
    }
