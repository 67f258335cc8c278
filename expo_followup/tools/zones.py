"""Time zones by name, and of customers by country and state (rules.md §4: the customer's own hours).

Most countries keep one time where business is done. In a wide one the state decides; where that is not known, the
zones of its eastern and of its western end are given, and a moment is good only if it is good in both.
"""

import logging
from datetime import date, datetime, time, tzinfo

import pytz

_logger = logging.getLogger(__name__)

# The ends of countries that keep several times, east to west, where most of their business is done.
WIDE = {
    "AU": ("Australia/Sydney", "Australia/Perth"),
    "BR": ("America/Sao_Paulo", "America/Manaus"),
    "CA": ("America/Halifax", "America/Vancouver"),
    "ID": ("Asia/Jayapura", "Asia/Jakarta"),
    "MX": ("America/Mexico_City", "America/Tijuana"),
    "RU": ("Asia/Vladivostok", "Europe/Moscow"),
    "US": ("America/New_York", "America/Los_Angeles"),
}
# Where the first zone of the library's list is not that of the capital.
MAIN = {"UA": "Europe/Kiev"}
# Codes of states by zone; the codes are those of ISO 3166-2 behind the country.
STATES = {
    "AU": {
        "Australia/Sydney": "ACT NSW",
        "Australia/Melbourne": "VIC",
        "Australia/Hobart": "TAS",
        "Australia/Brisbane": "QLD",
        "Australia/Adelaide": "SA",
        "Australia/Darwin": "NT",
        "Australia/Perth": "WA",
    },
    "BR": {
        "America/Sao_Paulo": "AL AP BA CE DF ES GO MA MG PA PB PE PI PR RJ RN RS SC SE SP TO",
        "America/Manaus": "AM MS MT RO RR",
        "America/Rio_Branco": "AC",
    },
    "CA": {
        "America/St_Johns": "NL",
        "America/Halifax": "NB NS PE",
        "America/Toronto": "ON QC",
        "America/Winnipeg": "MB",
        "America/Regina": "SK",
        "America/Edmonton": "AB NT",
        "America/Vancouver": "BC",
        "America/Whitehorse": "YT",
    },
    "ID": {
        "Asia/Jakarta": "AC BB BE BT JA JB JI JK JT KB KR KT LA RI SB SS SU YO",
        "Asia/Makassar": "BA GO KI KS KU NB NT SA SG SN SR ST",
        "Asia/Jayapura": "MA MU PA PB PD PE PS PT",
    },
    "MX": {
        "America/Tijuana": "BCN",
        "America/Mazatlan": "BCS NAY SIN",
        "America/Hermosillo": "SON",
        "America/Cancun": "ROO",
        "America/Mexico_City": (
            "AGU CAM CHH CHP CMX COA COL DUR GRO GUA HID JAL MEX MIC MOR NLE OAX PUE QUE SLP TAB TAM TLA VER YUC ZAC"
        ),
    },
    "US": {
        "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
        "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
        "America/Denver": "CO ID MT NM UT WY",
        "America/Phoenix": "AZ",
        "America/Los_Angeles": "CA NV OR WA",
        "America/Anchorage": "AK",
        "Pacific/Honolulu": "HI",
    },
}
_ZONE_OF_STATE = {
    (country, state): zone
    for country, zones in STATES.items()
    for zone, states in zones.items()
    for state in states.split()
}


def get_zone(name: str | None) -> pytz.BaseTzInfo:
    """Return a time zone by its name; UTC for a name that is no zone, so that one bad record stops nothing.

    >>> get_zone("Europe/Berlin"), get_zone(None), get_zone("Mars/Phobos")
    (<DstTzInfo 'Europe/Berlin' LMT+0:53:00 STD>, <UTC>, <UTC>)
    """
    try:
        return pytz.timezone(name or "UTC")
    except pytz.UnknownTimeZoneError:
        _logger.warning("%r is no time zone; UTC is used instead", name)
        return pytz.utc


def to_local_date(moment: datetime, zone: str | tzinfo | None) -> date:
    """Return the date at a moment, given in UTC without a zone, where the clocks of ``zone`` count.

    >>> to_local_date(datetime(2026, 4, 20, 23, 30), "Europe/Berlin")
    datetime.date(2026, 4, 21)
    """
    return pytz.utc.localize(moment).astimezone(zone if isinstance(zone, tzinfo) else get_zone(zone)).date()


def get_midnight(day: date, zone: str | tzinfo | None) -> datetime:
    """Return when a day begins where the clocks of ``zone`` count, in UTC without a zone.

    >>> get_midnight(date(2026, 4, 21), "Europe/Berlin")
    datetime.datetime(2026, 4, 20, 22, 0)
    """
    place = zone if isinstance(zone, tzinfo) else get_zone(zone)
    return place.localize(datetime.combine(day, time())).astimezone(pytz.utc).replace(tzinfo=None)


def zones_of(country_code: str | None, state_code: str | None = None, tz: str | None = None) -> tuple[str, ...]:
    """Return the time zone of a customer, both ends of the country where that is all we know, or nothing.

    ``tz`` is what the contact says. It counts where it is a zone of the country: contacts are often given the zone of
    the user who entered them.

    >>> zones_of("IT"), zones_of("US", "CA"), zones_of("US"), zones_of(None)
    (('Europe/Rome',), ('America/Los_Angeles',), ('America/New_York', 'America/Los_Angeles'), ())
    >>> zones_of("US", tz="America/Chicago"), zones_of("US", tz="Asia/Shanghai")
    (('America/Chicago',), ('America/New_York', 'America/Los_Angeles'))
    """
    code = (country_code or "").upper()
    if state_zone := _ZONE_OF_STATE.get((code, state_code)):
        return (state_zone,)
    known = pytz.country_timezones.get(code, ())
    if tz in known:
        return (tz,)
    return WIDE.get(code) or tuple([MAIN[code]] if code in MAIN else known[:1])
