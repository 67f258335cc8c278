"""The salesperson of a customer, and the history of who it was."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.distribution import Item
from ...tools.languages import languages_of
from ..mixins.notices import notify
from ..mixins.record_keeping import RecordKeeping, get_declarations, release_strangers

# Names in a notice; of more there is only the number.
NAMES_SHOWN = 20
# How the path from a record to its customers of exhibitions ends.
ENDS = {"participation_id", "participation_ids", "id"}


class ExpoParticipationOwnership(models.AbstractModel):
    """The salesperson of a customer: history, what moves with a new one, and distributing many at once.

    The former salesperson loses what hung on the customer at once: follow-ups, reminders, messages. Both are told.
    For the distribution see :mod:`..tools.distribution`.
    """

    _name = "expo.participation.ownership"
    _description = "Exhibition Customer: Salesperson"

    owner_reason = fields.Char("Assignment Reason", copy=False)
    owner_change_ids = fields.One2many("expo.owner.change", "participation_id", "Salesperson History", readonly=True)

    has_salesperson = fields.Boolean(
        compute="_compute_has_salesperson",
        search="_search_has_salesperson",
        help="Set when the salesperson is active, has the sales role and may work for the company.",
    )

    @api.depends("user_id", "company_id")
    def _compute_has_salesperson(self):
        for entry in self:
            entry.has_salesperson = bool(entry.user_id._expo_working(entry.company_id))

    def _search_has_salesperson(self, operator, value):
        if operator != "in":
            return NotImplemented
        served = self._get_served_domain(self.env["res.company"].sudo().search([])._expo_salespeople())
        return served if True in value else ~served

    @api.model
    def _get_served_domain(self, salespeople):
        """Customers of these companies whom a user serves.

        :param dict salespeople: users who may serve its customers, by company
        """
        return Domain.OR(
            Domain("company_id", "=", company.id) & Domain("user_id", "in", users.ids)
            for company, users in salespeople.items()
        )

    @api.model
    def _get_ownerless_domain(self, is_served=None):
        """Open customers whom no user serves: without salesperson, or whose salesperson has left.

        :param is_served: the domain of those whom a user serves, where it has been looked up already
        """
        if is_served is None:
            is_served = Domain("has_salesperson", "=", True)
        return Domain("outcome", "=", "open") & Domain("exhibition_id.state", "!=", "done") & ~is_served

    def action_distribute(self):
        """Open the preview of a distribution: of these customers, or of all that have no salesperson."""
        wizard = self.env["expo.distribute"].create({"scope_ids": [(6, 0, self.ids)]})
        return wizard._open_dialog()

    def action_change_salesperson(self):
        """Open the dialog for a new salesperson of these customers."""
        return self.env["expo.bulk.change"]._open_dialog(self, "salesperson", self.env._("Change salesperson"))

    def action_change_tier(self):
        """Open the dialog for a new tier of these customers."""
        return self.env["expo.bulk.change"]._open_dialog(self, "tier", self.env._("Change tier"))

    def action_reassign(self):
        """Open the preview with an able colleague proposed for each of these customers."""
        wizard = self.env["expo.distribute"].create({"scope_ids": [(6, 0, self.ids)], "is_reassignment": True})
        return wizard._open_dialog()

    def _get_distribution_items(self, users, chosen):
        """Return what each of these customers needs, for the distribution.

        :param users: among whom they are distributed; who may not work for a customer's company does not get them
        :param dict chosen: ids of the salespeople that were chosen by hand, by id of the customer
        """
        # In sudo: a manager may not see all companies a colleague works for.
        companies = {user.id: set(user.company_ids.ids) for user in users.sudo()}
        spoken = {country: languages_of(country.code) for country in self.country_id}
        usual = self.env.company.partner_id.lang or "en_US"
        items = []
        for customer in self:
            lang, country = customer.lang, customer.country_id
            # Partners have the company's own language unless a person chose another one: that says nothing.
            is_chosen = lang and (lang != usual or not country)
            outside = {user.id for user in users if customer.company_id.id not in companies[user.id]}
            items.append(
                Item(
                    customer.id,
                    language=frozenset({lang.split("_")[0]}) if is_chosen else spoken.get(country, frozenset()),
                    country=frozenset(country.ids),
                    product=customer._get_category_ids(),
                    taken_by=chosen.get(customer.id),
                    not_to=frozenset(outside | set(customer.user_id.ids)),
                )
            )
        return items

    def _get_category_ids(self):
        """Return the categories of the products of interest, and those above them."""
        paths = self.product_ids.categ_id.mapped("parent_path")
        return frozenset(int(id_) for path in paths for id_ in path.split("/") if id_)

    def _is_in_load(self):
        """Whether this customer counts as present load of their salesperson."""
        since = self.env["crm.team.member"]._get_expo_load_since()
        return bool(self.user_id and self.outcome == "open" and self.assigned_on and self.assigned_on >= since)

    @api.private
    def _distribute(self, owners, reasons):
        """Give each of these customers to their new salesperson; constant queries per person and thousand customers.

        The history is complete; chatter gets no line for each, and both people get one message each.

        :param dict owners: the new salesperson by id of the customer
        :param dict reasons: why, for the history, by id of the customer
        """
        before = {customer.id: customer.user_id for customer in self}
        quiet = self.with_context(tracking_disable=True)
        for user, customers in quiet.grouped(lambda customer: owners[customer.id]).items():
            customers.write({"user_id": user.id})
            # In sudo: the user who assigns need not see colleagues' partners. Salespersons follow their customers.
            customers.sudo()._message_subscribe(user.sudo().partner_id.ids)
        # The history is written by the system alone: here each row gets the reason of its own.
        changes = self.env["expo.owner.change"].sudo().search([("participation_id", "in", self.ids)], order="id")
        latest = {change.participation_id.id: change for change in changes}
        for customer in quiet:
            customer.owner_reason = latest[customer.id].reason = reasons[customer.id]
        for user, customers in self.grouped(lambda customer: owners[customer.id]).items():
            if user != self.env.user:
                customers._tell_new_owner(user.sudo().partner_id)
        self._tell_former_owners(before)

    # -- a new salesperson

    def _complete_owner_change(self, before):
        """Keep the change in the history, take the customers from their former salespeople and tell them.

        :param dict before: the salesperson by id of the customer, as it was before the change
        """
        changed = self.filtered(lambda participation: participation.user_id != before[participation.id])
        changed._log_owner_changes(before)
        changed._release_former_owners(before)
        if not self.env.context.get("tracking_disable"):
            changed._tell_former_owners(before)

    def set_owner(self, user, reason=""):
        """Give customers to a person: follow-ups, reminders and access move at once, the history says why.

        :param user: a ``res.users`` record; an empty one leaves the customers without salesperson
        :param str reason: why, for the history
        """
        self.filtered(lambda participation: participation.user_id != user).write(
            {"user_id": user.id, "owner_reason": reason}
        )

    def _log_owner_changes(self, before):
        """Keep the history of salespeople. ``before`` maps ids to the salesperson they had; missing means none."""
        no_user = self.env["res.users"]
        # The history is written by the system alone: salespeople only read it.
        self.env["expo.owner.change"].sudo().create(
            [
                {
                    "participation_id": participation.id,
                    "user_before_id": before.get(participation.id, no_user).id,
                    "user_after_id": participation.user_id.id,
                    "reason": participation.owner_reason,
                    "changed_by_id": self.env.uid,
                }
                for participation in self
                if before.get(participation.id, no_user) != participation.user_id
            ]
        )

    def _release_former_owners(self, before):
        """Take from the former salespeople what would still lead them to their customers.

        Follow-ups and visits moved with the salesperson already. The other activities of customers and reports go to
        the present salesperson, also those of former salespeople who see all customers.
        """
        # In sudo: the former salesperson may have lost access already, and followers are administrative rows.
        customers = self.sudo()
        former = {customer.id: before[customer.id].sudo() for customer in self}
        activities, followers = {}, []
        for record in (*customers, *customers.report_ids):
            customer = record if record._name == self._name else record.participation_id
            user = former[customer.id]
            for activity in record.activity_ids:
                if activity.user_id == user:
                    activities.setdefault(customer._get_server(), []).append(activity.id)
            followers += [row.id for row in record.message_follower_ids if row.partner_id == user.partner_id]
        for user, ids in activities.items():
            moved = self.env["mail.activity"].sudo().browse(ids)
            moved.with_context(mail_activity_quick_update=True).write({"user_id": user.id})
        self.env["mail.followers"].sudo().browse(followers).unlink()

    def _release_strangers(self):
        """Take from users who may no longer read it all that hangs on these customers, as the models declare it."""
        for name, kept in get_declarations(self.env, "salesperson").items():
            records = self.env[name].with_context(active_test=False)
            path = kept.salesperson.removesuffix("user_id").removesuffix(".") or "id"
            has_readers = {"message_follower_ids", "activity_ids"} & records._fields.keys()
            if not has_readers or path.rpartition(".")[2] not in ENDS:
                continue
            is_own = hasattr(records, "_get_server")
            release_strangers(
                records.search([(path, "in", self.ids)]),
                lambda one, path=path, is_own=is_own: (one if is_own else one.mapped(path)[:1])._get_server(),
            )

    def _get_server(self):
        """Return the user who serves the customer: the salesperson, else the substitute at the show."""
        return self.user_id._expo_working(self.company_id) or self.exhibition_id._get_responsible()

    # -- telling people

    def _message_auto_subscribe_notify(self, partner_ids, template):
        """One notice for any number of customers, where core sends one for each."""
        if len(self) < 2 or template != "mail.message_user_assigned":
            return super()._message_auto_subscribe_notify(partner_ids, template)
        if not self.env.context.get("mail_auto_subscribe_no_notify"):
            self._tell_new_owner(self.env["res.partner"].browse(partner_ids))
        return None

    def _tell_owners_of_new(self):
        """Tell the salespeople which of these new customers are theirs, whenever core would tell them."""
        if self.env.context.get("tracking_disable") or not self.env.registry.ready:
            return
        for user, customers in self.grouped("user_id").items():
            # In sudo: to whom our own messages go is no secret.
            if user != self.env.user and user.sudo().active:
                customers._message_auto_subscribe_notify(user.sudo().partner_id.ids, "mail.message_user_assigned")

    def _tell_new_owner(self, partner):
        """Tell a person in one message which customers are theirs now."""
        link = Markup('<a href="/odoo/exhibition-customers/%s">%s</a>')
        self._notify_of_customers(
            partner,
            lambda env: env._("Customers assigned to you: %s", len(self)),
            lambda customer: link % (customer.id, customer.display_name),
        )

    def _tell_former_owners(self, before):
        """Tell each former salesperson in one message who serves their customers now."""
        for user, customers in self.grouped(lambda customer: before[customer.id]).items():
            # A salesperson who reassigns needs no notice; one who has left the company gets none.
            if not user or user == self.env.user or not user.sudo().active:
                continue
            customers._notify_of_customers(
                user.sudo().partner_id,
                lambda env, told=customers: env._("Customers assigned to another user: %s", len(told)),
                lambda one: " → ".join(
                    [one.partner_id.display_name or "", one.user_id.name or one.env._("no salesperson")]
                ),
            )

    def _notify_of_customers(self, partners, get_subject, get_item):
        """Send one message that lists these customers.

        :param callable get_subject: returns the subject for an environment in the language of the reader
        :param callable get_item: returns the line of a customer
        """

        def get_message(env):
            # In sudo: names only, for readers who have, or just had, these customers.
            told = self.with_env(env).sudo()
            items = [Markup("<li>%s</li>") % get_item(customer) for customer in told[:NAMES_SHOWN]]
            body = Markup("<ul>%s</ul>") % Markup().join(items)
            if len(told) > NAMES_SHOWN:
                body += Markup("<p>%s</p>") % env._("and %s more", len(told) - NAMES_SHOWN)
            return get_subject(env), body

        notify(self.env["mail.thread"], partners, get_message)


class ExpoOwnerChange(models.Model):
    """One entry in the history of who serves a customer. Written by the participation only, never changed."""

    _name = "expo.owner.change"
    _description = "Salesperson Change"
    _inherit = ["expo.linked.records"]
    _order = "changed_on desc, id desc"
    _record_keeping = RecordKeeping(
        archive="owners",
        archive_order=90,
        archive_parent="participation_id",
        automatic=True,
        personal="erase",
        personal_links=("participation_id",),
        erase_order=60,
        merge="move",
        salesperson="participation_id.user_id",
    )

    participation_id = fields.Many2one("expo.participation", "Customer", required=True, ondelete="cascade", index=True)
    user_before_id = fields.Many2one("res.users", "Previous Salesperson", ondelete="set null")
    user_after_id = fields.Many2one("res.users", "New Salesperson", ondelete="set null")
    reason = fields.Char()
    changed_on = fields.Datetime("Date", required=True, default=fields.Datetime.now)
    changed_by_id = fields.Many2one("res.users", default=lambda self: self.env.user, ondelete="set null")
    company_id = fields.Many2one(related="participation_id.company_id", store=True, precompute=True, index=True)

    @api.depends("user_before_id", "user_after_id")
    def _compute_display_name(self):
        for change in self:
            change.display_name = f"{change.user_before_id.name or '–'} → {change.user_after_id.name or '–'}"
