"""What the columns of a list hold: told by headings in many languages (``headings.csv``), else by content."""

import csv
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .addresses import find_addresses
from .countries import country_code, is_country_code, plain

#: Rows above the headings: the title of the list, the name of the show, what an export says of itself.
MAX_TITLES = 15
SAMPLE = 50
#: The headings by field and language; a company adds its own (``expo.import.heading``).
HEADINGS_FILE = Path(__file__).with_name("headings.csv")
#: What is known and has no field of its own: it goes to the contact's note, and is never guessed to be anything else.
NOTED = ("fax", "booth")
FIELDS = (
    "name", "first_name", "last_name", "company_name", "function", "email", "phone", "website", "street", "city",
    "state", "zip", "country", "account", "note", "tier", "role", "products", "lang",
)  # fmt: skip
#: A second column of these has the same field: the first cell that is not empty counts, or all are joined.
REPEATED = frozenset({"company_name", "email", "phone", "website", "street", "note", "account"})
#: What says who it is: a list without any of these cannot be checked.
WHO = ("name", "first_name", "last_name", "company_name")
#: Words that stand before or after a heading without changing what it holds.
BEFORE = re.compile(
    r"^(business|work|primary|main|office|attendee|buyer|contact|company|delegate|visitor|participant|guest|lead|your|"
    r"preferred|exhibitor|customer|organization|organisation|home|other|private|mailing|billing|personal|direct|"
    r"geschaftlich|商务|公司|客户|联系人|采购商|参展商|買家|公司的)(?=.)"
)
SECOND = re.compile(r"^(home|other|private|billing|personal|shipping)(?=.)|(privat|prive|particular|domicile)$")
AFTER = re.compile(r"(value|no|number|nr|geschaftlich|privat|bureau|uff|required|必填|可选|\d)$")
#: A number of a person or a company, such as *Attendee #*, is no name.
NUMBERED = re.compile(r"(#|\b(no|nr|number|id|code)\.?|编号|序号|编码|番号|번호)\s*$", re.IGNORECASE)
#: A heading of these gives way to a clearer one of the same field: *Title* may be *Dr.*, besides *Job Title*.
VAGUE = frozenset({"title", "titel", "titre", "titulo", "titolo", "type", "class", "contact", "role"})
#: Columns of other columns' kinds, as address books write them: of no use to a reader.
KIND = re.compile(r"\s-\s(label|type|formatted)$|^e-?mail (\d )?type$", re.IGNORECASE)
YES_NO_TEXT = """
    yes no y n ja nein j oui non o si sim nao true false 是 否 有 无 はい いいえ да нет evet hayir tak nie
"""
YES_NO = frozenset(map(plain, YES_NO_TEXT.split()))
PHONE = re.compile(r"\+?[\d\s().\-/]{7,20}")
SITE = re.compile(
    r"(https?://|www\.)\S+|[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|net|org|cn|de|it|fr|es|eu|uk|biz|info)(/\S*)?", re.IGNORECASE
)
COMPANY = re.compile(
    r"\b(ltd|limited|inc|incorporated|llc|gmbh|co|corp|corporation|company|s\.?p\.?a|s\.?a|s\.?a\.?s|s\.?r\.?l|sarl|s\.?l|pvt|"
    r"pte|trading|group|gruppe|holding|industries|industrial|international|technolog(?:y|ies)|systems|solutions|bv|b\.v|nv|ag|kg|"
    r"ohg|e\.?k|llp|plc|oy|ab|aps|a/s|sp\.? z o\.?o|s\.?r\.?o|kft|zrt|d\.?o\.?o|a\.?s|a\.ş|şti|tic|san|ltda|lda|eirl|"
    r"ооо|оао|зао|ао|пао|ип|manufacturing|manufaktur|werke?|fabrik|exports?|imports?|enterprises?|sdn|bhd|jsc)\b\.?|"
    r"公司|集团|集團|厂|廠|株式会社|有限会社|合同会社|주식회사|㈜|\(주\)|商行|研究院|协会",
    re.IGNORECASE,
)


class Layout(NamedTuple):
    """How a list is made: the row of the headings (-1: none), what they say, the field of each column ('' unknown)."""

    row: int
    headings: list
    fields: list


