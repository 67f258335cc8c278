"""Where a person stands in lists and captured contacts that no link ties to the contact."""

import re

from odoo.fields import Domain
from odoo.tools import email_normalize_all, escape_psql

from ...tools.addresses import has_address, replace_addresses
from ...tools.matching import person_key
from ...tools.person_names import name_pattern, names

#: Where rows of lists and captured contacts hold what was said of several people.
TEXTS = {
    "expo.import.line": ("name", "company_name", "raw_text", "reason"),
    "expo.capture": ("raw_text", "note", "extra", "problem"),
}
#: So many last digits of a phone number are asked for, however it is written.
LAST_DIGITS = 7
#: What the columns of a list show of their cells is joined by this.
BETWEEN_CELLS = "; "


def get_former(partner, name):
    """Return what a field of a contact was before, as its history tells."""
    # In sudo: what there is.
    history = partner.env["mail.tracking.value"].sudo()
    of_contact = Domain("mail_message_id.model", "=", partner._name) & Domain("mail_message_id.res_id", "=", partner.id)
    values = history.search(
        of_contact & Domain("field_id.model", "=", partner._name) & Domain("field_id.name", "=", name)
    )
    return list(dict.fromkeys(filter(None, values.mapped("old_value_char") + values.mapped("new_value_char"))))


def get_addresses(partner):
    """Return the addresses of a contact: its own, and former and captured ones that no other contact has now."""
    # As above.
    env = partner.sudo().with_context(active_test=False).env
    linked = Domain("partner_id", "=", partner.id)
    texts = [env[model].search(linked).mapped("email") for model in ("expo.capture", "expo.customer.person")]
    own = email_normalize_all(partner.email)
    others = {
        address
        for text in filter(None, [*get_former(partner, "email"), *(text for found in texts for text in found)])
        for address in email_normalize_all(text)
    } - set(own)
    theirs = Domain("id", "!=", partner.id) & Domain("email_normalized", "in", list(others))
    taken = set(env["res.partner"].search(theirs).mapped("email_normalized")) if others else set()
    return own + sorted(others - taken)


def address_domain(name, partner, operator="=ilike"):
    """Return the domain of the records whose field ``name`` is, or by *ilike* holds, an address of the contact."""
    return Domain.OR(Domain(name, operator, escape_psql(address)) for address in get_addresses(partner))


