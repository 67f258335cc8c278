"""Recording customers at a live show against creating as many contacts, in the same run."""

from statistics import median

from common import COUNTRIES, make_show, stopwatch, undone

NUMBER, SINGLE, ROUNDS = 1_000, 50, 3


def run(env, report):
    """Measure a thousand at once, as an import does, and one after the other, as at the booth."""
    show, customers = make_show(env, 20, "Live")
    owner = customers.user_id
    together, alone, contacts = [], [], []
    for _round in range(ROUNDS):
        with undone(env), stopwatch(env) as making:
            partners = _make_contacts(env, NUMBER)
        contacts.append(making)
        with undone(env):
            partners = _make_contacts(env, NUMBER)
            values = _get_values(env, show, owner, partners)
            with stopwatch(env) as recording:
                env["expo.participation"].create(values)
            partners = _make_contacts(env, SINGLE)
            values = _get_values(env, show, owner, partners)
            with stopwatch(env) as single:
                for one in values:
                    env["expo.participation"].create(one)
                    env.flush_all()
        together.append(recording)
        alone.append(single)
    base = median(timing.seconds for timing in contacts)
    seconds = median(timing.seconds for timing in together)
    name = f"record {NUMBER} customers at a live show"
    report(f"{name} / res.partner.create()", seconds / base, "ratio", base=base)
    report(f"{name}, time of each", seconds * 1000 / NUMBER, "ms")
    report(f"{name}, queries per thousand", together[-1].queries * 1000 / NUMBER, "queries")
    report("record one customer, time", median(timing.seconds for timing in alone) * 1000 / SINGLE, "ms")
    report("record one customer, queries", alone[-1].queries / SINGLE, "queries")


def _make_contacts(env, number):
    countries = [env.ref(f"base.{code}").id for code in COUNTRIES]
    return env["res.partner"].create(
        [
            {
                "name": f"Visitor {index}",
                "email": f"visitor{index}@customer.example",
                "country_id": countries[index % len(countries)],
            }
            for index in range(number)
        ]
    )


def _get_values(env, show, owner, partners):
    tiers = env["expo.tier"].search([])
    return [
        {
            "exhibition_id": show.id,
            "partner_id": partner.id,
            "tier_id": tiers[index % len(tiers)].id,
            "user_id": owner.id,
        }
        for index, partner in enumerate(partners)
    ]
