"""What tells a person in a text: addresses, numbers, full names, and numbers of registers and banks.

Nothing here knows Odoo but its rule of what an address is.
"""

import json
import re
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import escape

from .addresses import has_address, remove_addresses, replace_addresses
from .person_names import name_pattern, names

#: So many digits tell a number; fewer stand in dates and amounts as well.
MIN_DIGITS = 7
#: So many signs tell a number of a register or a bank.
MIN_CODE = 6
_GAP = r"(?:[\s().\-/]|%20|&nbsp;){0,3}"
_HAN = re.compile("[\u3400-\u9fff\uac00-\ud7af\u3040-\u30ff]")
_RECIPIENTS = ("email_", "incoming_email", "outgoing_email", "recipients", "reply_to")


def is_distinctive(name: str | None) -> bool:
    """Tell whether a name alone tells a person: it has several words, or several signs of a script without words.

    >>> [is_distinctive(name) for name in ("Maria Rossi", "Maria", "王伟", "欧阳伟明", "Li Na", "", None)]
    [True, False, False, True, True, False, False]
    """
    name = (name or "").strip()
    return len(_HAN.findall(name)) > 2 or (len(name.split()) > 1 and len(name) > 4)


def number_pattern(digits: str):
    """Return the pattern that finds a phone number however it is written, with or without the code of its country.

    >>> [bool(number_pattern("577987654").search(text)) for text in ("+39 0577 987-654", "(0577) 987654", "5779876540")]
    [True, True, False]
    """
    return re.compile(rf"(?<!\d)(?:(?:\+|00)\d{{1,3}}{_GAP})?(?:\(?0?{_GAP})?{_GAP.join(digits)}(?!\d)")


def turn_name(name: str) -> list[str]:
    """Return how a full name is written family name first, or given name first again.

    >>> turn_name("Maria Rossi"), turn_name("Rossi, Maria"), turn_name("王小明")
    (['Rossi Maria', 'Rossi, Maria'], ['Maria Rossi', 'Rossi Maria'], [])
    """
    family, comma, given = name.partition(",")
    if comma:
        family, given = family.strip(), given.strip()
        return [f"{given} {family}", f"{family} {given}"] if family and given else []
    given, _blank, family = name.rpartition(" ")
    return [f"{family} {given.strip()}", f"{family}, {given.strip()}"] if given.strip() else []


def _variants(text):
    """Return how a text is written in plain text, HTML, JSON and links, with either apostrophe."""
    texts = dict.fromkeys([text, text.replace("’", "'"), text.replace("'", "’")])
    return list(
        dict.fromkeys(way for one in texts for way in (one, str(escape(one)), json.dumps(one)[1:-1], quote(one)))
    )


class PersonSigns(NamedTuple):
    """The signs of one person that are no other's.

    :param numbers: digits of phone numbers without the code of the country
    :param codes: numbers of registers and banks, as they are written
    """

    addresses: tuple = ()
    numbers: tuple = ()
    names: tuple = ()
    codes: tuple = ()

    def get_expression(self) -> str:
        """Return the expression of PostgreSQL that finds what may hold a sign, in whatever case; "" without any.

        >>> PersonSigns(numbers=("1701",), names=("Lee",)).get_expression()
        'Lee|1(?:%20|[^0-9]){0,3}7(?:%20|[^0-9]){0,3}0(?:%20|[^0-9]){0,3}1'
        """
        words = [re.escape(word) for sign in (*self.addresses, *self.names, *self.codes) for word in _variants(sign)]
        return "|".join(words + ["(?:%20|[^0-9]){0,3}".join(number) for number in self.numbers])

    def are_in(self, text: str | None) -> bool:
        """Tell whether a text holds one of the signs.

        >>> signs = PersonSigns(("ann@x.com",), ("1701234567",), ("Ann O'Lee",), ("DE123456789",))
        >>> [signs.are_in(text) for text in ("to ann@x.com", "+49 170 1234567", "Ann O&#39;Lee", "VAT DE123456789")]
        [True, True, True, True]
        >>> signs.are_in("Ann O’Lee")
        True
        >>> [signs.are_in(text) for text in ("joann@x.com", "Ann Lee", "Joann O'Lee", "170 1234568", "", None)]
        [False, False, False, False, False, False]
        """
        return bool(text) and self.remove_from(text, "\0") != text

    def remove_from(self, text: str, word: str) -> str:
        """Put a word where a text holds one of the signs.

        >>> signs = PersonSigns(("ann@x.com",), ("1701234567",), ("Ann Lee",), ())
        >>> signs.remove_from("ANN LEE (ann@x.com, 0170/1234567), Joann Lee", "-")
        '- (-, -), Joann Lee'
        """
        for variant in (one for address in self.addresses for one in _variants(address)):
            text = replace_addresses(text, [variant], word)
        for variant in (one for name in (*self.names, *self.codes) for one in _variants(name)):
            if names(text, variant):
                text = name_pattern(variant).sub(lambda _found: word, text)
        for number in self.numbers:
            text = number_pattern(number).sub(word, text)
        return text

    def clear(self, name: str, value, word: str, required: bool = False):
        """Return the value of a field without the signs: ``None`` when it was nothing but a number or an address.

        >>> signs = PersonSigns(("ann@x.com",), ("1701234567",), ("Ann Lee",), ())
        >>> signs.clear("email", "Ann@x.com", "-"), signs.clear("email", "ann@x.com", "-", required=True)
        (None, '-')
        >>> signs.clear("email_cc", "ann@x.com, bob@x.com", "-"), signs.clear("name", "Ann Lee", "-")
        ('bob@x.com', '-')
        >>> signs.clear("facts", {"Ann Lee": ["called ann lee", 1, None]}, "-")
        {'-': ['called -', 1, None]}
        """
        if isinstance(value, dict):
            return {self.clear("", key, word, True): self.clear("", one, word, True) for key, one in value.items()}
        if isinstance(value, list):
            return [self.clear("", one, word, True) for one in value]
        if not isinstance(value, str):
            return value
        if name.startswith(_RECIPIENTS) and has_address(value, self.addresses):
            value = remove_addresses(value, self.addresses)
        text = self.remove_from(value, word) if value else value
        if text != value and text.strip() == word and not required and not any(names(value, one) for one in self.names):
            return None
        return text if text or required else None
