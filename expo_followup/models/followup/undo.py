"""Taking back a command on follow-ups or customers, for some seconds, exactly as it was before."""

import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list
from odoo.tools.json import json_default

from ..mixins.steps import lock_or_refuse
from ..participation.planner import with_colleagues

#: So long the button is shown. What is accepted later comes from slow networks.
UNDO_SECONDS = 8
ACCEPTED_FOR = timedelta(seconds=30)
# Names in a message; of more there is only the number.
NAMES_SHOWN = 10
#: What a command may change, in the order in which it is put back; without names all that code or users write.
TRACKED = {
    "expo.participation": (),
    "expo.sample": (),
    "mail.activity": ("active", "date_deadline", "user_id", "date_done", "feedback"),
    "mail.mail": ("state", "scheduled_date", "failure_reason"),
    "expo.followup": (),
}
# Marks of the engine, which say that something is to be looked at again.
UNTRACKED = frozenset({"sync_pending"})


class ExpoUndo(models.TransientModel):
    """What a command changed, as it was before and after: kept on the server, and put back on the word of its user.

    A command takes a :class:`Snapshot` before it begins and returns :meth:`Snapshot.get_action` at its end. Putting
    back is done by customer company: where something has changed again meanwhile, that company is left as it is.
    """

    _name = "expo.undo"
    _description = "Undo of a Command"
    _inherit = ["expo.linked.records"]

    message = fields.Char("Command", readonly=True)
    # Users read it by its method only: values of records are no values of theirs.
    changes = fields.Json(readonly=True)
    done_on = fields.Datetime(readonly=True, default=fields.Datetime.now)
    is_undone = fields.Boolean("Undone", readonly=True)

    @api.model
    def undo_command(self, undo_id):
        """Put back what a command of the user changed.

        :param int undo_id: as the command returned it
        :returns: ``{"message", "type"}`` of a notification
        :raises UserError: when it is undone already, or too late
        """
        # In sudo: no user has access to the rows; the user who gave the command is asked for here.
        undo = self.sudo().browse(undo_id).exists()
        if not undo or undo.create_uid != self.env.user or undo.done_on < fields.Datetime.now() - ACCEPTED_FOR:
            raise UserError(self.env._("You cannot undo this because its time has passed. Change the records instead."))
        lock_or_refuse(undo)
        if undo.is_undone:
            raise UserError(self.env._("You cannot undo this because it is already undone. Reload the page."))
        undo.is_undone = True
        return Restoration(self, undo).run()


