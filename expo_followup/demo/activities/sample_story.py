from base64 import b64encode
from datetime import timedelta
from typing import NamedTuple

from odoo import Command
from odoo.tools import file_open

from ..chapter import FOLDER, Chapter


class Sample(NamedTuple):
    """A sample and its steps, in days after the show."""

    customer: str
    products: str
    details: str
    asked: int
    agreed: int | None = None
    shipped: int | None = None
    received: int | None = None
    judged: str = ""
    picture: str = ""
    freight: str = "collect"
    cost: float = 0


SAMPLES = (
    Sample(
        "pr_formosa", "planter", "Desk size, 12 cm, matt white; one with a hole, one without.", -3, -2, 0, 2,
        "The white is the right one. Asks for a price of six hundred pieces.", "planter", cost=12,
    ),
    Sample(
        "pr_capetable", "planter dinner", "Planter 30 cm, frost-proof; one place setting of the dinner set, slate.",
        2, 3, 4, 8, picture="planter", cost=18,
    ),
    Sample("pr_anadolu", "tea", "White Crane with gold rim, in the gift box.", 3, 4, 6, picture="tea", cost=15),
    Sample("pr_wienerdekor", "planter planter", "Terracotta and sand, 20 cm.", 2, 3, picture="planter"),
    Sample("pr_nordlys", "dinner towel", "Slate, 16 pieces; towel in oat.", 5),
    Sample("pr_osakatable", "tea", "Three pieces for her chief: two pots, one cup.", 4, picture="tea"),
)  # fmt: skip
# The customer wanted a free sample.
REFUSED = Sample("pr_saigonhome", "board", "One board, oiled.", 4)
REFUSED_WORDS = "Asks for five boards, and that we pay the courier."


class SampleStory(Chapter):
    """The samples of the demo, and the opportunities of its keen customers."""

    def _play_samples(self):
        """Play each sample as far as it has come."""
        for plan in SAMPLES:
            self._send_sample(plan)
        self._make_sample(REFUSED).refuse_freight(reason=REFUSED_WORDS)
        self._open_opportunities()

    def _get_sample_day(self, customer, days_after):
        show = customer.exhibition_id
        return min(show.date_end + timedelta(days=days_after), show._today())

    def _make_sample(self, plan):
        """Enter the sample as the customer's salesperson."""
        customer = self._ref(f"participation_{plan.customer}")
        values = {
            "participation_id": customer.id,
            "requested_on": self._get_sample_day(customer, plan.asked),
            "freight": plan.freight,
            "details": plan.details,
            "line_ids": [
                Command.create({"product_id": self._ref(f"product_{name}").id}) for name in plan.products.split()
            ],
        }
        if plan.picture:
            with file_open(f"{FOLDER}/files/sample_{plan.picture}.png", "rb") as file:
                values["picture"] = b64encode(file.read())
        owner = customer.user_id or customer.exhibition_id.user_id
        return self.env["expo.sample"].with_user(owner).create(values)

    def _send_sample(self, plan):
        """Take the sample as far as it has come."""
        sample = self._make_sample(plan)
        customer = sample.participation_id
        if plan.agreed is not None:
            sample.agree(on=self._get_sample_day(customer, plan.agreed))
        if plan.shipped is not None:
            shipped_on = self._get_sample_day(customer, plan.shipped)
            sample.ship("DHL", f"JD0146{customer.id:08}", shipped_on, cost=plan.cost)
        if plan.received is not None:
            sample.receive(on=self._get_sample_day(customer, plan.received))
        if plan.judged:
            sample.judge("positive", plan.judged)

    def _open_opportunities(self):
        """What the scheduled action does after a show was closed; the salespeople have entered what they expect."""
        customers = self.env["expo.participation"].search(self.env["expo.participation"]._get_lead_domain())
        customers._make_leads()
        for customer in customers.filtered(lambda entry: not entry.lead_id.expected_revenue):
            customer.lead_id.expected_revenue = 2400 + customer.id % 7 * 850
