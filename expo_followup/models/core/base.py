from odoo import api, models
from odoo.fields import Command

# Ours, as all others' models have their own ways.
PREFIX = "expo."


class Base(models.AbstractModel):
    """Whatever users point our records at, they may read.

    What a record shows of another one is mostly worked out in sudo, and so are the names of records. So the check
    stands where the pointing happens: on saving, and on forms that are not saved.
    """

    _inherit = "base"

    #: Relational fields whose constraints speak first: records that may not be read are refused in the same words.
    _expo_checked_later = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        if self._name.startswith(PREFIX) and not self.env.su:
            defaults = self._expo_get_given_defaults()
            for vals in vals_list:
                self.browse()._expo_check_pointed({**defaults, **vals}, self._expo_checked_later)
        records = super().create(vals_list)
        for name in self._expo_checked_later:
            records[name].check_access("read")
        return records

    def write(self, vals):
        if self._name.startswith(PREFIX) and not self.env.su:
            self._expo_check_pointed(vals, self._expo_checked_later)
        res = super().write(vals)
        for name in self._expo_checked_later & vals.keys():
            self[name].check_access("read")
        return res

    def onchange(self, values, field_names, fields_spec):
        if self._name.startswith(PREFIX) and not self.env.su:
            self._expo_check_form({**self._expo_get_given_defaults(), **values})
        return super().onchange(values, field_names, fields_spec)

    def _expo_get_given_defaults(self):
        """Return the defaults of the context and those the user has stored: the caller's word as much as values are."""
        stored = self.env["ir.default"]._get_model_defaults(self._name)
        context = {
            name: self.env.context[f"default_{name}"] for name in self._fields if f"default_{name}" in self.env.context
        }
        return {**stored, **context}

    def _expo_check_form(self, values):
        """Refuse values of a form that is not saved, and of its lines: these are checked for themselves on saving."""
        self._expo_check_pointed(values)
        for name, value in values.items():
            field = self._fields.get(name)
            if not field or field.type != "one2many" or not isinstance(value, (list, tuple)):
                continue
            for command in value:
                if isinstance(command, (list, tuple)) and len(command) == 3 and isinstance(command[2], dict):
                    line = self.env[field.comodel_name].browse(command[1] if command[0] == Command.UPDATE else ())
                    line._expo_check_form(command[2])

    def _expo_check_pointed(self, values, skipped=()):
        """Refuse values that point at records which the user may not read; what is saved already may stay.

        :param dict values: as for ``create``, ``write`` or ``onchange``
        :param skipped: names of fields that are not checked
        :raises AccessError: naming the model
        """
        for name, value in values.items():
            field = self._fields.get(name)
            if not value or not field or not field.relational or name in skipped:
                continue
            pointed = self.env[field.comodel_name].browse(self._expo_get_pointed_ids(field, value))
            if unreadable := pointed - pointed._filtered_access("read"):
                # In sudo: which records are saved there already, without telling.
                saved = [set(record[name].ids) for record in self.sudo().with_context(active_test=False)]
                if not saved or not set(unreadable.ids) <= set.intersection(*saved):
                    unreadable.check_access("read")

    def _expo_get_pointed_ids(self, field, value):
        """Return the ids of saved records that the value of a relational field points at."""
        if isinstance(value, models.BaseModel):
            found = value.ids
        elif field.type == "many2one":
            found = [field.convert_to_cache(value, self, validate=False)]
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