def field_of(heading: str, own: dict | None = None) -> str:
    """Return the field a heading means, '' when it cannot be told; also *fax* and *booth*, see :data:`NOTED`.

    :param own: fields by key of a heading that a company has given itself, see :func:`heading_key`

    >>> [field_of(text) for text in ("E-Mail*", "联系人（必填）", "Company Name / 公司名称", "Mobile Phone No.", "xyz")]
    ['email', 'name', 'company_name', 'phone', '']
    >>> [field_of(text) for text in ("E-mail 1 - Value", "Business Phone 2", "Rue (bureau)", "Business Fax")]
    ['email', 'phone', 'street', 'fax']
    """
    whole = heading_key(heading)
    parts = [heading_key(part) for part in re.split(r"[/|\\\n（(：:\[【]", heading)]
    # Address books write the field last: "Address 1 - City".
    parts = [*map(heading_key, reversed(heading.split(" - "))), *parts]
    latin, han = re.sub(r"[^\x00-\u02ff]", "", heading), re.sub(r"[\x00-\u02ff]", "", heading)
    for key in filter(None, (whole, *parts, heading_key(latin), heading_key(han))):
        for form in _forms(key):
            if field := (own or {}).get(form) or _fields().get(form):
                return "" if field in WHO and NUMBERED.search(heading) else field
    return ""


def heading_key(text: str) -> str:
    """Return what two spellings of a heading share.

    >>> heading_key("Téléphone (Büro) *")
    'telephoneburo'
    """
    return plain(text).replace(" ", "").replace("ı", "i")


def shipped_headings():
    """Yield (field, language, heading) of the file.

    >>> ("company_name", "de", "Aussteller") in set(shipped_headings())
    True
    """
    with HEADINGS_FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for heading in row["headings"].split("|"):
                yield row["field"], row["language"], heading


@cache
def _fields():
    return {heading_key(heading): field for field, _language, heading in reversed(list(shipped_headings()))}


def _forms(key):
    """A heading as it is, then without what stands after and before it."""
    yield key
    while AFTER.search(key) and len(key) > 2:
        key = AFTER.sub("", key)
        yield key
    while BEFORE.search(key):
        key = BEFORE.sub("", key)
        yield key


def read_layout(rows: list[list[str]], own: dict | None = None, row: int | None = None) -> Layout:
    """Find the headings of a list and the field of each column.

    :param own: as for :func:`field_of`
    :param row: the row of the headings if it is known, -1 for none

    >>> read_layout([["Spring Fair"], ["姓名", "", "E-mail"], ["王伟", "Acme Ltd", "w@acme.example"]])
    Layout(row=1, headings=['姓名', '', 'E-mail'], fields=['name', 'company_name', 'email'])
    >>> read_layout([["Maria", "m@acme.example"], ["Hans", "h@acme.example"]])
    Layout(row=-1, headings=['', ''], fields=['name', 'email'])
    >>> read_layout([["Name", "Hall"], ["Acme GmbH", "1"], ["Becker KG", "2"]]).fields
    ['company_name', '']
    """
    width = max(map(len, rows), default=0)
    index = _find_headings(rows, own) if row is None else row
    heads = rows[index] if index >= 0 else []
    headings = [*heads, *[""] * (width - len(heads))]
    body = rows[index + 1 : index + 1 + SAMPLE]
    told = [field_of(heading, own) if heading else "" for heading in headings]
    fields, given = [], set()
    clear = {field for heading, field in zip(headings, told, strict=True) if heading_key(heading) not in VAGUE}
    for heading, field in zip(headings, told, strict=True):
        is_vague = field in clear and heading_key(heading) in VAGUE
        is_second = field in given and (field not in REPEATED or SECOND.search(heading_key(heading)))
        fields.append("skip" if KIND.search(heading) else "" if is_vague or is_second or field in NOTED else field)
        given.add(fields[-1])
    for column in range(width):
        if not fields[column] and not told[column]:
            guess = guess_field(_column(body, column), bool(headings[column]))
            fields[column] = "" if guess in given else guess
            given.add(fields[column])
    if index < 0 and "name" not in given:
        _guess_name(fields, body)
    _settle_names(fields, told, body)
    return Layout(index, headings, fields)


