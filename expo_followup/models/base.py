from odoo import models

# Ours, as all others' models have their own ways.
PREFIX = "expo."


class Base(models.AbstractModel):
    """Forms that are not saved tell nothing of records that their user may not read.

    What a form works out for a record that it is pointed at is mostly worked out in sudo, and saving it is what checks
    the access. The same goes for what a form shows before it is saved.
    """

    _inherit = "base"

    def onchange(self, values, field_names, fields_spec):
        if self._name.startswith(PREFIX) and not self.env.su:
            # Defaults in the context are the caller's word as much as values are.
            given = {name: self.env.context.get(f"default_{name}") for name in self._fields}
            self._expo_check_pointed({**given, **values})
        return super().onchange(values, field_names, fields_spec)

    def _expo_check_pointed(self, values):
        """Refuse values that point at records of ours which the user may not read; what is saved already may stay.

        :raises AccessError: naming the model
        """
        for name, value in values.items():
            field = self._fields.get(name)
            if not value or not field or not (field.comodel_name or "").startswith(PREFIX):
                continue
            if field.type == "many2one":
                found = self.env[field.comodel_name].browse(field.convert_to_cache(value, self, validate=False) or ())
                # In sudo: which record is saved there already, without telling.
                if isinstance(found.id, int) and found != self.sudo()[name].sudo(False):
                    found.check_access("read")
            elif field.type == "one2many" and isinstance(value, (list, tuple)):
                for command in value:
                    if isinstance(command, (list, tuple)) and len(command) == 3 and isinstance(command[2], dict):
                        line = self.env[field.comodel_name].browse(command[1] if command[0] == 1 else ())
                        line._expo_check_pointed(command[2])
