from typing import NamedTuple

#: What becomes of the rows of a model when a person is erased.
PERSONAL = ("", "erase", "with_parent", "with_complaint", "clear")


class RecordKeeping(NamedTuple):
    """What archive, privacy, merging and reassigning know of a model: its class attribute ``_record_keeping``.

    They walk the registry, so there is no other list to add a model to. ``tests/core/test_record_keeping.py`` fails for
    a model without it, and for a field with text, a file or a contact that no decision covers.

    :param archive: name of its sheet in an archive; empty: it is not archived
    :param archive_order: place of the sheet; models that it refers to have a lower number, and are restored first
    :param archive_parent: link to the record that it is archived with; without it ``expo.archive.registers`` selects
    :param archive_match: rows that are there already with the same value of this field are the ones meant
    :param archive_needs: link without which a row is not restored
    :param automatic: creating the ``archive_parent`` creates rows; restored ones take their place
    :param attachments: its attachments and pictures are archived, and erased with the person
    :param personal: ``"erase"``: the rows of a person are erased; ``"with_parent"``: the database deletes them with the
        record above; ``"with_complaint"``: erased with the person's complaints; ``"clear"``: they stay without the
        person, see ``named`` and ``cleared``; empty: nothing in it is about a person
    :param personal_links: links to the contact, or to rows of the contact, by which rows of a person are found
    :param erase_order: rows that refer to others are erased first, so they have a lower number; with ``"erase"`` only
    :param named: texts in which the name of an erased person is replaced, in complaints and what hangs on them
    :param cleared: fields that code in the room empties when a person is erased
    :param no_personal: text, files and contacts that stay when a person is erased; say why in a comment
    :param merge: when entries of one customer are merged: ``"move"`` the rows to the one that is kept, or the step of
        ``MERGE_STEPS`` that does it
    :param salesperson: path to the salesperson whom the record follows, as in its record rules; users who may no longer
        read it are taken off it when the salesperson changes
    """

    archive: str = ""
    archive_order: int = 0
    archive_parent: str = ""
    archive_match: str = ""
    archive_needs: str = ""
    automatic: bool = False
    attachments: bool = False
    personal: str = ""
    personal_links: tuple = ()
    erase_order: int = 0
    named: tuple = ()
    cleared: tuple = ()
    no_personal: frozenset = frozenset()
    merge: str = ""
    salesperson: str = ""


def get_declarations(env, key, order=None):
    """Return the declaration of each model that states ``key``, by the model's name.

    :param str order: the key whose number they are sorted by, else by name
    """
    found = {name: getattr(model, "_record_keeping", None) for name, model in env.registry.items()}
    stated = [(name, kept) for name, kept in found.items() if kept and getattr(kept, key)]
    return dict(sorted(stated, key=lambda pair: (getattr(pair[1], order) if order else 0, pair[0])))


def get_file_fields(model):
    """Return the names of the fields whose content is kept as an attachment."""
    return [
        name for name, field in model._fields.items() if field.type == "binary" and field.store and field.attachment
    ]


def as_user(records, user):
    """Return records as a user reads them, in all companies of theirs and without sudo.

    ``with_user`` alone carries the companies that the present user has ticked, which the other may not enter.
    """
    companies = user.sudo().company_ids.ids
    return records.sudo(False).with_user(user).with_context(allowed_company_ids=companies)


def release_strangers(records, get_successor):
    """Take from users who may no longer read records what would still lead them there.

    They follow them no more, and their activities go to others.

    :param records: of one model, in sudo
    :param callable get_successor: returns who gets the activity of a record; an activity stays where there is none
    """

    def get_strange(user, rows):
        ids = set(rows.mapped("res_id"))
        readable = as_user(records.browse(ids), user)._filtered_access("read")
        return rows.filtered(lambda row: row.res_id not in readable._ids)

    if "message_follower_ids" in records._fields:
        for partner, rows in records.message_follower_ids.grouped("partner_id").items():
            strange = rows
            users = partner.user_ids.filtered(lambda user: not user.share)
            for user in users:
                strange = get_strange(user, strange)
            if users:
                strange.unlink()
    if "activity_ids" in records._fields:
        for user, activities in records.activity_ids.filtered("user_id").grouped("user_id").items():
            for activity in get_strange(user, activities):
                if successor := get_successor(records.browse(activity.res_id)):
                    activity.user_id = successor
