"""A list for one person, derived anew every day: one activity, which the scheduled action keeps up to date."""

from markupsafe import Markup

# Names on a list; of more there is only the number.
NAMES_SHOWN = 20


def keep_daily_list(activities, values, today):
    """Bring the one activity of a list up to date.

    :param activities: those that there are of the list, seen ones included
    :param values: what it is to say; nothing when the list is empty, then it goes
    :param today: put aside on that day, it comes back on the next
    """
    standing = activities.filtered("active")
    if not values:
        standing.unlink()
        return
    if activities.filtered(lambda activity: not activity.active and activity.date_done == today):
        return
    if not standing:
        activities.create({**values, "date_deadline": today, "automated": True})
        return
    values = {**values, "date_deadline": today}
    first = standing[0]
    if any(first._fields[name].convert_to_write(first[name], first) != value for name, value in values.items()):
        first.write(values)
    standing[1:].unlink()


def make_list(env, title, entries):
    """Return a heading and a list of names with links, each with a word on it.

    :param entries: ``[(link, name, word)]``
    """
    items = Markup().join(Markup('<li><a href="%s">%s</a>: %s</li>') % entry for entry in entries[:NAMES_SHOWN])
    part = Markup("<p>%s</p><ul>%s</ul>") % (title, items)
    if len(entries) > NAMES_SHOWN:
        part += Markup("<p>%s</p>") % env._("and %s more", len(entries) - NAMES_SHOWN)
    return part
