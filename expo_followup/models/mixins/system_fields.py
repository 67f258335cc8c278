from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import format_list

#: What of the context is no caller's word on a default: the languages and companies a user works in.
PLAIN_CONTEXT = frozenset({"lang", "tz", "allowed_company_ids"})


def get_own_default(records, name):
    """Return the default that the code gives a field, as for ``create``: neither stored by users nor in the context."""
    context = {key: value for key, value in records.env.context.items() if key in PLAIN_CONTEXT}
    field, plain = records._fields[name], records.with_env(records.env(context=context))
    value = field.convert_to_cache(field.default(plain), plain, validate=False)
    return field.convert_to_write(field.convert_to_record(value, plain), plain)


class ExpoSystemFields(models.AbstractModel):
    """Fields that code sets and users only read: declared once per model, guarded here.

    ``create`` and ``write`` of each model call these methods by name, so the order of its checks can be read there.
    Code that works for the system, as superuser, may set everything.
    """

    _name = "expo.system.fields"
    _description = "Fields Set by the System"

    #: Names of the fields that users only read.
    _system_fields = frozenset()
    #: Names of the fields that users may set, where these are the few; all others are system fields then.
    _user_fields = None

    @api.model
    def default_get(self, fields):
        """Take no default that users have stored for themselves for a system field: it is their word, too."""
        values = super().default_get(fields)
        if not self._is_system():
            for name in self._get_own_defaults() & values.keys():
                del values[name]
                if self._fields[name].default:
                    values[name] = get_own_default(self, name)
        return values

    @api.model
    def _get_own_defaults(self):
        """Return the names of system fields for which the user has stored a default."""
        stored = self.env["ir.default"]._get_model_defaults(self._name).keys() & self._get_system_fields()
        if not stored:
            return set()
        # In sudo: users may not read the list of fields; these are their own rows.
        of_fields = [("field_id.model", "=", self._name), ("field_id.name", "in", list(stored))]
        own = self.env["ir.default"].sudo().search([*of_fields, ("user_id", "=", self.env.uid)])
        return set(own.mapped("field_id.name"))

    @api.model
    def _is_system(self):
        """Tell whether code works for the system and not for a user: asked here only."""
        return self.env.su

    @api.model
    def _get_system_fields(self):
        """Return the names of the fields that users only read."""
        if self._user_fields is None:
            return self._system_fields
        return self._system_fields | (self._fields.keys() - self._user_fields)

    def _check_system_fields(self, *vals_list, also=()):
        """Refuse values of system fields; of a new record, those that it has by itself pass: forms send them along.

        :param dict vals_list: values as for ``create`` or ``write``
        :param also: names of more fields that users may not set here
        :raises AccessError: naming the labels of the fields, when a user sets them
        """
        if self._is_system():
            return
        guarded = self._get_system_fields().union(also)
        names = {
            name
            for vals in vals_list
            for name in guarded & vals.keys()
            if self or not self._is_own_default(name, vals[name])
        }
        if names:
            labels = sorted({self._fields[name]._description_string(self.env) for name in names})
            raise AccessError(
                self.env._(
                    "You cannot edit %(fields)s. They are set automatically.", fields=format_list(self.env, labels)
                )
            )

    def _is_own_default(self, name, value):
        """Tell whether a new record has this value by itself."""
        field = self._fields.get(name)
        return bool(field and field.default) and get_own_default(self, name) == value

    def _drop_system_defaults(self, also=()):
        """Return the records without the context's defaults of system fields: they are the caller's word, too.

        :param also: names of more fields that users may not set here
        """
        if self._is_system():
            return self
        dropped = {f"default_{name}" for name in self._get_system_fields().union(also)}
        return self.with_env(self.env(context={k: v for k, v in self.env.context.items() if k not in dropped}))

    def _drop_system_values(self, vals):
        """Return values without those of system fields, where users' values are ignored and not refused."""
        system = frozenset() if self._is_system() else self._get_system_fields()
        return {name: value for name, value in vals.items() if name not in system}
