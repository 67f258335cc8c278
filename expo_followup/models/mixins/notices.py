"""Telling users of a record: on their list of activities, or by a message, each in the user's language."""

from typing import NamedTuple

from odoo import models


class Reminder(NamedTuple):
    """What an activity asks of whom until when; ``summary`` and ``note`` may be empty."""

    user: models.Model
    deadline: object
    summary: str = ""
    note: str = ""


def remind(records, kind, get_reminder, on="", is_once=True, is_quiet=True, get_kind=None):
    """Put records on the lists of users, as one activity each; a constant number of queries.

    :param records: of one model
    :param kind: type of the activity, as a record or by its XML id
    :param callable get_reminder: returns the ``Reminder`` of a record
    :param str on: the link of a record to the one whose activity it is; empty: its own
    :param bool is_once: leave out records that have an open activity of this type
    :param callable get_kind: returns the type of each record's activity, where it is not always ``kind``
    :param bool is_quiet: send no mail about it, as fits scheduled actions
    :returns: ``{record: activity}`` of what was created; nothing for records without a user
    """
    if not records:
        return {}
    env = records.env
    if isinstance(kind, str):
        # A type that was deleted leaves an activity without one.
        kind = env.ref(kind, raise_if_not_found=False) or env["mail.activity.type"]
    activities = env["mail.activity"].with_context(mail_activity_quick_update=is_quiet)
    threads = records[on] if on else records
    model = threads._name
    if is_once and threads:
        known = activities.search(
            [("res_model", "=", model), ("res_id", "in", threads.ids), ("activity_type_id", "=", kind.id)]
        )
        reminded = set(known.mapped("res_id"))
        records = records.filtered(lambda record: (record[on] if on else record).id not in reminded)
    # Activities store the name of their record: warm it, else it is one query each.
    threads.mapped("display_name")
    reminders = {record: get_reminder(record) for record in records}
    reminders = {record: reminder for record, reminder in reminders.items() if reminder.user}
    model_id = env["ir.model"]._get_id(model)
    kinds = {record: get_kind(record) if get_kind else kind for record in reminders}
    created = activities.create(
        [
            {
                "res_model_id": model_id,
                "res_id": (record[on] if on else record).id,
                "activity_type_id": kinds[record].id,
                "user_id": reminder.user.id,
                "date_deadline": reminder.deadline,
                # What the type says, in the language of the user.
                "summary": reminder.summary or kinds[record].with_context(lang=reminder.user.lang).summary,
                "note": reminder.note or kinds[record].with_context(lang=reminder.user.lang).default_note,
                "automated": True,
            }
            for record, reminder in reminders.items()
        ]
    )
    return dict(zip(reminders, created, strict=True))


def keep_reminder(record, field, kind, reminder, is_done, on=""):
    """Bring the one reminder of a record in line with the facts. Nothing happens to one that is right.

    :param str field: the link of the record to its reminder
    :param str kind: XML id of the type of activity
    :param reminder: the ``Reminder``, without a user when nothing is to be done any more
    :param bool is_done: what the old reminder asked for was done; else it is changed, or removed
    :param str on: the link of the record to the one whose activity it is; empty: its own
    """
    todo = record[field].filtered("active")
    is_same = (todo.user_id, todo.summary) == (reminder.user, reminder.summary)
    if todo and reminder.user and (is_same or not is_done):
        values = {"user_id": reminder.user, "summary": reminder.summary, "date_deadline": reminder.deadline}
        if changed := [name for name, value in values.items() if todo[name] != value]:
            todo.write({name: todo._fields[name].convert_to_write(values[name], todo) for name in changed})
        return
    record[field] = False
    if is_done:
        todo._action_done()
    else:
        todo.unlink()
    record[field] = remind(record, kind, lambda _record: reminder, on, is_once=False, is_quiet=False).get(record, False)


def notify(thread, partners, get_message):
    """Tell people by a message, in their languages.

    :param thread: the record that the message is about, or the model ``mail.thread``
    :param partners: contacts of our users, read in sudo: to whom our own messages go is no secret
    :param callable get_message: returns subject and body for an environment with the language of the reader
    """
    for lang, readers in partners.sudo().grouped("lang").items():
        env = thread.with_context(lang=lang or thread.env.lang).env
        subject, body = get_message(env)
        thread.with_env(env).message_notify(partner_ids=readers.ids, subject=subject, body=body)
