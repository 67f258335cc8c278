import hashlib
import json

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ...tools.cards import parse_cards
from ...tools.countries import country_code, plain
from ...tools.headings import WHO, read_layout
from ...tools.rows import clean_row, is_total_row, row_key
from ...tools.tables import MAX_ROWS, TableError, file_kind, read_heads, read_table
from ..privacy.person_rows import BETWEEN_CELLS

BATCH_SIZE = 1000
LINE_FIELDS = ("name", "company_name", "email", "phone", "country_id")
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
# The fields of a captured contact for what a list names in words.
NAMED_FIELDS = {"tier": "tier_id", "role": "role", "lang": "lang", "products": "product_ids"}
LANGUAGES = {
    "en": "英语 英文 english",
    "zh": "中文 汉语 chinese 普通话",
    "de": "deutsch german 德语",
    "fr": "french 法语",
}


class _Finder:
    """Finds records by the words of a list; everything is read once."""

    def __init__(self, env, rows, show):
        self.countries, self._country_names = _read_countries(env)
        tiers, langs = {}, {}
        for tier in env["expo.tier"].search([]) if any(row.get("tier") for row in rows) else ():
            for text in (tier.code, *_names(tier)):
                tiers.setdefault(plain(text), tier.id)
        role = env["expo.import"]._fields["role"]
        words = {"visitor": "visitor 参观商 观众 采购商 买家 buyer 參觀商", "exhibitor": "exhibitor 参展商 展商 參展商"}
        roles = {word: value for value, texts in words.items() for word in texts.split()}
        roles.update({plain(label): value for value, label in role._description_selection(env)})
        for code, name in env["res.lang"].get_installed():
            for text in (code, code[:2], *name.replace("/", " ").split(), *LANGUAGES.get(code[:2], "").split()):
                langs.setdefault(plain(text), code)
        self._known = {"tier": tiers, "role": roles, "lang": langs}
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

    def find(self, name, text):
        """Return what a text names as values of a captured contact, and what of the text names nothing.

        :param name: a key of :data:`NAMED_FIELDS`
        """
        if name == "products":
            named = {part: self._products.get(plain(part)) for part in _parts(text)}
            found, unknown = sorted(filter(None, set(named.values()))), [part for part in named if not named[part]]
            return {"product_ids": found} if found else {}, ", ".join(unknown)
        found = self._known[name].get(plain(text))
        return ({NAMED_FIELDS[name]: found}, "") if found else ({}, text)


