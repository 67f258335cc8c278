"""Where a person stands anywhere in the database, found by walking the registry: links, pairs of model and record, and
texts of others that hold the address, the number or the name.
"""

import json
import re

from odoo.addons.phone_validation.tools import phone_validation
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, LazyTranslate, escape_psql, sql

from ...tools.person_names import names as is_named
from ...tools.person_signs import MIN_CODE, MIN_DIGITS, PersonSigns, is_distinctive, number_pattern, turn_name
from ..mixins.record_keeping import get_declarations
from .person_rows import get_addresses, get_former

_lt = LazyTranslate(__name__)

_BOOKS = _lt("Commercial and tax law: documents of the books stay as they were issued, with their files.")
_REFUSED = _lt("Needed so that no mailing reaches the person again.")
#: What stays by law, and why: shown before a person is erased. Files that hang on these stay as well.
KEPT_BY_LAW = {
    "account.move": _BOOKS,
    "account.move.line": _BOOKS,
    "account.payment": _BOOKS,
    "account.bank.statement.line": _BOOKS,
    "account.analytic.line": _BOOKS,
    "payment.transaction": _BOOKS,
    "sale.order": _BOOKS,
    "sale.order.line": _BOOKS,
    "mail.blacklist": _REFUSED,
    "phone.blacklist": _REFUSED,
}
#: Where the two of them stand that hold no link.
_REFUSED_FIELDS = {"mail.blacklist": "email", "phone.blacklist": "number"}
#: Rows that are the contact's alone, though the database would rather keep the contact than delete them.
OWN_ROWS = ("calendar.filters", "mail.push.device", "payment.token")
#: What core or an app is made of, not what was said: no person stands there. Of Odoo's own technical models these do.
_TECHNICAL = (
    "ir.", "res.users", "res.company", "res.groups", "res.lang", "res.country", "res.currency", "res.device", "base.",
    "base_", "report.", "web_tour.", "html_editor.", "decimal.", "auth.", "iap.",
)  # fmt: skip
_SPOKEN = ("ir.attachment", "ir.filters", "ir.logging", "base_import.import", "base.partner.merge.line")
#: Settings: a word in them that is a name, too, is no person. Addresses and numbers are.
SETTINGS = (
    "product.", "uom.", "utm.", "account.", "resource.", "spreadsheet.", "gamification.", "onboarding.", "digest.",
    "survey.survey", "survey.question", "mail.template", "mail.alias", "mail.activity.type", "mail.activity.plan",
    "mail.message.subtype", "crm.stage", "crm.tag", "crm.team", "crm.lost", "crm.recurring", "crm.iap",
    "calendar.alarm", "payment.provider", "payment.method", "res.bank", "res.partner.industry", "res.partner.category",
    "sms.template",
    "expo.question", "expo.festival", "expo.tier", "expo.complaint.stage", "expo.complaint.team", "expo.etiquette",
    "expo.complaint.cause", "expo.complaint.department",
)  # fmt: skip
_NO_SETTINGS = ("expo.tier.change", "product.supplierinfo")
_TEXTS = ("char", "text", "html", "json", "properties")
#: Of a contact that stays nameless these rows stay as well: they are of our goods and books.
_BUSINESS = ("product.", "account.", "sale.", "payment.")


def _get_national_digits(phone, country):
    """Return the digits of a phone number without the code of its country."""
    try:
        return str(phone_validation.phone_parse(phone, country.code).national_number)
    except (UserError, AttributeError):
        # No valid number, or the library is missing.
        digits = re.sub(r"\D", "", phone).lstrip("0")
        is_international = phone.strip().startswith(("+", "00")) and country.phone_code
        return digits.removeprefix(str(country.phone_code)).lstrip("0") if is_international else digits


