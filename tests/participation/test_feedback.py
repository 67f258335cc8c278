"""Key customers' opinions: each has a separate form, and the answers show on the exhibition customer (rules.md §7)."""

from urllib.parse import urlsplit

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
class TestFeedback(ExpoCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.survey = cls.env.ref("expo_followup.survey_feedback")
        cls.customer = cls._make_participation("Maria Rossi", lang="en_US")
        cls.customer._ensure_feedback_inputs()

    def _ref(self, name):
        return self.env.ref(f"expo_followup.survey_feedback_{name}").id

    def _open(self, customer):
        parts = urlsplit(customer.feedback_url)
        return self.url_open(f"{parts.path}?{parts.query}")

    def _call(self, step, customer, **params):
        form = customer.feedback_input_ids
        path = f"/survey/{step}/{self.survey.access_token}/{form.access_token}"
        return self.make_jsonrpc_request(path, params)

    def _fill_in(self, customer):
        self._call("begin", customer)
        self._call(
            "submit",
            customer,
            page_id=self._ref("page_show"),
            **{
                str(self._ref("show")): {
                    str(self._ref("show_stand")): [str(self._ref("show_grade_1"))],
                    str(self._ref("show_brochures")): [str(self._ref("show_grade_4"))],
                }
            },
        )
        self._call(
            "submit",
            customer,
            page_id=self._ref("page_wishes"),
            **{
                str(self._ref("overall")): str(self._ref("overall_2")),
                str(self._ref("better")): "Bigger <i>catalogue</i>\nand more coffee",
                str(self._ref("products")): "",
            },
        )

    def test_each_customer_has_one_separate_link(self):
        other = self._make_participation("Paolo Bianchi")
        for _time in range(2):
            (self.customer | other)._ensure_feedback_inputs()
        self.assertEqual(len(self.customer.feedback_input_ids), 1)
        self.assertNotEqual(self.customer.feedback_url, other.feedback_url)
        self.assertEqual(self.customer.feedback_state, "asked")

    def test_feedback_form_opens_without_login_in_the_customers_language(self):
        page = self._open(self.customer)
        self.assertIn("Your feedback on our booth", page.text)
        chinese = self._make_participation("王伟", email="wang@kehu.example", lang="zh_CN")
        chinese._ensure_feedback_inputs()
        page = self._open(chinese)
        self.assertEqual(page.status_code, 200)
        self.assertIn("您对我们展位的意见及建议", page.text)

    def test_feedback_form_does_not_open_without_a_customers_link(self):
        page = self.url_open(f"/survey/start/{self.survey.access_token}")
        self.assertNotIn("Your feedback on our booth", page.text)
        page = self.url_open(f"/survey/start/{self.survey.access_token}?answer_token=guess")
        self.assertNotIn("Your feedback on our booth", page.text)

    def test_feedback_form_may_be_interrupted_and_resumed(self):
        self._open(self.customer)
        self._call("begin", self.customer)
        self._call("submit", self.customer, page_id=self._ref("page_show"))
        self.assertEqual(self.customer.feedback_state, "asked")
        self.assertIn("What can we do better?", self._open(self.customer).text)

    def test_feedback_answers_are_shown_and_the_salesperson_is_notified(self):
        self._open(self.customer)
        self._fill_in(self.customer)
        customer = self.customer.with_user(self.seller)
        self.assertEqual(customer.feedback_state, "answered")
        answers = " ".join(customer.feedback_answers.split())
        for words in ("Our booth</td>", "Very good", "Poor", "Satisfied", "Bigger &lt;i&gt;catalogue"):
            with self.subTest(words=words):
                self.assertIn(words, answers)
        self.assertNotIn("Which products may we send", answers)
        self.assertTrue(customer.replied_on)
        self.assertEqual(customer.activity_ids.user_id, self.seller)

    def test_a_salesman_sees_the_answers_but_no_surveys(self):
        with self.assertRaises(AccessError):
            self.env["survey.user_input"].with_user(self.seller).search([])
        self.assertFalse(self.customer.with_user(self.seller).feedback_answers)

    def test_a_form_sent_back_empty_says_so(self):
        self.customer.feedback_input_ids._mark_done()
        self.assertIn("The form was submitted empty.", self.customer.feedback_answers)
