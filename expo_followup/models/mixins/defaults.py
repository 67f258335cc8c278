"""Defaults in the context are the caller's word as much as values are."""


def without_defaults(records, refused):
    """Return the records without the context's defaults of fields that a user may not give; the system keeps them.

    :param callable refused: tells of a field's name whether it is refused
    """
    if records.env.su:
        return records
    forged = {f"default_{name}" for name in records._fields if refused(name)}
    context = {key: value for key, value in records.env.context.items() if key not in forged}
    return records.with_env(records.env(context=context))
