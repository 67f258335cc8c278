from odoo import api, models
from odoo.fields import Domain

from ...tools.distribution import Item
from ...tools.languages import languages_of


class ExpoParticipation(models.Model):
    """Giving many customers to several people at once, see :mod:`..tools.distribution`."""

    _inherit = "expo.participation"

    @api.model
    def _get_ownerless_domain(self):
        """Open customers whom nobody serves: without owner, or whose owner has left the company."""
        return (
            Domain("outcome", "=", "open")
            & Domain("exhibition_id.state", "!=", "done")
            & (Domain("user_id", "=", False) | Domain("user_id.active", "=", False))
        )

    def action_distribute(self):
        """Open the preview of a distribution: of these customers, or of all that have no owner."""
        wizard = self.env["expo.distribute"].create({"scope_ids": [(6, 0, self.ids)]})
        return wizard._open()

    def action_reassign(self):
        """Open the preview with an able colleague proposed for each of these customers."""
        wizard = self.env["expo.distribute"].create({"scope_ids": [(6, 0, self.ids)], "is_reassignment": True})
        return wizard._open()

    def _get_distribution_items(self, users, chosen):
        """Return what each of these customers needs, for the distribution.

        :param users: among whom they are distributed; who may not work for a customer's company does not get him
        :param dict chosen: ids of the owners that were chosen by hand, by id of the customer
        """
        # In sudo: a manager may not see all companies a colleague works for.
        companies = {user.id: set(user.company_ids.ids) for user in users.sudo()}
        spoken = {country: languages_of(country.code) for country in self.country_id}
        usual = self.env.company.partner_id.lang or "en_US"
        items = []
        for customer in self:
            lang, country = customer.lang, customer.country_id
            # Partners have the company's own language unless somebody chose another one: that says nothing.
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
        """Whether this customer counts as present load of his owner."""
        since = self.env["crm.team.member"]._get_expo_load_since()
        return bool(self.user_id and self.outcome == "open" and self.assigned_on and self.assigned_on >= since)

    @api.private
    def _distribute(self, owners, reasons):
        """Give each of these customers to his new owner; constant queries per person and thousand customers.

        The history is complete; chatter gets no line for each, and both people get one message each.

        :param dict owners: the new owner by id of the customer
        :param dict reasons: why, for the history, by id of the customer
        """
        before = {customer.id: customer.user_id for customer in self}
        quiet = self.with_context(tracking_disable=True)
        for user, customers in quiet.grouped(lambda customer: owners[customer.id]).items():
            customers.write({"user_id": user.id})
            # In sudo: who assigns need not see colleagues' partners. Owners get what is written on their customers.
            customers.sudo()._message_subscribe(user.sudo().partner_id.ids)
        # The history is nobody's to write but ours: here each row gets the reason of its own.
        changes = self.env["expo.owner.change"].sudo().search([("participation_id", "in", self.ids)], order="id")
        latest = {change.participation_id.id: change for change in changes}
        for customer in quiet:
            customer.owner_reason = latest[customer.id].reason = reasons[customer.id]
        for user, customers in self.grouped(lambda customer: owners[customer.id]).items():
            if user != self.env.user:
                customers._tell_new_owner(user.sudo().partner_id)
        self._tell_former_owners(before)
