"""Fair distribution: no customer lost, even load by capacity, ability before load, the same seed the same proposal."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.distribution import Item, Member, distribute, missing, suitable

ANY = frozenset()
abilities = st.frozensets(st.sampled_from("abc"), max_size=2)
free = st.none()
seeds = st.builds(Random, st.integers(0, 1000))


def members(able=abilities):
    made = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 10), able, able, able), min_size=1, max_size=5)
    return made.map(lambda rows: [Member(number, *row) for number, row in enumerate(rows)])


def items(able=abilities, taken=free):
    made = st.lists(st.tuples(able, able, able, taken), max_size=25)
    return made.map(lambda rows: [Item(f"c{number}", *row) for number, row in enumerate(rows)])


def loads_after(people, proposals):
    given_to = Counter(proposal.member for proposal in proposals)
    return {member.id: member.load + given_to[member.id] for member in people}


def speaks(*languages):
    return {"language": frozenset(languages)}


# -- what always holds ------------------------------------------------------------------------------------


@given(items(taken=st.none() | st.integers(0, 2)), members(), seeds)
def test_no_customer_is_lost_and_none_appears_twice(customers, people, rng):
    proposals = distribute(customers, people, rng)
    assert [proposal.item for proposal in proposals] == [customer.id for customer in customers]


@given(items(taken=st.none() | st.integers(0, 9)), members(), seeds)
def test_rows_moved_by_hand_stay_where_they_were_put(customers, people, rng):
    for customer, proposal in zip(customers, distribute(customers, people, rng), strict=True):
        if customer.taken_by is not None:
            assert proposal.member == customer.taken_by


@given(items(), members(), st.integers(0, 1000))
def test_the_same_seed_gives_the_same_proposal(customers, people, seed):
    assert distribute(customers, people, Random(seed)) == distribute(customers, people, Random(seed))


@given(items(able=st.just(ANY)), members(able=st.just(ANY)), seeds)
def test_among_equals_the_least_loaded_member_gets_the_customer(customers, people, rng):
    """Relative to capacity, within one customer: moving any one of them would not make it more even."""
    after = loads_after(people, proposals := distribute(customers, people, rng))
    for receiver in people:
        if not any(proposal.member == receiver.id for proposal in proposals):
            continue
        for other in people:
            if other.capacity and after[other.id] < other.capacity:
                assert after[receiver.id] / receiver.capacity <= (after[other.id] + 1) / other.capacity + 1e-9


@given(items(able=st.just(ANY)), st.integers(1, 6), st.integers(1, 40), seeds)
def test_equal_people_end_with_loads_that_differ_by_one_at_most(customers, number, capacity, rng):
    people = [Member(n, capacity) for n in range(number)]
    after = loads_after(people, distribute(customers, people, rng)).values()
    assert max(after) - min(after) <= 1


@given(items(), members(), seeds)
def test_less_able_member_gets_no_customer_of_an_able_colleague(customers, people, rng):
    by_id = {member.id: member for member in people}
    for customer, proposal in zip(customers, distribute(customers, people, rng), strict=True):
        able = [member for member in people if member.capacity and not missing(customer, member)]
        if able:
            assert not missing(customer, by_id[proposal.member])


@given(items(), members(), seeds)
def test_capacity_is_kept_while_an_equal_member_has_room(customers, people, rng):
    after = loads_after(people, proposals := distribute(customers, people, rng))
    by_id = {member.id: member for member in people}
    for customer, proposal in zip(customers, proposals, strict=True):
        if proposal.member is None or after[proposal.member] <= by_id[proposal.member].capacity:
            continue
        if by_id[proposal.member].load >= by_id[proposal.member].capacity:
            # The member was full from the start: then all who suit the customer are full now.
            assert all(after[member.id] >= member.capacity for member in suitable(customer, people))


@given(items(), members(), seeds)
def test_who_takes_no_customers_gets_none(customers, people, rng):
    idle = {member.id for member in people if not member.capacity}
    proposals = distribute(customers, people, rng)
    assert not idle & {proposal.member for proposal in proposals}
    if len(idle) == len(people):
        assert all(proposal.member is None for proposal in proposals)


# -- examples ---------------------------------------------------------------------------------------------


def test_double_capacity_gets_twice_as_many():
    people = [Member("full time", 20), Member("half time", 10)]
    after = loads_after(people, distribute([Item(n) for n in range(15)], people, Random(1)))
    assert after == {"full time": 10, "half time": 5}


def test_who_has_most_to_do_already_comes_last():
    people = [Member("busy", 30, load=5), Member("free", 30)]
    after = loads_after(people, distribute([Item(n) for n in range(5)], people, Random(1)))
    assert after == {"busy": 5, "free": 5}


def test_the_one_who_speaks_the_language_comes_before_the_one_with_less_to_do():
    people = [Member("anna", 30, load=9, **speaks("it")), Member("ben", 30, **speaks("fr")), Member("any", 30)]
    [proposal] = distribute([Item(1, **speaks("it"))], people, Random(1))
    assert (proposal.member, proposal.matched) == ("anna", {"language"})


def test_full_specialist_is_replaced_by_a_member_open_to_all():
    people = [Member("anna", 1, load=1, **speaks("it")), Member("any", 30), Member("ben", 30, **speaks("fr"))]
    [proposal] = distribute([Item(1, **speaks("it"))], people, Random(1))
    assert proposal.member == "any"


def test_a_customer_of_whom_nothing_is_known_goes_to_the_least_loaded():
    people = [Member("anna", 30, load=1, **speaks("it")), Member("ben", 30, **speaks("fr"))]
    [proposal] = distribute([Item(1)], people, Random(1))
    assert proposal == (1, "ben", frozenset())


def test_member_who_let_a_customer_wait_does_not_get_the_customer_again():
    people = [Member("anna", 30), Member("ben", 30, load=20)]
    [proposal] = distribute([Item(1, not_to=frozenset({"anna"}))], people, Random(1))
    assert proposal.member == "ben"


def test_rows_moved_by_hand_count_before_the_others_are_placed():
    people = [Member("anna", 30), Member("ben", 30)]
    customers = [Item(1), Item(2), Item(3, taken_by="anna"), Item(4, taken_by="anna")]
    proposals = distribute(customers, people, Random(1))
    assert [proposal.member for proposal in proposals] == ["ben", "ben", "anna", "anna"]


def test_different_seeds_decide_differently_between_equals():
    people = [Member(n, 30) for n in range(4)]
    first = {distribute([Item(1)], people, Random(seed))[0].member for seed in range(50)}
    assert first == {0, 1, 2, 3}