class PersonTraces:
    """Finds what tells a person outside the rows that are erased, and takes it out. In sudo: what there is.

    A text of others loses the address, the number and the full name, and keeps the rest. A sign that another contact
    has as well is theirs, and stays: the mailbox or the switchboard of a company, or a name that two people have.
    """

    def __init__(self, partner):
        self.env = partner.sudo().with_context(active_test=False).env
        self.partner = partner.with_env(self.env)
        self._texts = None
        self.is_own = partner.is_company or not partner.parent_id
        self.signs = PersonSigns(
            tuple(self._get_addresses()), tuple(self._get_numbers()), tuple(self._get_names()), tuple(self._get_codes())
        )

    # -- signs -------------------------------------------------------------------------------------------

    def _get_others(self, domain):
        return self.env["res.partner"].search(Domain("id", "!=", self.partner.id) & Domain(domain))

    def _get_addresses(self):
        addresses = get_addresses(self.partner)
        taken = set(self._get_others([("email_normalized", "in", addresses)]).mapped("email_normalized"))
        return [address for address in addresses if address not in taken]

    def _get_numbers(self):
        """Return the digits of the phone numbers without the code of the country."""
        partner, people = self.partner, self.env["expo.customer.person"].search([("partner_id", "=", self.partner.id)])
        country = partner.country_id or self.env.company.country_id
        numbers = {}
        for phone in {partner.phone, *people.mapped("phone"), *get_former(partner, "phone")} - {False, None, ""}:
            numbers[_get_national_digits(phone, country)] = phone
        return [digits for digits in numbers if len(digits) >= MIN_DIGITS and not self._is_taken(digits)]

    def _is_taken(self, digits):
        """Tell whether another contact has a phone number, such as the switchboard of a company."""
        others = self._get_others([("phone", "=ilike", f"%{'%'.join(digits)}%")])
        return any(number_pattern(digits).search(phone) for phone in others.mapped("phone"))

    def _get_names(self):
        """Return the full names that no other contact has, nor has as a part of its own."""
        found = {self.partner.name, *get_former(self.partner, "name")}
        names = [name.strip() for name in found if is_distinctive(name)]
        names = [name for name in names if not self._is_shared(name)]
        turned = [other for name in names for other in turn_name(name) if not self._is_shared(other)]
        return list(dict.fromkeys(names + turned))

    def _is_shared(self, name):
        """Tell whether another contact has a name, or has it as a part of its own."""
        return any(is_named(other, name) for other in self._get_namesakes(name))

    def _get_namesakes(self, name):
        return self._get_others([("name", "ilike", escape_psql(name))]).mapped("name")

    def _get_codes(self):
        """Return the numbers of registers and banks that are of the contact, not of its company."""
        found = self.partner.bank_ids.mapped("acc_number") + self.partner.bank_ids.mapped("sanitized_acc_number")
        for name in ("vat", "company_registry") if self.is_own else ():
            value = self.partner[name]
            if value and not self._get_others([(name, "=", value)]):
                found.append(value)
        return [code for code in dict.fromkeys(filter(None, found)) if len(code) >= MIN_CODE]

    # -- texts of others ---------------------------------------------------------------------------------

    def find_texts(self):
        """Return the records in whose texts a sign stands, by model, but for what stays by law."""
        self.env.flush_all()
        if self._texts is None:
            self._texts = {
                model._name: model.browse(ids)
                for model, fields, signs in self._get_searched()
                if (ids := [record_id for record_id, _values in self._fetch_changed(model, fields, signs)])
            }
        return self._texts

    def find_files(self, found):
        """Return the files of others whose content holds a sign, as far as it is indexed: their content stays as it is.

        :param dict found: the rows that go, by model
        """
        files = self.find_texts().get("ir.attachment", self.env["ir.attachment"]) - found["ir.attachment"]
        return files.filtered(
            lambda file: (
                self.signs.are_in(file.index_content)
                and not (file.res_model in found and file.res_id in found[file.res_model]._ids)
            )
        )

    def clear_texts(self):
        """Take the signs out of all texts but those that stay by law.

        In SQL: below the guards of what was agreed or logged, and in rows that no user may change.
        """
        self.env.flush_all()
        for model, fields, signs in self._get_searched():
            for record_id, values in self._fetch_changed(model, fields, signs):
                assignments = [
                    SQL("%s = %s", SQL.identifier(name), json.dumps(value) if is_json and value is not None else value)
                    for name, (value, is_json) in values.items()
                ]
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s WHERE id = %s",
                        SQL.identifier(model._table),
                        SQL(", ").join(assignments),
                        record_id,
                    )
                )
        self.env.invalidate_all()

    def _get_searched(self):
        """Yield each model whose texts are searched, its fields, and the signs that are searched for."""
        seen = set()
        for name in sorted(self.env.registry):
            model = self.env[name]
            is_technical = name.startswith(_TECHNICAL) and name not in _SPOKEN
            if model._abstract or not model._auto or is_technical or name in KEPT_BY_LAW or model._table in seen:
                continue
            columns = sql.table_columns(self.env.cr, model._table)
            fields = [f for f in model._fields.values() if f.store and f.type in _TEXTS and f.name in columns]
            is_setting = name.startswith(SETTINGS) and name not in _NO_SETTINGS
            signs = self.signs._replace(names=(), codes=(), numbers=()) if is_setting else self.signs
            if fields and any(signs):
                seen.add(model._table)
                yield model, fields, signs

    def _fetch_changed(self, model, fields, signs):
        """Yield the id and the new values of each row that holds a sign; a value stands with whether it is JSON."""
        self.env.cr.execute(
            SQL(
                "SELECT id, %s FROM %s WHERE %s",
                SQL(", ").join(SQL("%s::text", SQL.identifier(field.name)) for field in fields),
                SQL.identifier(model._table),
                self._get_condition(model, fields, signs),
            )
        )
        word = self.env._("Erased contact")
        for record_id, *texts in self.env.cr.fetchall():
            values = {}
            for field, text in zip(fields, texts, strict=True):
                if not text:
                    continue
                is_json = field.column_type[0] in ("jsonb", "json")
                value = json.loads(text) if is_json else text
                cleared = signs.clear(field.name, value, word, field.required)
                if cleared != value:
                    values[field.name] = (cleared, is_json)
            if values:
                yield record_id, values

    def _get_condition(self, model, fields, signs):
        text = SQL("concat_ws(E'\\n', %s)", SQL(", ").join(SQL("%s::text", SQL.identifier(f.name)) for f in fields))
        # One expression: a pattern for each sign takes six times as long.
        condition = SQL("%s ~* %s", text, signs.get_expression())
        if model._name == "ir.attachment":
            # Files of what stays by law stay with it.
            condition = SQL("%s AND (res_model IS NULL OR res_model NOT IN %s)", condition, tuple(KEPT_BY_LAW))
        if model._name == "res.partner":
            condition = SQL("%s AND id != %s", condition, self.partner.id)
        return condition

    # -- links -------------------------------------------------------------------------------------------

    def get_links(self):
        """Return the stored links of all models to contacts, as fields."""
        return [
            field
            for name in sorted(self.env.registry)
            for field in self.env[name]._fields.values()
            if not self.env[name]._abstract
            and self.env[name]._auto
            and field.store
            and field.type in ("many2one", "many2many")
            and field.comodel_name == self.partner._name
            and not field.company_dependent
        ]

    def find_kept(self):
        """Return what stays by law, by model."""
        found = {}
        for field in self.get_links():
            if field.model_name in KEPT_BY_LAW:
                records = self.env[field.model_name]
                records = records.search([(field.name, "in" if field.type == "many2many" else "=", self.partner.ids)])
                found[field.model_name] = found.get(field.model_name, records.browse()) | records
        for model, name in _REFUSED_FIELDS.items():
            values = get_addresses(self.partner) if name == "email" else [self.partner.phone_sanitized]
            found[model] = self.env[model].search([(name, "in", [value for value in values if value])])
        return {model: records for model, records in found.items() if records}

    def find_referring(self):
        """Return the models with rows that the database would not let go of the contact, but for the person's own."""
        personal = get_declarations(self.env, "personal").keys()
        return [
            field.model_name
            for field in self.get_links()
            if field.type == "many2one"
            and not field.related
            and not self.env[field.model_name]._transient
            and (field.ondelete == "restrict" or field.model_name in KEPT_BY_LAW)
            and field.model_name not in (*OWN_ROWS, *personal, "mail.scheduled.message", "snailmail.letter")
            and self.env[field.model_name].search_count([(field.name, "=", self.partner.id)], limit=1)
        ]

    def delete_own_rows(self):
        """Delete what is the contact's alone, such as a stored payment method, and what names it as its record."""
        for name in OWN_ROWS:
            if name in self.env:
                self.env[name].search([("partner_id", "=", self.partner.id)]).unlink()
        for model, name in self._get_pairs():
            model.search([(name, "=", self.partner._name), ("res_id", "=", self.partner.id)]).unlink()

    def _get_pairs(self):
        """Yield each model whose rows name a record by model and id, and the field of the model."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract or not model._auto or name.startswith("ir."):
                continue
            for field in ("res_model", "model"):
                if all(one in model._fields and model._fields[one].store for one in (field, "res_id")):
                    yield model, field
                    break

    def release_links(self):
        """Let go of a contact that stays nameless as the database does of one that is deleted.

        In SQL, as the database: neither guards nor what is computed see it.
        """
        self.env.flush_all()
        for field in self.get_links():
            name = field.model_name
            if name in KEPT_BY_LAW or field.related or name in ("res.partner", "res.partner.bank"):
                continue
            model = self.env[name]
            if field.type == "many2many":
                self._run("DELETE FROM %s WHERE %s = %s", field.relation, field.column2)
            elif field.ondelete == "cascade" and not name.startswith(_BUSINESS):
                self._run("DELETE FROM %s WHERE %s = %s", model._table, field.name)
            elif field.ondelete == "set null" and not field.required:
                self._run("UPDATE %s SET %s = NULL WHERE %s = %s", model._table, field.name, field.name)
        # Payments may refer to bank accounts, and all that was ever written to an archived user.
        self._run(
            """UPDATE %s
                  SET acc_number = 'erased-' || id, sanitized_acc_number = 'ERASED' || id, acc_holder_name = NULL,
                      clearing_number = NULL, note = NULL, active = FALSE
                WHERE %s = %s""",
            "res_partner_bank",
            "partner_id",
        )
        self._run(
            "UPDATE %s SET login = 'erased-' || id, signature = NULL WHERE active IS NOT TRUE AND %s = %s",
            "res_users",
            "partner_id",
        )
        self.env.invalidate_all()

    def _run(self, statement, *names):
        """Execute a statement with the names of a table and columns, and the contact's id at the end."""
        self.env.cr.execute(SQL(statement, *map(SQL.identifier, names), self.partner.id))