def _find_headings(rows, own):
    """Return the row of the headings, -1 for a list without."""
    scores = [len({field_of(cell, own) or "" for cell in row if cell} - {""}) for row in rows[:MAX_TITLES]]
    best = max(scores, default=0)
    index = scores.index(best) if best else -1
    if best == 1 and (sum(map(bool, rows[index])) > 3 or any(map(_is_fact, rows[index]))):
        index = -1  # a person called Post, not a heading
    if index < 0 and rows and not any(map(_is_fact, rows[0])) and any(map(_is_fact, _cells(rows[1:SAMPLE]))):
        index = 0  # headings of a language that we do not know
    return index


def _settle_names(fields, told, body):
    """Tell what *Name* means: the company in a list of companies, the family name beside first names, or all."""
    columns = {field: fields.index(field) for field in WHO if field in fields}
    name = columns.get("name")
    if name is not None and "company_name" not in columns and not {"first_name", "last_name"} & columns.keys():
        cells = list(filter(None, _column(body, name)))
        # Lists of exhibitors have halls and stands, and names of companies without their legal form.
        share = 0.2 if "booth" in told and "function" not in fields else 0.5
        if cells and sum(bool(COMPANY.search(cell)) for cell in cells) > len(cells) * share:
            fields[name] = "company_name"
    elif name is not None and "first_name" in columns and "last_name" not in columns:
        pairs = zip(_column(body, name), _column(body, columns["first_name"]), strict=True)
        pairs = [(whole, first) for whole, first in pairs if whole and first]
        if pairs and sum(first in whole for whole, first in pairs) * 2 < len(pairs):
            fields[name] = "last_name"
    elif name is not None and "last_name" in columns and "first_name" not in columns:
        pairs = zip(_column(body, name), _column(body, columns["last_name"]), strict=True)
        pairs = [(whole, last) for whole, last in pairs if whole and last]
        if pairs and sum(last in whole for whole, last in pairs) * 2 < len(pairs):
            fields[name] = "first_name"
    elif name is None and len({"first_name", "last_name"} & columns.keys()) == 1:
        fields[columns.get("first_name", columns.get("last_name"))] = "name"


def _column(body, column):
    return [row[column] if column < len(row) else "" for row in body]


def guess_field(cells: list[str], is_named: bool = False) -> str:
    """Return the field that most cells of a column look like; a column with a heading of its own must be clear.

    >>> guess_field(["a@acme.example", "", "b@acme.example"]), guess_field(["Italy", "德国"]), guess_field(["x", "y"])
    ('email', 'country', '')
    >>> guess_field(["no", "no", "yes"]), guess_field(["NO", "DE", "FR"])
    ('', 'country')
    """
    # "no" is an answer as well as Norway.
    cells = [cell for cell in cells if cell and plain(cell) not in YES_NO]
    if not cells:
        return ""
    tests = {
        "email": lambda cell: find_addresses(cell).addresses,
        "website": SITE.fullmatch,
        "country": lambda cell: len(cell) > 1 and country_code(cell) and not (is_named and is_country_code(cell)),
        "phone": lambda cell: PHONE.fullmatch(cell) and sum(map(str.isdigit, cell)) >= 7,
        "company_name": COMPANY.search,
    }
    if is_named:
        tests.pop("company_name")
        tests.pop("phone")  # an order number looks alike
    shares = {field: sum(bool(test(cell)) for cell in cells) / len(cells) for field, test in tests.items()}
    best = max(shares, key=shares.get)
    return best if shares[best] > 0.5 else ""


def _guess_name(fields, body):
    """Of a list without headings the first column of words is the name."""
    for column, field in enumerate(fields):
        cells = [row[column] for row in body if column < len(row) and row[column]]
        if not field and cells and sum(bool(re.search(r"[^\W\d]{2}", cell)) for cell in cells) > len(cells) / 2:
            fields[column] = "name"
            return


def _cells(rows):
    return (cell for row in rows for cell in row)


def _is_fact(cell):
    """Tell whether a cell is a person's address or number, so that its row holds no headings."""
    return bool(find_addresses(cell).addresses or (PHONE.fullmatch(cell) and sum(map(str.isdigit, cell)) >= 7))
