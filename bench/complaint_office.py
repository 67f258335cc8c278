"""A big office for the benchmarks of complaints: sellers, customers, invoices, and years of complaints."""

from odoo import Command
from odoo.tools import SQL

from common import COUNTRIES, stopwatch

SELLERS, CUSTOMERS, OPEN, COPIES = 10, 200, 500, 39
#: Far enough apart that ids of the copies are new.
STRIDE = 10_000_000


class Office:
    """Who works there, for whom, and what they complain of."""

    def __init__(self, env):
        self.env = env
        self.sellers = self._make_users("Seller", "sales_team.group_sale_salesman", SELLERS)
        self.manager = self._make_users("Chief", "sales_team.group_sale_manager", 1)
        self.team = env.ref("expo_followup.complaint_team")
        self.team.write({"member_ids": False, "leader_id": self.manager.id})
        self.customers = self._make_customers()
        self.products = env["product.product"].create(
            [{"name": f"Ware {number}", "list_price": 10, "taxes_id": False} for number in range(20)]
        )
        self.causes = env["expo.complaint.cause"].create([{"name": f"Cause {number}"} for number in range(20)])
        self.departments = env["expo.complaint.department"].create([{"name": f"Hall {index}"} for index in range(5)])

    def _make_users(self, name, group, number):
        return self.env["res.users"].create(
            [
                {
                    "name": f"{name} {index}",
                    "login": f"{name.lower()}{index}",
                    "email": f"{name.lower()}{index}@office.example",
                    "group_ids": [Command.set([self.env.ref(group).id])],
                }
                for index in range(number)
            ]
        )

    def _make_customers(self):
        countries = [self.env.ref(f"base.{code}").id for code in COUNTRIES]
        return self.env["res.partner"].create(
            [
                {
                    "name": f"Buyer {index}",
                    "email": f"buyer@house{index}.example",
                    "country_id": countries[index % len(countries)],
                }
                for index in range(CUSTOMERS)
            ]
        )

    def get_complaint_values(self, number):
        """Return values of new complaints, spread over customers, owners, causes and departments."""
        return [
            {
                "subject": f"Broken {index}",
                "story": "Ten of the bowls are broken.",
                "partner_id": self.customers[index % CUSTOMERS].id,
                "user_id": self.sellers[index % SELLERS].id,
                "cause_id": self.causes[index * index % len(self.causes)].id,
                "department_id": self.departments[index % len(self.departments)].id,
                "severity": ("low", "normal", "serious")[index % 3],
                "internal_cost": index % 50,
            }
            for index in range(number)
        ]

    def fill(self):
        """Make the open complaints, and of each many closed ones of earlier years; return the open ones."""
        complaints = self.env["expo.complaint"].create(self.get_complaint_values(OPEN))
        self.env["expo.complaint.line"].create(
            [
                {
                    "complaint_id": complaint.id,
                    "product_id": self.products[(number + index) % len(self.products)].id,
                    "delivered_quantity": 100,
                    "claimed_quantity": 10,
                    "price_unit": 10,
                }
                for number, complaint in enumerate(complaints)
                for index in range(2)
            ]
        )
        remedies = self.env["expo.complaint.remedy"].create(
            [{"complaint_id": complaint.id, "kind": "credit", "amount": 5} for complaint in complaints]
        )
        # As approved in the past; the steps are not what is measured.
        remedies.write({"approval": "approved", "author_id": self.manager.id})
        self.env.flush_all()
        self._copy_to_the_past(complaints)
        return complaints

    def _copy_to_the_past(self, complaints):
        """Copy rows in the database as it would hold them after years; unlike ``copy()`` in seconds."""
        closed = self.env["expo.complaint"]._get_stage("closed")
        ago = SQL("- make_interval(days => 30 * time)")
        shift = SQL("+ time * %s", STRIDE)
        self._copy(
            "expo_complaint",
            complaints.ids,
            id=SQL("id %s", shift), name=SQL("name || '/' || time"), stage_id=SQL("%s", closed.id),
            state=SQL("'closed'"), is_open=SQL("FALSE"), escalate_at=SQL("NULL"), next_due_at=SQL("NULL"),
            next_clock=SQL("NULL"), access_token=SQL("NULL"), portal_key=SQL("NULL"),
            received_at=SQL("received_at %s", ago),
            closed_on=SQL("received_at %s + interval '9 days'", ago),
        )  # fmt: skip
        for model in ("line", "remedy", "event", "clock"):
            rows = self.env[f"expo.complaint.{model}"].search([("complaint_id", "in", complaints.ids)])
            moved = {"id": SQL("id %s", shift), "complaint_id": SQL("complaint_id %s", shift)}
            if model == "clock":
                moved.update(state=SQL("'done'"), escalate_at=SQL("NULL"), next_at=SQL("NULL"))
            if model == "remedy":
                moved.update(day=SQL("day - 30 * time"))
            self._copy(rows._table, rows.ids, **moved)
        self.env.cr.execute("ANALYZE")
        self.env.invalidate_all()

    def _copy(self, table, ids, **changed):
        """Insert ``COPIES`` of rows, with other values in some columns."""
        self.env.cr.execute(
            SQL(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema"
                " AND table_name = %s AND is_generated = 'NEVER'",
                table,
            )
        )
        columns = [name for (name,) in self.env.cr.fetchall()]
        values = [changed.get(name) or SQL.identifier(name) for name in columns]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(columns)s) SELECT %(values)s FROM %(table)s"
                " CROSS JOIN generate_series(1, %(copies)s) AS time WHERE id IN %(ids)s",
                table=SQL.identifier(table),
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                values=SQL(", ").join(values),
                copies=COPIES,
                ids=tuple(ids),
            )
        )

    def make_late(self):
        """Let the open complaints be a month old, and their clocks unheard of; return them."""
        for statement in (
            "UPDATE expo_complaint_clock SET started_at = started_at - interval '30 days',"
            " running_since = running_since - interval '30 days', next_at = now() - interval '1 day',"
            " escalate_at = now() - interval '1 day' WHERE state = 'running'",
            "UPDATE expo_complaint_event SET at = at - interval '30 days'"
            " WHERE complaint_id IN (SELECT id FROM expo_complaint WHERE is_open)",
            "UPDATE expo_complaint SET escalate_at = now() - interval '1 day' WHERE is_open",
        ):
            self.env.cr.execute(statement)
        self.env.invalidate_all()
        return self.env["expo.complaint"].search([("is_open", "=", True)])

    def make_mails(self, number):
        """Return as many mails to the desk, and to an alias of leads."""
        domain = self.env["mail.alias.domain"].create({"name": "desk.example"})
        self.env.company.alias_domain_id = domain
        self.team.write({"alias_name": "complaints", "alias_domain_id": domain.id})
        self.env["mail.alias"].create(
            {
                "alias_name": "leads",
                "alias_domain_id": domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("crm.lead"),
                "alias_defaults": {"type": "lead"},
            }
        )
        return [
            [
                f"From: Buyer <buyer@house{index}.example>\r\nTo: {address}@desk.example\r\nSubject: Broken {index}"
                f"\r\nMessage-ID: <{address}{index}@house.example>\r\n\r\nTen of the bowls are broken.\r\n".encode()
                for index in range(number)
            ]
            for address in ("complaints", "leads")
        ]

    def promise(self, number):
        """Return how many queries the last of so many promises to one customer takes."""
        complaint = self.env["expo.complaint"].search([("is_open", "=", True)], limit=1)
        remedies = self.env["expo.complaint.remedy"].with_user(self.manager).create(
            [{"complaint_id": complaint.id, "kind": "credit", "amount": 1} for _index in range(number + 1)]
        )  # fmt: skip
        remedies[:-1].action_submit()
        with stopwatch(self.env) as timing:
            remedies[-1].action_submit()
        return timing.queries

    def invoice(self, number):
        """Return an order of one customer with many posted invoices."""
        self.env["account.chart.template"].try_loading("generic_coa", self.env.company, install_demo=False)
        customer, product = self.customers[0], self.products[0]
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": number, "price_unit": 10})],
            }
        )
        order.action_confirm()
        invoices = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": customer.id,
                    "invoice_date": "2026-10-01",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "quantity": 1,
                                "price_unit": 10,
                                "tax_ids": False,
                                "sale_line_ids": [Command.set(order.order_line.ids)],
                            }
                        )
                    ],
                }
                for _index in range(number)
            ]
        )
        invoices.action_post()
        return order, invoices


def get_specification(view):
    """Return what the web client asks for with ``web_read``: the fields of a view, with those of views inside."""
    model, tree = view
    return _read_specification(model, tree)


def _read_specification(model, tree):
    found = {}
    for node in tree.iterfind(".//field"):
        if any(parent.tag == "field" for parent in _between(node, tree)):
            continue
        name = node.get("name")
        field = model._fields.get(name)
        if field is None:
            continue
        if field.type == "many2one":
            found[name] = {"fields": {"display_name": {}}}
        elif field.type in ("one2many", "many2many"):
            inner = next((child for child in node if child.tag in ("list", "kanban")), None)
            fields = {} if inner is None else _read_specification(model.env[field.comodel_name], inner)
            found[name] = {"fields": fields, "limit": 40}
        else:
            found[name] = {}
    return found


def _between(node, root):
    parent = node.getparent()
    while parent is not None and parent is not root:
        yield parent
        parent = parent.getparent()
