"""What happens to a record, and to what hangs on it, when it is merged into another: nothing of it is lost.

Each fact of it fills a gap of the record that is kept, is combined with the other's, or stands in a note there.
"""

import base64

from markupsafe import Markup, escape

from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL, html2plaintext

TEXT_TYPES = ("char", "text", "html")


def move_linked_rows(records, target):
    """Move attachments, activities, mails and scheduled messages of ``records`` to ``target``, of the same model."""
    env = records.env
    own = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
    env["ir.attachment"].search(own).write({"res_id": target.id})
    # Core moves activities of merged partners only; done ones are archived and belong to the history.
    env["mail.activity"].with_context(active_test=False).search(own).write({"res_id": target.id})
    env["expo.incoming.mail"].with_context(active_test=False).search(own).write({"res_id": target.id})
    messages = env["mail.scheduled.message"].search([("model", "=", records._name), ("res_id", "in", records.ids)])
    if messages:
        # In SQL: core does not let the record be changed that a message is scheduled on.
        messages.flush_recordset()
        env.cr.execute(SQL("UPDATE mail_scheduled_message SET res_id = %s WHERE id IN %s", target.id, messages._ids))
        messages.invalidate_recordset()


def is_fact(field):
    """Tell whether a field holds a fact of its own: neither derived, nor another record's, nor Odoo's bookkeeping."""
    return (
        field.store
        and field.name not in MAGIC_COLUMNS
        and not field.related
        and field.type not in ("one2many", "many2many", "properties")
        and field.name not in ("file_id", "sequence")
        and (not field.compute or not field.readonly)
    )


def get_fact_names(model, excluded=()):
    """Return the names of the fields of a model that hold facts, without the ``excluded`` ones."""
    return [name for name, field in model._fields.items() if is_fact(field) and name not in excluded]


def is_known(record, name, neutral):
    """Tell whether a record knows a fact.

    :param dict neutral: the values that say nothing, by field
    """
    return bool(record[name]) and record[name] != neutral.get(name)


def get_missing_values(kept, others, names, neutral=None):
    """Return the facts that only the others know, as they are written; of several the first one's."""
    neutral, values = neutral or {}, {}
    for name in names:
        found = next((other[name] for other in others if is_known(other, name, neutral)), False)
        if found and not is_known(kept, name, neutral):
            values[name] = kept._fields[name].convert_to_write(found, kept)
    return values


def join_texts(records, name):
    """Return what records say in one text field, one after the other and nothing twice."""
    if records._fields[name].type == "html":
        texts = {html2plaintext(record[name]): record[name] for record in records if html2plaintext(record[name] or "")}
        # What was written as plain text is inline, and would go on in the same line.
        return Markup("<br/>").join(texts.values()) or False
    return "\n\n".join(dict.fromkeys(text for text in records.mapped(name) if text)) or False


def get_differences(kept, other, names, neutral=None):
    """Return what another record says differently, as the names of the fields."""
    neutral = neutral or {}
    return [name for name in names if is_known(other, name, neutral) and not _says(kept, name, other[name])]


def _says(record, name, value):
    if record._fields[name].type in TEXT_TYPES:
        own, wanted = ((html2plaintext(text or "")).strip() for text in (record[name], value))
        return wanted in own if record._fields[name].type != "char" else wanted == own
    return record[name] == value


def get_words(record, name):
    """Return the value of a field as a person reads it."""
    field = record._fields[name]
    if field.type == "selection":
        return dict(field._description_selection(record.env)).get(record[name], record[name])
    if field.type == "html":
        return html2plaintext(record[name])
    words = field.convert_to_display_name(record[name], record)
    if field.type == "monetary":
        return f"{words} {record[field.get_currency_field(record)].name or ''}".strip()
    return words


def post_differences(thread, kept, differences):
    """Note in one message what the records merged into ``kept`` said differently.

    :param thread: the record in whose chatter it is noted
    :param list differences: pairs of a merged record and the names of its fields, as :func:`get_differences` tells
    """
    parts, files = [], []
    for other, names in differences:
        lines = []
        for name in names:
            label = other._fields[name]._description_string(other.env)
            if other._fields[name].type == "binary":
                files.append((f"{label} ({other.display_name})", base64.b64decode(other[name])))
                continue
            text = Markup("<br/>").join(escape(line) for line in str(get_words(other, name)).splitlines())
            lines.append(Markup("<li>%s: %s</li>") % (label, text))
        intro = kept.env._(
            "Values of %(merged)s, now merged into %(kept)s:", merged=other.display_name, kept=kept.display_name
        )
        if names:
            parts.append(Markup("<p>%s</p><ul>%s</ul>") % (intro, Markup().join(lines)))
    if parts:
        thread.message_post(body=Markup().join(parts), subtype_xmlid="mail.mt_note", attachments=files)