class PersonRows:
    """Finds a contact in rows without a link, and takes it out of the rows of others. In sudo: what there is.

    The address tells whose a row is, unless the row has the name of another contact with that address. So does the
    name together with the phone or the company, or alone where the row says nothing else; and the phone alone where
    the row has nothing but it.
    """

    def __init__(self, partner):
        self.env = partner.sudo().with_context(active_test=False).env
        self.partner = partner.with_env(self.env)
        self.addresses = get_addresses(partner)
        digits = re.sub(r"\D", "", partner.phone or "")[-LAST_DIGITS:]
        self.digits = digits if len(digits) == LAST_DIGITS else ""

    def find_sharers(self):
        """Return the other contacts with an address of this one."""
        other = Domain("id", "!=", self.partner.id)
        return self.env["res.partner"].search(address_domain("email_normalized", self.partner, "=") & other)

    def find_captures(self, entries):
        """Return the captured contacts that are of the person.

        :param entries: the person's participations
        """
        unlinked = Domain("partner_id", "=", False)
        linked = Domain("partner_id", "=", self.partner.id) | Domain("participation_id", "in", entries.ids)
        linked |= address_domain("email", self.partner) & unlinked
        return self.env["expo.capture"].search(linked) | self._find_rows("expo.capture", unlinked)

    def find_lines(self, captures):
        """Return the rows of lists that are of the person: entered, rejected, repeated or never entered.

        :param captures: the person's captured contacts
        """
        lines = self.env["expo.import.line"]
        # A path does not find rows without a captured contact.
        unlinked = Domain("capture_id", "=", False) | Domain("capture_id.partner_id", "=", False)
        found = self._find_rows(lines._name, unlinked)
        # A row that was imported before is of the contact for whom it was entered then.
        keys = list(filter(None, found.mapped("client_key")))
        entered = self.env["expo.capture"].search([("client_key", "in", keys), ("partner_id", "!=", False)])
        others = set((entered - captures).mapped("client_key"))
        found = found.filtered(lambda line: line.client_key not in others)
        known = list(filter(None, captures.mapped("client_key")))
        repeated = Domain("capture_id", "=", False) & Domain("client_key", "in", known)
        return found | lines.search(Domain("capture_id", "in", captures.ids) | repeated)

    def _find_rows(self, model, unlinked):
        """Return the rows without a link that are of the person, as the class says.

        :param unlinked: domain of the rows of ``model`` that are not linked to a contact
        """
        partner = self.partner
        wanted = address_domain("email", partner)
        if self.digits:
            wanted |= Domain("phone", "=ilike", f"%{'%'.join(self.digits)}%")
        for name in ("company_name", "name") if partner.is_company else ("name",):
            if words := (partner.name or "").split():
                wanted |= Domain.AND(Domain(name, "ilike", escape_psql(word)) for word in words)
        rows = self.env[model].search(unlinked & wanted)
        facts = [
            {
                "name": not partner.is_company and partner.name,
                "company_name": partner.commercial_company_name,
                "phone": partner.phone,
                "country_id": partner.country_id.id,
            }
        ]
        for row in rows:
            values = {name: row[name] for name in ("name", "company_name", "email", "phone")}
            facts.append({**values, "country_id": row.country_id.id})
        person, *identities = self.env["res.partner"]._expo_identities(facts)
        sharers = set(map(person_key, self.find_sharers().mapped("name")))
        pairs = zip(rows, identities, strict=True)
        return rows.browse(row.id for row, identity in pairs if self._is_same(person, identity, sharers, row.phone))

    def _is_same(self, person, row, sharers, phone):
        """Tell whether a row is of the person; both are identities.

        :param sharers: the keys of the names of the other contacts with the address
        :param phone: the number as it is written in the row
        """
        if row.email and row.email in self.addresses:
            return row.person not in sharers or row.person == person.person
        same_phone = bool(row.phone) and row.phone == person.phone
        same_company = bool(row.company) and row.company == person.company
        if not person.person:
            return same_company and not row.person
        if not row.person:
            return same_phone and not (row.email or row.company)
        if row.person != person.person:
            return False
        # Beside the name it is enough how the number ends: its country is not always known.
        same_phone |= bool(self.digits) and re.sub(r"\D", "", phone or "").endswith(self.digits)
        return same_phone or same_company or not (row.email or row.phone or row.company)

    # -- rows of other people ----------------------------------------------------------------------------

    def find_shared(self, own):
        """Return the rows of others in whose words the person's address stands, or the name as a remark.

        :param own: the person's own rows of the model
        """
        fields = TEXTS[own._name]
        wanted = Domain.OR(address_domain(name, self.partner, "ilike") for name in fields)
        if self.partner.name and "reason" in fields:
            wanted |= Domain("reason", "ilike", escape_psql(self.partner.name))
        return (
            self.env[own._name]
            .search(wanted & Domain("id", "not in", own.ids))
            .filtered(lambda row: any(self._replace(name, row[name]) != row[name] for name in fields))
        )

    def split_shared(self, found):
        """Return those of the rows that were found which are of others, per model.

        :param dict found: as :meth:`expo.privacy._find_records` returns it
        """
        captures = self.find_captures(found["expo.participation"])
        return {own._name: found[own._name] - own for own in (captures, self.find_lines(captures))}

    def remove_from_shared(self, rows):
        """Take the person out of the rows of others."""
        for row in rows:
            values = {name: self._replace(name, row[name]) for name in TEXTS[row._name]}
            if "facts" in row._fields:
                values["facts"] = {name: self._replace(name, value) for name, value in (row.facts or {}).items()}
            row.write(values)

    def _replace(self, field, text):
        """Return a text of another person's row without the erased person: the address, and the name beside it."""
        if not text or not isinstance(text, str):
            return text
        name, erased = self.partner.name, self.env._("Erased contact")
        if has_address(text, self.addresses) or (field == "reason" and names(text, name)):
            text = replace_addresses(text, self.addresses, erased)
            text = name_pattern(name).sub(lambda _found: erased, text) if name else text
        return text

    # -- columns -----------------------------------------------------------------------------------------

    def find_columns(self):
        """Return the columns of lists among whose examples the person is."""
        wanted = address_domain("sample", self.partner, "ilike")
        if self.partner.name:
            wanted |= Domain("sample", "ilike", escape_psql(self.partner.name))
        if self.digits:
            wanted |= Domain("sample", "=ilike", f"%{'%'.join(self.digits)}%")
        return self.env["expo.import.column"].search(wanted).filtered(self.get_cells)

    def get_cells(self, column):
        """Return the examples of a column that name the person."""
        return [
            cell
            for cell in (column.sample or "").split(BETWEEN_CELLS)
            if has_address(cell, self.addresses)
            or names(cell, self.partner.name)
            or (self.digits and re.sub(r"\D", "", cell).endswith(self.digits))
        ]