class Snapshot:
    """The facts of some customers before a command, to see afterwards what it changed.

    All follow-ups of their companies belong to it: the engine moves and cancels what hangs together.

    :param records: the follow-ups or exhibition customers that the command is given for
    """

    def __init__(self, records):
        self.records = records
        given = records.sudo()
        is_followups = records._name == "expo.followup"
        self.entries = with_colleagues(given.participation_id if is_followups else given)
        met = given.filtered("participation_id") if is_followups else given
        self.contacts = (given - met).partner_id
        self.units = {}
        self.before = self._read()

    def get_action(self, message, kind="success"):
        """Keep what the command changed, and return the action that says so and offers to undo it."""
        env = self.records.env
        # In sudo: users have no access to the rows.
        undo = env["expo.undo"].sudo().create({"message": message, "changes": self._get_changes()})
        return {
            "type": "ir.actions.client",
            "tag": "expo_followup_done",
            "params": {
                "type": kind,
                "message": message,
                "undo_id": undo.id if undo.changes else False,
                "seconds": UNDO_SECONDS,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_changes(self):
        after, changes = self._read(), {}
        for model, rows in after.items():
            for id_, values in rows.items():
                unit = self.units[model, id_]
                if old := self.before[model].get(id_):
                    names = [name for name in values if values[name] != old[name]]
                    if names:
                        pair = [{name: values[name] for name in names} for values in (old, values)]
                        changes.setdefault(unit, {}).setdefault(model, {})[id_] = pair
                elif model == "expo.followup":
                    changes.setdefault(unit, {}).setdefault("created", {})[id_] = values
        for id_ in after["expo.followup"]:
            if found := changes.get(self.units["expo.followup", id_]):
                found.setdefault("rows", []).append(id_)
        for record in self.records.sudo():
            if found := changes.get(self.units[record._name, str(record.id)]):
                found.setdefault("given", {}).setdefault(record._name, []).append(record.id)
        return list(changes.values())

    def _read(self):
        """Return ``{model: {id: {field: value}}}`` as of now, and note to which company each record belongs."""
        env = self.entries.env
        entries, contacts = self.entries, self.contacts
        of_contacts = Domain("participation_id", "=", False) & Domain("partner_id", "in", contacts.ids)
        followups = env["expo.followup"].search(Domain("participation_id", "in", entries.ids) | of_contacts)
        samples = env["expo.sample"].search([("participation_id", "in", entries.ids)])
        rows = {model: {} for model in TRACKED}
        for records, get_unit in (
            (entries, lambda entry: (entry.commercial_partner_id, entry.company_id)),
            (followups, lambda followup: (followup.partner_id.commercial_partner_id, followup.company_id)),
            (samples, lambda sample: (sample.partner_id.commercial_partner_id, sample.company_id)),
        ):
            for record in records:
                unit = "-".join(str(one.id) for one in get_unit(record))
                self.units[record._name, str(record.id)] = unit
                if record._name == "expo.followup":
                    self.units["mail.activity", str(record.activity_id.id)] = unit
                    self.units["mail.mail", str(record.mail_mail_id.id)] = unit
        for records in (entries, samples, followups.activity_id, followups.mail_mail_id, followups):
            rows[records._name] = read_tracked(records)
        return rows


class Restoration:
    """Puts back what a command changed, where it has not changed again.

    :param records: any records, with the user who asks for it
    :param undo: the ``expo.undo``, in sudo
    """

    def __init__(self, records, undo):
        self.env, self.undo = records.env, undo
        # In sudo: the facts are kept by methods; that the user may write what they commanded is checked for each.
        self.system = records.sudo().env

    def run(self):
        """Put back what can be, and return the notification that says what could not."""
        units, left = [], {}
        for unit in self.undo.changes or []:
            if reason := self._get_obstacle(unit):
                left.setdefault(reason, []).append(unit)
            else:
                units.append(unit)
        self._restore(units)
        words = [self.env._("Undone.")] if units else []
        texts = {
            "sent": self.env._("These letters had left already: %(names)s."),
            "changed": self.env._("These records were changed meanwhile and stay as they are: %(names)s."),
            "access": self.env._("You may no longer change %(names)s, so nothing was undone there."),
        }
        words += [texts[reason] % {"names": self._get_names(some)} for reason, some in left.items()]
        return {"message": " ".join(words), "type": "warning" if left else "success"}

    def _get_names(self, units):
        # In sudo: names of what the user commanded some seconds ago.
        given = [one for unit in units for one in self._get_given(unit, self.system)]
        names = [one.display_name for records in given for one in records.exists()]
        if len(names) > NAMES_SHOWN:
            names = [*names[:NAMES_SHOWN], self.env._("%s more", len(names) - NAMES_SHOWN)]
        return format_list(self.env, names)

    def _get_given(self, unit, env):
        return [env[model].browse(ids) for model, ids in unit.get("given", {}).items()]

    def _get_obstacle(self, unit):
        """Return why the records of a company cannot be put back; empty when they can."""
        for given in self._get_given(unit, self.env):
            if given.exists()._filtered_access("write") != given:
                return "access"
        followups = self._browse("expo.followup", [*unit.get("expo.followup", {}), *unit.get("created", {})])
        # Letters are claimed under this lock.
        if followups.exists().try_lock_for_update() != followups:
            return "changed"
        if any(
            followup.mail_state in ("sending", "sent") and new.get("mail_state") not in (None, followup.mail_state)
            for followup, (_old, new) in self._get_pairs("expo.followup", unit)
        ):
            return "sent"
        for model in TRACKED:
            current = read_tracked(self._browse(model, unit.get(model, {})).exists())
            for id_, (_old, new) in unit.get(model, {}).items():
                # A reminder that ended came back, or a mail is gone: the follow-up tells.
                found = current.get(id_)
                if found and any(found[name] != value for name, value in new.items()):
                    return "changed"
                if not found and model.startswith("expo."):
                    return "changed"
        created = unit.get("created", {})
        current = read_tracked(self._browse("expo.followup", created).exists())
        return "" if current == created else "changed"

    def _browse(self, model, ids):
        return self.system[model].browse([int(id_) for id_ in ids])

    def _get_pairs(self, model, unit):
        return [(self._browse(model, [id_]), pair) for id_, pair in unit.get(model, {}).items()]

    def _restore(self, units):
        """Put the facts back; what the engine derived from them comes with them."""
        created = self._browse("expo.followup", [id_ for unit in units for id_ in unit.get("created", {})])
        created._withdraw()
        created.unlink()
        rows = self._browse("expo.followup", [id_ for unit in units for id_ in unit.get("rows", [])]).exists()
        targets = read_tracked(rows)
        for unit in units:
            for id_, (old, _new) in unit.get("expo.followup", {}).items():
                targets[id_].update(old)
        # The engine follows a former tier or salesperson at once; afterwards the rows are what they were.
        entries = self._write_back("expo.participation", units)
        self._write_back("expo.sample", units)
        self._write_back("mail.activity", units)
        self._write_back("mail.mail", units)
        made = self.system["mail.mail"]
        for unit in units:
            for followup, (old, _new) in self._get_pairs("expo.followup", unit):
                if "mail_mail_id" in old and not old["mail_mail_id"]:
                    made |= followup.mail_mail_id
        current = read_tracked(rows)
        followups = self._write_values(
            "expo.followup",
            {
                id_: {name: value for name, value in target.items() if current[id_][name] != value}
                for id_, target in targets.items()
            },
        )
        made.unlink()
        letters = followups.filtered(lambda followup: followup.mail_state == "outgoing")
        letters._wake_queue({letter.id: letter.mail_mail_id.scheduled_date for letter in letters})
        followups._open_lost_reminders()
        entries |= followups.participation_id
        entries.sync_pending = True
        self._note(entries)

    def _write_back(self, model, units):
        """Write the former values of a model and return its records."""
        rows = {id_: old for unit in units for id_, (old, _new) in unit.get(model, {}).items()}
        return self._write_values(model, rows)

    def _write_values(self, model, rows):
        """Write values by id, those of records that change alike at once; return the records."""
        groups = {}
        for id_, values in rows.items():
            if values:
                groups.setdefault(json.dumps(values, sort_keys=True), []).append(id_)
        written = self.system[model]
        for values, ids in groups.items():
            records = self._browse(model, ids).exists()
            records.write(self._drop_missing(model, json.loads(values)))
            written |= records
        # Unique indexes hold at each moment.
        written.flush_recordset()
        return written

    def _drop_missing(self, model, values):
        """Return values without links to records that the command deleted: reminders are made anew."""
        for name, value in values.items():
            field = self.system[model]._fields[name]
            if value and field.type == "many2one" and not self.system[field.comodel_name].browse(value).exists():
                values[name] = False
        return values

    def _note(self, entries):
        body = self.env._("Undone: %s", self.undo.message)
        entries.with_env(self.env).sudo()._message_log_batch(bodies=dict.fromkeys(entries.ids, body))


def read_tracked(records):
    """Return ``{id: {field: value}}`` of what is tracked of records, as it is kept in JSON."""
    names = TRACKED[records._name] or [
        name
        for name, field in records._fields.items()
        if field.store
        and field.column_type
        and not field.related
        and name not in models.MAGIC_COLUMNS
        and name not in UNTRACKED
        and not (field.compute and field.readonly)
    ]
    rows = json.loads(json.dumps(records.read(names, load=None), default=json_default))
    return {str(row.pop("id")): row for row in rows}
