"""Export of our lists and of contacts: who may, what it reads, and its entry in the log (rules.md §3)."""

from odoo.exceptions import AccessError, UserError
from odoo.models import fix_import_export_id_paths

CONTACT = "res.partner"
CORE_RIGHT = "base.group_allow_export"
#: By these any list names a record that it links to, without exporting it.
NAMES = {"id", ".id", "display_name", "name"}


def is_listed(model):
    """Tell whether a model is one whose export is logged: ours, and contacts.

    >>> is_listed("expo.visit"), is_listed("res.partner"), is_listed("res.partner.bank")
    (True, True, False)
    """
    return model.startswith("expo.") or model == CONTACT


class ListExport:
    """One export: of the list of a model, and of what is read through its links.

    An order with the name of its customer is a list of orders; an order with the e-mail address of its customer is an
    export of contacts as well.

    :param records: what is exported
    :param names: paths of fields as core's export takes them, such as ``partner_id/email``
    """

    def __init__(self, records, names):
        self.records, self.env, self.names = records, records.env, names
        self.models = {records._name}
        for name in names:
            self._add_models(fix_import_export_id_paths(name))

    def _add_models(self, path):
        """Note the models that a path reads."""
        records = self.records
        for number, step in enumerate(path):
            is_link = records is not None
            if number and step not in NAMES:
                # Behind a property or a reference stands any record: contacts as well.
                self.models.add(records._name if is_link else CONTACT)
            field = records._fields.get(step.partition(".")[0]) if is_link else None
            records = self.env[field.comodel_name] if field and field.comodel_name in self.env else None
            if field and field.type in ("one2many", "many2many") and is_listed(records._name):
                self.models.add(records._name)

    @property
    def is_listed(self):
        """Whether one of our lists, or contacts, are exported."""
        return any(map(is_listed, self.models))

    def has_core_right(self):
        """Tell whether the user may export every list of the database."""
        return self.env.is_admin() or self.env.user.has_group(CORE_RIGHT)

    def check_right(self):
        """Refuse users who have neither core's right nor that of our settings.

        :raises AccessError: naming the lists
        """
        if self.has_core_right():
            return
        companies = self.env.companies
        refused = companies.filtered(lambda company: not company._expo_may_export_lists())
        if refused:
            raise AccessError(
                self.env._(
                    "You cannot export %(lists)s because the settings of %(companies)s do not allow it. "
                    "Ask an administrator.",
                    lists=self._describe(filter(is_listed, self.models)),
                    companies=", ".join(refused.sudo().mapped("name")),
                )
            )
        if others := [model for model in self.models if not is_listed(model)]:
            raise AccessError(
                self.env._(
                    "You cannot export fields of %(lists)s because you may export exhibition lists and contacts only. "
                    "Remove these fields.",
                    lists=self._describe(others),
                )
            )
        self.records.check_access("read")

    def log_given(self):
        """Log the export with the reason and format that the caller gives as defaults of the entry."""
        context = self.env.context
        self.log(context.get("default_reason"), context.get("default_file_format"))

    def log(self, reason, file_format, count=None):
        """Check the user's right, and log the export.

        :param str reason: why the list is exported
        :param str file_format: key of the format; another one counts as a call by a program
        :param int count: number of rows of a table that the client made; that of the records when None
        :raises AccessError: without the right
        :raises UserError: without a reason
        :return: the entry of the log
        """
        self.check_right()
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(
                self.env._(
                    "You cannot export %(lists)s because no reason is given. Enter the reason; it is logged.",
                    lists=self._describe(filter(is_listed, self.models)),
                )
            )
        archive = self.env["expo.archive"]
        formats = dict(archive._fields["file_format"].selection)
        return archive._log(
            kind="list",
            scope=self._describe([self.records._name]),
            res_model=self.records._name,
            record_count=len(self.records) if count is None else count,
            reason=reason.strip(),
            file_format=file_format if file_format in formats else "api",
            contents="\n".join(self.names),
        )

    def get_rows(self):
        """Return the rows as core does for users with its own right; record rules apply."""
        return {"datas": self.records._export_rows(list(map(fix_import_export_id_paths, self.names)))}

    def _describe(self, models):
        # In sudo: the names of lists are no secret.
        return ", ".join(sorted(self.env["ir.model"].sudo()._get(model).name for model in models))