class Importer:
    """Reads one list, says what importing its rows would do without writing a customer, and enters each row once."""

    def __init__(self, contact_import):
        self.env = contact_import.env
        self.contact_import = contact_import
        # What the file says is kept by the system; the right to write the import is checked by its buttons.
        self.kept = contact_import.sudo()

    # -- reading -----------------------------------------------------------------------------------------

    def read_columns(self):
        """Tell what kind of file it is, and what its columns hold; cards have none.

        A sheet, an encoding and a row of headings that the user has chosen count; else they are found out.

        :raises UserError: when the file is no list, saying why
        """
        data, one = self.contact_import._get_data(), self.contact_import
        chosen = one._get_reading() if one.read_as else ""
        try:
            kind = file_kind(data)
            heads = read_heads(data, HEAD, one.encoding if chosen and one.encoding else "") if kind != "vcf" else []
        except TableError as error:
            raise UserError(one._get_table_problem(error.code)) from error
        if chosen and kind == one.kind:
            self.kept.line_ids.unlink()
            self.kept.column_ids.unlink()
        else:
            self.kept._reset_reading()
        self.kept.write({"kind": kind, "state": "mapping"})
        if kind != "vcf":
            self._make_columns(*self._choose_sheet(heads))

    def _choose_sheet(self, heads):
        """Return the table to import and its layout: of the chosen sheet, else of the first that is a list.

        A cover sheet names no fields, and a table of figures no people.
        """
        one = self.contact_import
        own = one.env["expo.import.heading"]._get_fields(one.company_id)
        row = None
        if one.read_as:
            before, _encoding, row_before = json.loads(one.read_as)
            # The row of the headings is that of the sheet it was given for.
            is_same = before == one.sheet_id.sequence
            row = one.heading_row if is_same and row_before != one.heading_row else None
        if len(heads) > 1 and not one.sheet_ids:
            self.kept.env["expo.import.sheet"].create(
                [
                    {"import_id": one.id, "sequence": number, "name": table.name, "row_count": table.count}
                    for number, table in enumerate(heads, 1)
                ]
            )
        layouts = [read_layout(table.rows, own) for table in heads]
        ranked = sorted(zip(heads, layouts, strict=True), key=_rank_sheet, reverse=True)
        table, layout = ranked[0]
        if one.sheet_id:
            table, layout = heads[one.sheet_id.sequence - 1], layouts[one.sheet_id.sequence - 1]
        elif one.sheet_ids:
            self.kept.sheet_id = one.sheet_ids[heads.index(table)]
        if row is not None:
            index = table.numbers.index(row) if row in table.numbers else -1
            layout = read_layout(table.rows, own, row=index)
        return table, layout

    def _make_columns(self, table, layout):
        """Create the columns with what they hold: as remembered for these headings, else as they look."""
        named = sorted(filter(None, map(plain, layout.headings)))
        above = zip(table.numbers[: max(layout.row, 0)], table.rows, strict=False)
        skipped = "\n".join(f"{number}: {' · '.join(filter(None, cells))[:120]}" for number, cells in above)
        encodings = dict(self.kept._fields["encoding"].selection)
        self.kept.write(
            {
                "headings_key": hashlib.sha256("\n".join(named).encode()).hexdigest() if named else False,
                "heading_row": table.numbers[layout.row] if layout.row >= 0 else 0,
                "encoding": table.encoding if table.encoding in encodings else False,
                "is_doubtful": table.is_doubtful,
                "skipped_text": skipped or False,
            }
        )
        self.kept.read_as = self.kept._get_reading()
        remembered = self._get_remembered()
        body = table.rows[layout.row + 1 :]
        values = []
        for index, (heading, guess) in enumerate(zip(layout.headings, layout.fields, strict=True)):
            cells = [" ".join(row[index].split()) for row in body if index < len(row) and row[index]]
            known = remembered.get((heading, layout.headings[:index].count(heading)))
            values.append(
                {
                    "import_id": self.kept.id,
                    "sequence": index,
                    "heading": heading,
                    "sample": BETWEEN_CELLS.join(dict.fromkeys(cells[:3]))[:120],
                    # Below the rows that were looked at there may be cells.
                    "field_name": known or guess or ("extra" if cells or table.count > len(table.rows) else "skip"),
                    "is_remembered": bool(known),
                }
            )
        self.kept.env["expo.import.column"].create(values)

    def _get_remembered(self):
        """What the columns of the company's last list with these headings held, by heading and its occurrence."""
        if not self.kept.headings_key:
            return {}
        # A colleague's list serves as well: only the meaning of its columns is taken from it.
        alike = Domain("company_id", "=", self.kept.company_id.id) & Domain("headings_key", "=", self.kept.headings_key)
        others = Domain("state", "in", ("checked", "importing", "done")) & Domain("id", "!=", self.kept.id)
        last = self.kept.search(alike & others, order="write_date desc, id desc", limit=1)
        headings = [column.heading for column in last.column_ids]
        return {
            (column.heading, headings[:index].count(column.heading)): column.field_name
            for index, column in enumerate(last.column_ids)
        }

    def read_rows(self):
        """Return (row number, row by field, as it came, problem) for each row of the file.

        :raises UserError: when the file cannot be read
        """
        data = self.contact_import._get_data()
        try:
            if self.contact_import.kind == "vcf":
                cards = parse_cards(data)
                if len(cards) > MAX_ROWS:
                    raise TableError("too_many_rows")
                return [self._read_card(number, card) for number, card in enumerate(cards, 1)]
            one = self.contact_import
            table = read_table(data, max(one.sheet_id.sequence - 1, 0), one.encoding or "")
        except TableError as error:
            raise UserError(self.contact_import._get_table_problem(error.code)) from error
        columns = self.contact_import.column_ids.mapped(lambda one: (one.sequence, one.heading or "", one.field_name))
        headings = [heading for _index, heading, _field in columns]
        return [
            self._read_row(number, row, columns, headings)
            for number, row in zip(table.numbers, table.rows, strict=True)
            if number > self.contact_import.heading_row
        ]

    def _read_row(self, number, cells, columns, headings):
        """One row of a table, its cells by field; two columns of one field are joined or kept as a note."""
        row, came, problem = {"extra": []}, [], ""
        if any(headings) and [*cells, *[""] * (len(headings) - len(cells))] == headings:
            problem = "heading_row"
        elif is_total_row(cells, [field for _index, _heading, field in columns]):
            problem = "total_row"
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
        beyond = [cell for cell in cells[len(columns) :] if cell]  # wider than the rows that were looked at
        row["extra"] += beyond
        return number, row, "\n".join([*came, *beyond]), problem

    def _read_card(self, number, card):
        """One business card as a row."""
        row = {name: card.values.get(name, "") for name in CARD_FIELDS}
        row["country"] = card.values.get("country_text", "")
        row["extra"] = card.values.get("extra", "").split("\n")
        return number, row, card.raw, card.problem

    def clean_rows(self, rows):
        """Put rows right and find the records they name; constant queries whatever their number.

        :return: for each row the values of a captured contact, and remarks as text
        """
        finder = _Finder(self.env, rows, self.contact_import.exhibition_id)
        cleaned = []
        for row in rows:
            values, remarks = clean_row(row, finder.country)
            facts = {name: text for name, text in values.items() if name not in NAMED_FIELDS}
            facts["country_id"] = finder.countries.get(facts.pop("country_code", ""), 0)
            extra = [facts.get("extra", "")]
            for name in NAMED_FIELDS:
                if text := values.get(name):
                    found, unknown = finder.find(name, text)
                    facts.update(found)
                    extra += [unknown]
                    remarks += [(f"{name}_unknown", unknown)] if unknown and name != "lang" else []
            facts["extra"] = "\n".join(filter(None, extra))
            cleaned.append(
                ({name: value for name, value in facts.items() if value}, [self._get_remark(*one) for one in remarks])
            )
        return cleaned

    # -- planning ----------------------------------------------------------------------------------------

    def plan(self):
        """Make a line of each row, with what importing it would do.

        :raises UserError: when the file cannot be read or holds no row
        """
        rows = self.read_rows()
        if not rows:
            raise UserError(self.contact_import._get_table_problem("empty"))
        values = self._plan_lines(rows)
        self.kept.line_ids.unlink()
        for batch in split_every(BATCH_SIZE, values):
            self.kept.env["expo.import.line"].create(batch)
        self.kept.state = "checked"

    def _plan_lines(self, rows):
        """Return the values of a line for each row, with what importing it would do."""
        cleaned = self.clean_rows([row for _number, row, _came, _problem in rows])
        keys = [row_key(self.contact_import.exhibition_id.id, facts) for facts, _remarks in cleaned]
        known = self._get_known_keys(keys)
        lines, todo, first = [], [], {}
        for (number, _row, came, problem), (facts, remarks), key in zip(rows, cleaned, keys, strict=True):
            line = {
                "import_id": self.contact_import.id,
                "sequence": number,
                **{name: facts[name] for name in LINE_FIELDS if name in facts},
                "facts": facts,
                "raw_text": came,
                "client_key": key,
                "is_todo": False,
            }
            if problem:
                line.update(result="rejected", reason=self.contact_import._get_table_problem(problem))
            elif key in known:
                line.update(result="duplicate", reason=self.env._("Already imported with identical content."))
            elif key in first:
                line.update(result="duplicate", reason=self.env._("Same as row %s.", first[key]))
            else:
                first[key] = number
                line["reason"] = "\n".join(remarks)
                todo.append(line)
            lines.append(line)
        self._plan_todo(todo)
        return lines

    def _plan_todo(self, lines):
        rows = [{**line["facts"], "contact_consent": self.contact_import.contact_consent} for line in lines]
        plans = self.env["expo.capture"]._plan_rows(self.contact_import.exhibition_id, rows)
        alike = self.env["res.partner"].browse({id_ for plan in plans for id_ in plan.near_ids})
        names = {partner.id: partner.display_name for partner in alike}
        rows = _get_rows_of_new(lines, plans)
        for line, plan in zip(lines, plans, strict=True):
            alike_rows = (rows[id_] for id_ in plan.new_ids if id_ in rows)
            looks = [names[id_] for id_ in plan.near_ids]
            looks += [self.env._("%(name)s (row %(row)s)", name=name, row=row) for row, name in alike_rows]
            texts = [
                plan.problem,
                self._get_match_text(plan, rows),
                self.env._("Possible duplicate: %s", ", ".join(looks)) if looks else "",
                line["reason"],
            ]
            line.update(
                result=plan.action, is_todo=plan.action != "rejected", reason="\n".join(filter(None, texts)) or False
            )

    def _get_known_keys(self, keys):
        """Which of these rows have been imported for this show, by any person: each is imported once."""
        # Whether a colleague imported the row already does not depend on who asks.
        captures = self.env["expo.capture"].sudo()
        found = captures.search_fetch([("client_key", "in", list(set(keys)))], ["client_key"])
        return set(found.mapped("client_key"))

    def _get_remark(self, code, what):
        """Say in the user's language what was put right in a row; see :func:`..tools.rows.clean_row`."""
        return {
            "unreadable": self.env._("Contains characters that cannot be read: %s", what),
            "name_moved": self.env._("Not a name, moved to its own field: %s", what),
            "email_placeholder": self.env._("Not a real e-mail address, ignored: %s", what),
            "email_picture": self.env._("Image file name in the e-mail column, ignored: %s", what),
            "email_phone": self.env._("Phone number in the e-mail column: %s", what),
            "email_bad": self.env._("Not an e-mail address, kept as a note: %s", what),
            "email_several": self.env._("Several e-mail addresses; the first one is used: %s", what),
            "phone_rounded": self.env._(
                "Phone number rounded by a spreadsheet; ask the contact for it again: %s", what
            ),
            "phone_email": self.env._("E-mail address in the phone column: %s", what),
            "website_several": self.env._("Several websites; the first one is used: %s", what),
            "website_bad": self.env._("Not a website, kept as a note: %s", what),
            "country_moved": self.env._("The country column contains other text: %s", what),
            "too_long": self.env._("Too long, kept in full as a note: %s", what),
            "tier_unknown": self.env._("Unknown intent tier, kept as a note: %s", what),
            "role_unknown": self.env._("Neither exhibitor nor visitor, kept as a note: %s", what),
            "products_unknown": self.env._("Not among our products, kept as a note: %s", what),
        }[code]

    def _get_match_text(self, plan, rows):
        """Say how a known customer was recognised: one of ours, or of an earlier row; see :func:`_get_rows_of_new`."""
        texts = {
            "email": self.env._("Known customer (matched by e-mail)"),
            "phone": self.env._("Known customer (matched by phone)"),
            "company": self.env._("Known company"),
        }
        if plan.partner_id in rows and plan.action != "created":
            texts = {
                "email": self.env._("Same customer as row %s (matched by e-mail)", rows[plan.partner_id][0]),
                "phone": self.env._("Same customer as row %s (matched by phone)", rows[plan.partner_id][0]),
                "company": self.env._("Same customer as row %s", rows[plan.partner_id][0]),
            }
        text = texts.get(plan.reason, "") if plan.action != "created" or plan.company_id > 0 else ""
        if plan.action == "updated" and plan.fills:
            labels = self.env["res.partner"]._fields
            names = ", ".join(sorted(labels[name]._description_string(self.env) for name in plan.fills))
            return self.env._("%(how)s; adds: %(what)s", how=text, what=names)
        return text

    # -- entering ----------------------------------------------------------------------------------------

    def enter(self, lines):
        """Enter rows of the list, each once; constant queries per thousand."""
        self._take_turns()
        known = self._get_known_keys(lines.mapped("client_key"))
        repeated = lines.filtered(lambda line: line.client_key in known)
        repeated.write(
            {"result": "duplicate", "is_todo": False, "reason": self.env._("Already imported with identical content.")}
        )
        fresh = lines - repeated
        captures = self.env["expo.capture"].create([self._get_capture_values(line) for line in fresh])
        captures._enter_customers()
        fresh.is_todo = False
        for line, capture in zip(fresh, captures, strict=True):
            line.write(self._get_entered_values(line, capture))

    def _take_turns(self):
        """Make a concurrent qualification for the show start over on the new state: no row is imported twice."""
        show = self.contact_import.exhibition_id.id
        turn = SQL("UPDATE expo_exhibition SET state = state WHERE id = %s", show)
        # Waiting in vain is no error: the request or the scheduled action starts over.
        self.env.cr.execute(turn, log_exceptions=False)

    def _get_capture_values(self, line):
        one, facts = self.contact_import, dict(line.facts or {})
        products = facts.pop("product_ids", [])
        return {
            "role": one.role,
            "tier_id": one.tier_id.id,
            **facts,
            "product_ids": [fields.Command.set(products)],
            "exhibition_id": one.exhibition_id.id,
            "channel": "import",
            "client_key": line.client_key,
            "raw_text": line.raw_text,
            "contact_consent": one.contact_consent,
            "consent_wording": one.consent_wording,
            "captured_by_id": one.user_id.id,
            "user_id": one.user_id.id if one.owner == "me" else False,
        }

    def _get_entered_values(self, line, capture):
        values = {"capture_id": capture.id}
        if capture.state == "new":
            if capture.needs_review:
                return {**values, "reason": self.env._("A sales manager reviews this contact before it is qualified.")}
            return {**values, "result": "rejected", "reason": capture.problem}
        return {**values, "result": capture.result} if capture.result != line.result else values


