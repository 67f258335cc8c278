from datetime import timedelta
from itertools import cycle

from ...models.participation.care import Care
from ..chapter import Chapter

# Whose birthday or company day comes in how many days.
BIRTHDAYS = {"kitchenhaus_adler": 5, "kobelife_nakamura": 2, "alnoor_mansoori": 3, "yunnantea_wang": 6}
COMPANY_DAYS = {"kitchenhaus": (4, 1974, "Company anniversary")}


class CareStory(Chapter):
    """Long-term care in the demo: birthdays and company days of the next days, and their greetings."""

    def _play_care(self):
        """Set the days, as if they fell just now, and prepare what the scheduled action would."""
        company = self.env.ref("base.main_company")
        today = company._expo_today()
        for name, days in BIRTHDAYS.items():
            day = today + timedelta(days=days)
            self._ref(f"person_{name}").birthday = day.replace(year=1979, day=min(day.day, 28))
        for name, (days, year, title) in COMPANY_DAYS.items():
            day = today + timedelta(days=days)
            self._ref(f"file_{name}").write(
                {"company_day": day.replace(year=year, day=min(day.day, 28)), "company_day_name": title}
            )
        self._serve_buyers(company)
        files = self.env["expo.customer.file"].with_company(company)
        diary = files._get_diary(company)
        files.search(files._get_greeting_domain(company, diary))._plan_greetings(diary)

    def _serve_buyers(self, company):
        """Customers with turnover who were never met at a show have a salesperson, who keeps in touch with them."""
        partners = self.env["res.partner"].with_company(company)
        buyers = partners.search([("expo_abc_class", "!=", False), ("user_id", "=", False)])
        users = cycle(self.env.ref(f"expo_followup.user_{name}") for name in ("omar", "sofia", "chenyu"))
        for buyer, user in zip(buyers, users, strict=False):
            buyer.user_id = user
        company.expo_cadence_started = True
        care = Care(company)
        care.start(care.find_entrants())
