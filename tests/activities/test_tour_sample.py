"""A user in the browser: a sample from the request to the judgement, and its next step on the phone."""

from odoo import Command, fields
from odoo.tests import tagged

from tests.followup.test_tour_followup import ExpoTourCase


class SampleTourCase(ExpoTourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plates = cls.env["product.product"].create({"name": "Plates"})
        cls.maria = cls._make_participation(product_ids=[Command.set(cls.plates.ids)])


@tagged("post_install", "-at_install")
class TestTourSample(SampleTourCase):
    def test_the_owner_agrees_sends_and_judges_a_sample(self):
        self.show.with_user(self.manager).close_show()

        self._start_tour(f"/odoo/exhibition-customers/{self.maria.id}", "expo_followup_sample", "expo_seller")

        sample = self.maria.sample_ids
        self.assertEqual((sample.state, sample.judgement, sample.goods), ("judged", "positive", "Plates"))
        self.assertEqual((sample.carrier, sample.tracking_number, sample.company_cost), ("DHL", "JD0146", 18))
        self.assertTrue(sample.proposed_on)
        self.assertEqual(self.maria.followup_ids.filtered("effect").content, "They want forty boxes")


@tagged("post_install", "-at_install")
class TestTourSamplePhone(SampleTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_the_owner_notes_on_the_phone_that_the_customer_agrees(self):
        sample = self.env["expo.sample"].create({"participation_id": self.maria.id, "details": "Blue"})
        sample.proposed_on = fields.Datetime.now()

        self._start_tour("/odoo/samples", "expo_followup_sample_phone", "expo_seller")

        self.assertEqual((sample.state, sample.agreed_how), ("agreed", "phone"))
