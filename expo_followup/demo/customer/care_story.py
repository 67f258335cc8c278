from datetime import timedelta

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
        files = self.env["expo.customer.file"].with_company(company)
        diary = files._get_diary(company)
        files.search(files._get_greeting_domain(company, diary))._plan_greetings(diary)
