"""Letters an hour, by any hour; doctests say the rest."""

from collections import Counter
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.expo_followup.tools.letter_times import day_span, find_moment

ZONES = ("Asia/Shanghai", "Europe/Berlin", "Asia/Kathmandu", "Asia/Kolkata", "America/St_Johns", "Pacific/Auckland")
NOW = datetime(2026, 4, 20, 14, 7)


@given(
    st.lists(st.tuples(st.sampled_from(ZONES), st.integers(0, 3)), max_size=120),
    st.integers(1, 70),
    st.floats(0, 23.75),
)
def test_no_sixty_minutes_have_more_letters_than_allowed(letters, limit, hour):
    taken, moments = Counter(), []
    for zone, ahead in letters:
        spans = [day_span(date(2026, 4, 20) + timedelta(days=ahead), (zone,), hour // 0.25 * 0.25)]
        moments.append(find_moment(spans, NOW, limit, taken))
    assert None not in moments
    for begin in moments:
        assert begin >= NOW
        assert sum(begin <= moment < begin + timedelta(hours=1) for moment in moments) <= limit


def test_letters_beyond_the_room_of_a_day_come_on_the_next_one_then_after_the_last():
    spans = [day_span(date(2026, 4, day), ("UTC",), 9) for day in (21, 22)]
    taken = Counter()
    moments = [find_moment(spans, NOW, 1, taken) for _letter in range(19)]
    assert [moment.day for moment in moments] == [21] * 9 + [22] * 9 + [22]
    assert {moment.hour for moment in moments[:18]} == set(range(9, 18))
    assert moments[-1] == datetime(2026, 4, 22, 18, 45)
