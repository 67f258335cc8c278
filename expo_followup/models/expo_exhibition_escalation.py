from markupsafe import Markup

from odoo import api, models

# Names on the list; of more there is only the number.
NAMES_SHOWN = 20


class ExpoExhibition(models.Model):
    """What the manager must know of a show each day, as one activity: who waits too long, which reports are late.

    Derived anew by the scheduled action: the list of today replaces that of yesterday, and an empty one goes.
    """

    _inherit = "expo.exhibition"

    def close_show(self):
        """Close the show; its customers' first progress reports are issued as soon as possible."""
        closed = super().close_show()
        if closed:
            self.env["expo.participation"]._trigger_sync()
        return closed

    @api.model
    def _sync_escalations(self):
        """Bring the managers' lists of all shows up to date; a second run on the same day changes nothing."""
        kind = self.env.ref("expo_followup.activity_escalation")
        everything = self.env["mail.activity"].with_context(active_test=False).search(
            [("res_model", "=", self._name), ("activity_type_id", "=", kind.id)]
        )  # fmt: skip
        by_show = everything.grouped("res_id")
        lists = self._get_escalation_lists()
        shows = self.browse({show.id for show in lists} | {a.res_id for a in everything if a.active}).exists()
        for show in shows:
            activities = by_show.get(show.id, everything.browse())
            show._sync_escalation(kind, lists.get(show), activities)

    def _sync_escalation(self, kind, rows, activities):
        today, manager = self._today(), self._get_escalation_manager()
        standing = activities.filtered("active")
        if not rows or not manager:
            standing.unlink()
            return
        # Seen and put aside today: he is told again tomorrow.
        if activities.filtered(lambda activity: not activity.active and activity.date_done == today):
            return
        words = self.with_context(lang=manager.lang)
        values = {
            "summary": words._get_escalation_summary(rows),
            "note": words._get_escalation_note(rows),
            "date_deadline": today,
            "user_id": manager.id,
        }
        if not standing:
            values.update(activity_type_id=kind.id, res_model_id=self.env["ir.model"]._get_id(self._name))
            self.env["mail.activity"].create({**values, "res_id": self.id, "automated": True})
        elif any(
            standing[0]._fields[name].convert_to_write(standing[0][name], standing) != values[name] for name in values
        ):
            standing[0].write(values)
        standing[1:].unlink()

    def _get_escalation_manager(self):
        """Return who is told: the responsible of the show, else the leader of its team."""
        return (self.user_id.filtered("active") or self.team_id.user_id.filtered("active"))[:1]

    @api.model
    def _get_escalation_lists(self):
        """Return ``{show: (customers who wait too long, late reports)}``, shows without any left out."""
        customers = self.env["expo.participation"].search(
            [("response_state", "=", "red"), ("outcome", "=", "open"), ("exhibition_id.state", "!=", "done")],
            order="exhibition_id, is_key desc, assigned_on, id",
        )
        reports = self.env["expo.progress.report"].search(
            [("state", "=", "open"), ("is_late", "=", True)], order="exhibition_id, is_key desc, due_on, id"
        )
        red, late = customers.grouped("exhibition_id"), reports.grouped("exhibition_id")
        return {show: (red.get(show, customers[:0]), late.get(show, reports[:0])) for show in {*red, *late}}

    def _get_escalation_summary(self, rows):
        customers, reports = rows
        parts = [
            customers and self.env._("Waiting too long: %s", len(customers)),
            reports and self.env._("Late reports: %s", len(reports)),
        ]
        return ", ".join(filter(None, parts))

    def _get_escalation_note(self, rows):
        customers, reports = rows
        note = Markup()
        if customers:
            names = [(f"/odoo/exhibition-customers/{one.id}", one.partner_id, one.user_id) for one in customers]
            note += self._get_escalation_part(self.env._("Customers who wait too long for a first answer"), names)
        if reports:
            names = [(f"/odoo/progress-reports/{one.id}", one.partner_id, one.user_id) for one in reports]
            note += self._get_escalation_part(self.env._("Progress reports that are late"), names)
        return note

    def _get_escalation_part(self, title, names):
        """Return a heading and a list of customers with links, each with who serves him."""
        items = Markup().join(
            Markup('<li><a href="%s">%s</a>: %s</li>') % (link, partner.display_name, user.name or self.env._("nobody"))
            for link, partner, user in names[:NAMES_SHOWN]
        )
        part = Markup("<p>%s</p><ul>%s</ul>") % (title, items)
        if len(names) > NAMES_SHOWN:
            part += Markup("<p>%s</p>") % self.env._("and %s more", len(names) - NAMES_SHOWN)
        return part
