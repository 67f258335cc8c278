import hashlib

from odoo import models
from odoo.exceptions import UserError

from ...tools.cards import parse_cards
from ...tools.countries import country_code, plain
from ...tools.headings import read_layout
from ...tools.rows import clean_row
from ...tools.tables import MAX_ROWS, TableError, file_kind, read_table
from ..privacy.person_rows import BETWEEN_CELLS

# Rows that are enough to tell what the columns hold.
HEAD = 200
JOINED = {"street": ", ", "note": "\n"}
CARD_FIELDS = (
    "name",
    "company_name",
    "function",
    "email",
    "phone",
    "website",
    "street",
    "city",
    "zip",
    "account",
    "note",
)
LANGUAGES = {
    "en": "英语 英文 english",
    "zh": "中文 汉语 chinese 普通话",
    "de": "deutsch german 德语",
    "fr": "french 法语",
}


class ExpoImport(models.Model):
    """Reading the file: its columns, and its rows put right."""

    _inherit = "expo.import"

    def action_read(self):
        """Read the file: tell its columns; cards need none and are checked at once.

        :raises UserError: when the file is no list, saying why
        """
        self.ensure_one()
        self.check_access("write")
        data = self._get_data()
        try:
            kind = file_kind(data)
            rows = read_table(data, HEAD) if kind != "vcf" else []
        except TableError as error:
            raise UserError(self._get_table_problem(error.code)) from error
        # What the file says is kept by the system; the right to write was checked.
        kept = self.sudo()
        kept._forget()
        kept.write({"kind": kind, "state": "mapping"})
        if kind == "vcf":
            return self.action_check()
        kept._make_columns(rows)
        return True

    def _make_columns(self, rows):
        """Create the columns with what they hold: as remembered for these headings, else as they look."""
        layout = read_layout(rows)
        named = sorted(filter(None, map(plain, layout.headings)))
        self.headings_key = hashlib.sha256("\n".join(named).encode()).hexdigest() if named else False
        self.heading_row = layout.row
        remembered = self._get_remembered()
        body = rows[layout.row + 1 :]
        values = []
        for index, (heading, guess) in enumerate(zip(layout.headings, layout.fields, strict=True)):
            cells = [" ".join(row[index].split()) for row in body if index < len(row) and row[index]]
            known = remembered.get((heading, layout.headings[:index].count(heading)))
            values.append(
                {
                    "import_id": self.id,
                    "sequence": index,
                    "heading": heading,
                    "sample": BETWEEN_CELLS.join(dict.fromkeys(cells[:3]))[:120],
                    "field_name": known or guess or ("extra" if cells else "skip"),
                    "is_remembered": bool(known),
                }
            )
        self.env["expo.import.column"].create(values)

    def _get_remembered(self):
        """What the columns of the company's last list with these headings held, by heading and its occurrence."""
        if not self.headings_key:
            return {}
        # A colleague's list serves as well: only the meaning of its columns is taken from it.
        last = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("headings_key", "=", self.headings_key),
                ("state", "in", ("checked", "importing", "done")),
                ("id", "!=", self.id),
            ],
            order="write_date desc, id desc",
            limit=1,
        )
        headings = [column.heading for column in last.column_ids]
        return {
            (column.heading, headings[:index].count(column.heading)): column.field_name
            for index, column in enumerate(last.column_ids)
        }

    # -- rows --------------------------------------------------------------------------------------------

    def _read_rows(self):
        """Return (row number, row by field, as it came, problem) for each row of the file.

        :raises UserError: when the file cannot be read
        """
        data = self._get_data()
        try:
            if self.kind == "vcf":
                cards = parse_cards(data)
                if len(cards) > MAX_ROWS:
                    raise TableError("too_many_rows")
                return [self._read_card(number, card) for number, card in enumerate(cards, 1)]
            table = read_table(data)
        except TableError as error:
            raise UserError(self._get_table_problem(error.code)) from error
        columns = [(column.sequence, column.heading or "", column.field_name) for column in self.column_ids]
        first = self.heading_row + 1
        return [self._read_row(first + 1 + number, row, columns) for number, row in enumerate(table[first:])]

    def _read_row(self, number, cells, columns):
        """One row of a table, its cells by field; two columns of one field are joined or kept as a note."""
        row, came = {"extra": []}, []
        for index, heading, field in columns:
            text = cells[index] if index < len(cells) else ""
            if not text:
                continue
            came.append(f"{heading}: {text}" if heading else text)
            if field == "skip":
                continue
            if field == "extra" or (row.get(field) and field not in JOINED):
                row["extra"].append(came[-1])
            else:
                row[field] = f"{row[field]}{JOINED[field]}{text}" if row.get(field) else text
        return number, row, "\n".join(came), ""

    def _read_card(self, number, card):
        """One business card as a row."""
        row = {name: card.values.get(name, "") for name in CARD_FIELDS}
        row["country"] = card.values.get("country_text", "")
        row["extra"] = card.values.get("extra", "").split("\n")
        return number, row, card.raw, card.problem

    def _clean_rows(self, rows):
        """Put rows right and find the records they name; constant queries whatever their number.

        :return: for each row the values of a captured contact, and remarks as text
        """
        finder = _Finder(self.env, rows, self.exhibition_id)
        cleaned = []
        for row in rows:
            values, remarks = clean_row(row, finder.country)
            facts = {name: text for name, text in values.items() if name not in ("tier", "role", "products", "lang")}
            facts["country_id"] = finder.countries.get(facts.pop("country_code", ""), 0)
            extra = [facts.get("extra", "")]
            for name in ("tier", "role", "lang", "products"):
                if text := values.get(name):
                    found, unknown = getattr(finder, name)(text)
                    facts.update(found)
                    extra += [unknown]
                    remarks += [(f"{name}_unknown", unknown)] if unknown and name != "lang" else []
            facts["extra"] = "\n".join(filter(None, extra))
            cleaned.append(
                ({name: value for name, value in facts.items() if value}, [self._get_remark(*one) for one in remarks])
            )
        return cleaned


