from odoo import api, fields, models

ABC_CLASSES = [("a", "A"), ("b", "B"), ("c", "C")]
LIFECYCLE = [
    ("exploration", "Exploration"),
    ("formation", "Formation"),
    ("stable", "Stable"),
    ("decline", "Decline"),
]


class ExpoCustomerClass(models.AbstractModel):
    """Records that show class and stage of a customer of one of our companies, stored to filter and group by."""

    _name = "expo.customer.class"
    _description = "Class of the Customer"
    # The field that holds the customer's company.
    _customer_field = "partner_id"

    abc_class = fields.Selection(
        ABC_CLASSES,
        "ABC Class",
        compute="_compute_abc_class",
        store=True,
        index="btree_not_null",
        help="Class by turnover: A for the largest customers, C for the smallest; empty means not invoiced yet.",
    )
    lifecycle = fields.Selection(
        LIFECYCLE,
        "Life-cycle Stage",
        compute="_compute_lifecycle",
        store=True,
        help="Exploration: no order yet. Formation: first orders. Stable: orders regularly. Decline: "
        "orders much less or not at all.",
    )

    # Apart from each other: a new class plans the customer anew, a new stage does not.
    @api.depends(lambda self: ("company_id", f"{self._customer_field}.expo_abc_class"))
    def _compute_abc_class(self):
        for record in self:
            record.abc_class = record._get_customer().expo_abc_class

    @api.depends(lambda self: ("company_id", f"{self._customer_field}.expo_lifecycle"))
    def _compute_lifecycle(self):
        for record in self:
            record.lifecycle = record._get_customer().expo_lifecycle

    def _get_customer(self):
        """Return the customer's company as ours sees it."""
        return self[self._customer_field].with_company(self.company_id)

    def action_open_abc_changes(self):
        """Show how the class of this customer changed."""
        self.ensure_one()
        return self.partner_id.action_open_expo_abc_changes()
