from markupsafe import Markup

from odoo import api, fields, models

# Names in a notice; of more there is only the number.
NAMES_SHOWN = 20


class ExpoParticipation(models.Model):
    """Who serves a customer: a change of owner is kept with its reason and moves all that is open.

    The former owner loses what hung on the customer at once: follow-ups, reminders, messages. Both are told.
    """

    _inherit = "expo.participation"

    owner_reason = fields.Char("Reason of the Owner", copy=False)
    owner_change_ids = fields.One2many("expo.owner.change", "participation_id", "History of Owners", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        participations = super().create(vals_list)
        participations._log_owner_changes({})
        return participations

    def write(self, vals):
        if "user_id" not in vals:
            return super().write(vals)
        if "owner_reason" not in vals:
            vals = {**vals, "owner_reason": False}
        before = {participation.id: participation.user_id for participation in self}
        res = super().write(vals)
        changed = self.filtered(lambda participation: participation.user_id != before[participation.id])
        changed._log_owner_changes(before)
        changed._release(before)
        if not self.env.context.get("tracking_disable"):
            changed._tell_former_owners(before)
        return res

    def set_owner(self, user, reason=""):
        """Give customers to somebody: follow-ups, reminders and access move at once, the history says why.

        :param user: a ``res.users`` record; an empty one leaves the customers without owner
        :param str reason: why, for the history
        """
        self.filtered(lambda participation: participation.user_id != user).write(
            {"user_id": user.id, "owner_reason": reason}
        )

    def _log_owner_changes(self, before):
        """Keep the history of owners. ``before`` maps ids to the owner they had; missing means none."""
        nobody = self.env["res.users"]
        # The history is nobody's to write but ours: salespeople only read it.
        self.env["expo.owner.change"].sudo().create(
            [
                {
                    "participation_id": participation.id,
                    "user_before_id": before.get(participation.id, nobody).id,
                    "user_after_id": participation.user_id.id,
                    "reason": participation.owner_reason,
                    "changed_by_id": self.env.uid,
                }
                for participation in self
                if before.get(participation.id, nobody) != participation.user_id
            ]
        )

    def _release(self, before):
        """Take from the former owners what would still lead them to their customers, constant queries.

        Follow-ups moved with the owner already; here go the other activities, to the new owner or to the
        responsible of the show, and the messages that followers get.
        """
        # The former owner may have lost access already, who reassigns need not see others' activities.
        activities = self.env["mail.activity"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("user_id", "in", [user.id for user in before.values() if user]),
            ]
        )  # fmt: skip
        theirs = activities.filtered(lambda activity: activity.user_id == before[activity.res_id])
        for user, moved in theirs.grouped(lambda a: self.browse(a.res_id).sudo()._get_server()).items():
            moved.with_context(mail_activity_quick_update=True).write({"user_id": user.id})
        # In sudo: followers are administrative rows, found by the customers that were just written.
        followers = self.env["mail.followers"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("partner_id", "in", [user.sudo().partner_id.id for user in before.values() if user]),
            ]
        )  # fmt: skip
        followers.filtered(lambda f: f.partner_id == before[f.res_id].sudo().partner_id).unlink()

    def _get_server(self):
        """Return who serves the customer: the owner, else whoever stands in at the show."""
        return self.user_id.filtered("active") or self.exhibition_id._get_responsible()

    # -- telling people ----------------------------------------------------------------------------------

    def _message_auto_subscribe_notify(self, partner_ids, template):
        """One notice for any number of customers, where core sends one for each."""
        if len(self) < 2 or template != "mail.message_user_assigned":
            return super()._message_auto_subscribe_notify(partner_ids, template)
        if not self.env.context.get("mail_auto_subscribe_no_notify"):
            self._tell_new_owner(self.env["res.partner"].browse(partner_ids))
        return None

    def _tell_new_owner(self, partner):
        """Tell somebody in one message which customers are his now."""
        # In sudo: names only, for who may see them now; who gave them away may have lost access.
        told = self.sudo().with_context(lang=partner.lang or self.env.lang)
        subject = told.env._("Customers assigned to you: %s", len(told))
        items = [
            Markup('<a href="/odoo/exhibition-customers/%s">%s</a>') % (customer.id, customer.display_name)
            for customer in told[:NAMES_SHOWN]
        ]
        told._send_notice(partner, subject, items)

    def _tell_former_owners(self, before):
        """Tell each former owner in one message who serves his customers now."""
        for user, customers in self.grouped(lambda customer: before[customer.id]).items():
            # Who hands over himself knows it; who has left the company is told nothing.
            if not user or user == self.env.user or not user.sudo().active:
                continue
            partner = user.sudo().partner_id
            # In sudo: names only, of customers that were his a moment ago, and of colleagues.
            told = customers.sudo().with_context(lang=partner.lang or self.env.lang)
            subject = told.env._("Customers given to somebody else: %s", len(told))
            items = [
                f"{customer.partner_id.display_name} → {customer.user_id.name or told.env._('nobody yet')}"
                for customer in told[:NAMES_SHOWN]
            ]
            told._send_notice(partner, subject, items)

    def _send_notice(self, partner, subject, items):
        """Put one message into the inbox or the mail of one of our people."""
        body = Markup("<ul>%s</ul>") % Markup().join(Markup("<li>%s</li>") % item for item in items)
        if len(self) > len(items):
            body += Markup("<p>%s</p>") % self.env._("and %s more", len(self) - len(items))
        self.env["mail.thread"].message_notify(partner_ids=partner.ids, subject=subject, body=body)