class _Finder:
    """Finds records by the words of a list; everything is read once."""

    def __init__(self, env, rows, show):
        self.countries, self._country_names = _read_countries(env)
        self._tiers = {}
        for tier in env["expo.tier"].search([]):
            for text in (tier.code, *_names(tier)):
                self._tiers.setdefault(plain(text), tier.id)
        role = env["expo.import"]._fields["role"]
        words = {"visitor": "visitor 参观商 观众 采购商 买家 buyer 參觀商", "exhibitor": "exhibitor 参展商 展商 參展商"}
        self._roles = {word: value for value, texts in words.items() for word in texts.split()}
        self._roles.update({plain(label): value for value, label in role._description_selection(env)})
        self._langs = {}
        for code, name in env["res.lang"].get_installed():
            for text in (code, code[:2], *name.replace("/", " ").split(), *LANGUAGES.get(code[:2], "").split()):
                self._langs.setdefault(plain(text), code)
        self._products = self._read_products(env, rows, show)

    def _read_products(self, env, rows, show):
        texts = {part for row in rows for part in _parts(row.get("products") or "")}
        if not texts:
            return {}
        products = env["product.product"].with_company(show.company_id)
        names = list(texts)
        found = products.search_fetch(
            ["|", ("default_code", "in", names), ("name", "in", names)], ["default_code", "name"]
        )
        return {plain(text): product.id for product in found for text in (product.default_code, product.name) if text}

    def country(self, text):
        """Return the code of a country by its name in this database, else as people write it."""
        return self._country_names.get(plain(text)) or country_code(text)

    def tier(self, text):
        """Return the tier named, and the text when there is none."""
        found = self._tiers.get(plain(text))
        return ({"tier_id": found}, "") if found else ({}, text)

    def role(self, text):
        """As `tier`, for the role."""
        found = self._roles.get(plain(text))
        return ({"role": found}, "") if found else ({}, text)

    def lang(self, text):
        """As `tier`, for the language to write in."""
        found = self._langs.get(plain(text))
        return ({"lang": found}, "") if found else ({}, text)

    def products(self, text):
        """As `tier`, for the products of interest, by name or reference."""
        found = {part: self._products.get(plain(part)) for part in _parts(text)}
        ids = sorted(filter(None, set(found.values())))
        return {"product_ids": ids} if ids else {}, ", ".join(part for part, known in found.items() if not known)


def _parts(text):
    return [
        part.strip() for part in text.replace("，", ",").replace("、", ",").replace(";", ",").split(",") if part.strip()
    ]


def _names(record):
    """The names of a record in every installed language."""
    return [record.with_context(lang=code).name for code, _name in record.env["res.lang"].get_installed()]


def _read_countries(env):
    """Return the ids of countries by code, and codes by name in every installed language."""
    countries = env["res.country"].search([])
    names = {}
    for code, _name in env["res.lang"].get_installed():
        names.update((plain(country.name), country.code) for country in countries.with_context(lang=code))
    return {country.code: country.id for country in countries}, names
