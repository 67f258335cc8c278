"""What the tests share: real users of each role, a show, and customers met there."""

from datetime import date, datetime

from odoo.tests import TransactionCase, new_test_user

# A Thursday and the Monday after: the show of most tests. "Today" is moved with freeze_time.
SHOW_BEGIN = date(2026, 4, 16)
SHOW_END = date(2026, 4, 20)


class ExpoCase(TransactionCase):
    """A company that exhibits, its people, and a running show with the default plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.de")
        cls.env.company.resource_calendar_id.tz = "Europe/Berlin"
        # The follow-up on the day of the meeting has tests of its own.
        cls.env.company.expo_memory_days = "3, 7, 15"
        cls.manager = new_test_user(cls.env, "expo_manager", "sales_team.group_sale_manager", email="boss@ours.example")
        cls.seller = new_test_user(cls.env, "expo_seller", "sales_team.group_sale_salesman", email="anna@ours.example")
        cls.colleague = new_test_user(
            cls.env, "expo_colleague", "sales_team.group_sale_salesman", email="ben@ours.example"
        )
        cls.tiers = {tier.code: tier for tier in cls.env["expo.tier"].search([])}
        cls.plan = cls.env.ref("expo_followup.plan_default")
        cls.steps = {
            code: cls.env.ref(f"expo_followup.plan_step_{code}")
            for code in (
                "thank_you", "first_call_unpaid", "first_call", "first_answer", "email_revisit", "phone_revisit",
                "look_up", "payment", "visit", "visit_ordered", "delivery", "sample_check", "last_proposal",
            )
        }  # fmt: skip
        cls.show = cls._make_show(name="Spring Fair", code="SF26")

    @classmethod
    def _load_accounts(cls):
        """Give the company accounts to invoice with; a plain database has none."""
        if not cls.env.company.chart_template:
            cls.env["account.chart.template"].try_loading("generic_coa", cls.env.company, install_demo=False)

    @classmethod
    def _make_show(cls, **values):
        return cls.env["expo.exhibition"].create(
            {
                "date_begin": SHOW_BEGIN,
                "date_end": SHOW_END,
                "tz": "Europe/Berlin",
                "state": "running",
                "user_id": cls.manager.id,
                **values,
            }
        )

    @classmethod
    def _make_partner(cls, name="Maria Rossi", country="it", email=None, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "country_id": cls.env.ref(f"base.{country}").id if country else False,
                "email": f"{name.lower().replace(' ', '.')}@customer.example" if email is None else email,
                **values,
            }
        )

    @classmethod
    def _make_participation(cls, name="Maria Rossi", tier="intent", user=None, show=None, **values):
        partner = values.pop("partner", None) or cls._make_partner(
            name, **{key: values.pop(key) for key in ("country", "email", "lang") if key in values}
        )
        return cls.env["expo.participation"].create(
            {
                "exhibition_id": (show or cls.show).id,
                "partner_id": partner.id,
                "tier_id": cls.tiers[tier].id,
                "user_id": (cls.seller if user is None else user).id if user is not False else False,
                "captured_on": datetime(2026, 4, 17, 9, 0),
                **values,
            }
        )

    def _step_of(self, participation, code):
        """The customer's follow-ups of one step of the default plan."""
        return participation.followup_ids.filtered(lambda followup: followup.step_id == self.steps[code])

    def _planned_steps(self, participation):
        """The codes of the steps that are planned or due for a customer."""
        codes = {step: code for code, step in self.steps.items()}
        live = participation.followup_ids.filtered(lambda followup: followup.state in ("planned", "due"))
        return {codes[followup.step_id] for followup in live if followup.step_id}

    def _run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"expo_followup.ir_cron_{name}").method_direct_trigger()
