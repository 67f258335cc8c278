from odoo import api, models
from odoo.fields import Command

from .system_fields import get_own_default


class ExpoLinkedRecords(models.AbstractModel):
    """Users may read whatever they point our records at; every model of ours names this mixin last in its header.

    A model of core that has a link of ours names it as well; its own links are core's concern.

    What a record shows of another one is mostly worked out in sudo, and so are the names of records. So the check
    stands where the pointing happens: on saving, and on forms that are not saved.
    """

    _name = "expo.linked.records"
    _description = "Access Check of Linked Records"
    _inherit = ["expo.system.fields"]

    #: Relational fields whose constraints speak first: records that may not be read are refused in the same words.
    _expo_checked_later = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_system():
            defaults = self._expo_get_given_defaults()
            for vals in vals_list:
                self.browse()._expo_check_pointed({**defaults, **vals}, self._expo_checked_later)
        records = super().create(vals_list)
        for name in self._expo_checked_later:
            records[name].check_access("read")
        return records

    def write(self, vals):
        if not self._is_system():
            self._expo_check_pointed(vals, self._expo_checked_later)
        res = super().write(vals)
        for name in self._expo_checked_later & vals.keys():
            self[name].check_access("read")
        return res

    def onchange(self, values, field_names, fields_spec):
        if not self._is_system():
            check_form(self, self._expo_get_checked({**self._expo_get_given_defaults(), **values}))
        return super().onchange(values, field_names, fields_spec)

    def _expo_get_given_defaults(self):
        """Return the defaults of the context and those the user has stored: the caller's word as much as values are."""
        stored = self.env["ir.default"]._get_model_defaults(self._name)
        context = {
            name: self.env.context[f"default_{name}"] for name in self._fields if f"default_{name}" in self.env.context
        }
        return {**stored, **context}

    def _expo_check_pointed(self, values, skipped=()):
        """Refuse values that point at records which the user may not read: see :func:`check_pointed`."""
        check_pointed(self, self._expo_get_checked(values), skipped)

    def _expo_get_checked(self, values):
        """Return the values that are checked: all of a model of ours, those of our fields of a model of core."""
        if self._name.startswith("expo."):
            return values
        return {name: value for name, value in values.items() if name.startswith("expo_")}


def check_form(records, values):
    """Refuse values of a form that is not saved, and of its lines: these are checked for themselves on saving.

    :param records: the record of the form, of any model; empty for a new one
    """
    check_pointed(records, values)
    for name, value in values.items():
        field = records._fields.get(name)
        if not field or field.type != "one2many" or not isinstance(value, (list, tuple)):
            continue
        for command in value:
            if isinstance(command, (list, tuple)) and len(command) == 3 and isinstance(command[2], dict):
                lines = records.env[field.comodel_name]
                check_form(lines.browse(command[1] if command[0] == Command.UPDATE else ()), command[2])


def check_pointed(records, values, skipped=()):
    """Refuse values that point at records which the user may not read; what is saved already may stay.

    :param dict values: as for ``create``, ``write`` or ``onchange``
    :param skipped: names of fields that are not checked
    :raises AccessError: naming the model
    """
    for name, value in values.items():
        field = records._fields.get(name)
        if not value or not field or not field.relational or name in skipped:
            continue
        pointed = records.env[field.comodel_name].browse(_get_pointed_ids(records, field, value))
        unreadable = pointed - pointed._filtered_access("read")
        if unreadable and not records and field.default:
            # What the code proposes for a new record comes back from its form.
            unreadable -= unreadable.browse(_get_pointed_ids(records, field, get_own_default(records, name)))
        if unreadable:
            # In sudo: which records are saved there already, without telling.
            saved = [set(record[name].ids) for record in records.sudo().with_context(active_test=False)]
            if not saved or not set(unreadable.ids) <= set.intersection(*saved):
                unreadable.check_access("read")


def _get_pointed_ids(records, field, value):
    """Return the ids of saved records that the value of a relational field points at."""
    if isinstance(value, models.BaseModel):
        found = value.ids
    elif field.type == "many2one":
        found = [field.convert_to_cache(value, records, validate=False)]
    else:
        found = []
        for command in value if isinstance(value, (list, tuple)) else ():
            if not isinstance(command, (list, tuple)):
                found.append(command)
            elif command[0] == Command.SET:
                found += command[2]
            elif command[0] in (Command.UPDATE, Command.LINK):
                found.append(command[1])
    return [one for one in dict.fromkeys(found) if isinstance(one, int) and one]
