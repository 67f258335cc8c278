"""At which stage our relation with a customer is (rules.md §6). Pure; ``models/customer/abc_sql.py`` says it in SQL."""

from datetime import date

#: A customer who buys less than so many percent of the purchases of the period before is in decline.
DECLINE_PERCENT = 50


def stage(first_on: date | None, begin: date, turnover, former, decline_percent: int = DECLINE_PERCENT) -> str:
    """Return ``exploration``, ``formation``, ``stable`` or ``decline``.

    :param first_on: day of the first order or invoice, None when there was none yet
    :param begin: last day before the present period, see :func:`.abc.period_begin`
    :param turnover: net turnover of the present period
    :param former: net turnover of the period before, of the same length
    :param decline_percent: the least share of the former turnover that is no decline; 0: only who buys nothing declines

    >>> begin = date(2025, 4, 20)
    >>> stage(None, begin, 0, 0), stage(date(2026, 1, 5), begin, 100, 0)
    ('exploration', 'formation')
    >>> stage(date(2024, 1, 5), begin, 100, 200), stage(date(2024, 1, 5), begin, 99, 200)
    ('stable', 'decline')
    >>> stage(date(2020, 1, 5), begin, 10, 0), stage(date(2020, 1, 5), begin, 0, 0)
    ('stable', 'decline')
    """
    if first_on is None:
        return "exploration"
    if first_on > begin:
        return "formation"
    return "decline" if turnover <= 0 or turnover * 100 < former * decline_percent else "stable"