def _rank_sheet(sheet):
    """Return what makes a sheet the one with the contacts; of equal ones the first is taken."""
    table, layout = sheet
    told = set(layout.fields) - {"", "skip"}
    is_list = len(told) > 1 and bool(told & {*WHO, "email", "phone"})
    return bool(table.rows), not table.is_hidden, is_list, 0 if is_list else table.count


def _get_rows_of_new(lines, plans):
    """Return number and name of the row that each new customer of a list comes from first, by the id in the plan."""
    rows = {}
    for line, plan in zip(lines, plans, strict=True):
        if plan.action == "created":
            name = line.get("name") or line.get("company_name")
            rows.setdefault(plan.partner_id, (line["sequence"], name))
            rows.setdefault(plan.company_id, (line["sequence"], line.get("company_name") or name))
    return {id_: told for id_, told in rows.items() if id_ < 0}


def _parts(text):
    return [
        part.strip() for part in text.replace("，", ",").replace("、", ",").replace(";", ",").split(",") if part.strip()
    ]


def _names(record):
    """The names of a record in every installed language."""
    return [record.with_context(lang=code).name for code, _name in record.env["res.lang"].get_installed()]


def _read_countries(env):
    """Return the ids of countries by code, and codes by name as this database has it in the language of the user."""
    countries = env["res.country"].search_fetch([], ["code", "name"])
    return {country.code: country.id for country in countries}, {plain(one.name): one.code for one in countries}
