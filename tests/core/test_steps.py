"""Steps from state to state: the tables of all models, the lock, and the refusal that names the state."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
class TestSteps(ExpoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.models = [
            cls.env[name]
            for name, model in cls.env.registry.items()
            if not model._abstract and getattr(model, "_steps", 0)
        ]

    def test_every_table_of_steps_names_states_that_exist(self):
        self.assertLessEqual(
            {
                "expo.sample", "expo.visit", "expo.complaint.remedy", "expo.capture", "expo.progress.report",
                "expo.incoming.mail",
            },
            {model._name for model in self.models},
        )  # fmt: skip
        for model in self.models:
            states = dict(model._fields[model._step_field]._description_selection(self.env))
            for step, begins in model._steps.items():
                with self.subTest(model=model._name, step=step):
                    self.assertTrue(begins, "a step leads on from some state")
                    self.assertLessEqual(set(begins), states.keys())

    def test_a_step_in_every_wrong_state_is_refused_by_name_of_the_state(self):
        sample = self.env["expo.sample"].create({"participation_id": self._make_participation("Ada").id})
        labels = dict(sample._fields["state"]._description_selection(self.env))
        for state, label in labels.items():
            sample.sudo().write({"state": state})
            for step, begins in sample._steps.items():
                with self.subTest(state=state, step=step):
                    if state in begins:
                        self.assertEqual(sample._lock_for_step(step), sample)
                    else:
                        with self.assertRaisesRegex(UserError, f"“{label}”"):
                            sample._lock_for_step(step)

    def test_a_step_without_the_right_to_write_is_refused(self):
        stranger = new_test_user(self.env, "steps_stranger", "sales_team.group_sale_salesman")
        customer = self._make_participation("Ada", user=self.manager)
        sample = self.env["expo.sample"].create({"participation_id": customer.id})
        with self.assertRaises(AccessError):
            sample.with_user(stranger)._lock_for_step("cancel")
