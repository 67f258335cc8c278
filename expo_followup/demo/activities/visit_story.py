from datetime import timedelta

from ..chapter import Chapter

# Customer, days from today, how far it has come, and what was planned and said.
VISITS = (
    {
        "name": "pr_nordlys",
        "day": -6,
        "until": "confirmed",
        "aim": "Agree on the packing of the tea sets",
        "plan": "Show the new gift box. Ask who decides about the second order. Leave the price list.",
        "discussed": "The gift box was well received. They asked for a box without plastic.",
        "agreed": "Two container loads of tea sets a year, gift box without plastic.",
        "next_steps": "We send a drawing of the box within a week; Nordlys answers by the end of the month.",
    },
    {
        "name": "pr_polskadom",
        "day": -3,
        "until": "reviewed",
        "aim": "Win the exclusive colour for Poland",
        "plan": "Bring the colour cards and both test reports. Talk about quality first, then about prices.",
        "discussed": "Both test reports were accepted. They compared our price with two other suppliers.",
        "agreed": "Exclusive colour for one year from 600 pieces on.",
        "next_steps": "We send the contract for the colour by Friday.",
    },
    {
        "name": "pr_maisonvert",
        "day": -2,
        "until": "minutes",
        "aim": "Payment before the shipment in spring",
        "plan": "Show the inspection report. Ask for the date of payment. Offer a better price for the next order.",
        "discussed": "The inspection report convinced them. Payment follows in two parts.",
        "agreed": "Half at once, half before shipment.",
        "next_steps": "Maison Vert transfers the first half next week.",
    },
    {
        "name": "pr_riyadhhome",
        "day": -7,
        "until": "held",
        "aim": "Boxes for Ramadan: colours and Arabic labels",
        "plan": "Take three boxes along. Settle the label with the owner in person.",
    },
    {
        "name": "pr_hanriver",
        "day": 5,
        "until": "approved",
        "aim": "Second order of bottles",
        "plan": "Show the new lids, ask for the budget of next year, see the warehouse.",
    },
    {
        "name": "pr_holmgren",
        "day": 12,
        "until": "submitted",
        "aim": "Riverstone for the autumn catalogue",
        "plan": "Hand over the drop-test report. Agree on the delivery dates of the catalogue.",
    },
    {
        "name": "pr_tiendaclara",
        "day": 15,
        "until": "sent_back",
        "aim": "Get to know the owners",
        "plan": "Lunch.",
        "reason": "What is to come of it? Ask for the order of next season.",
    },
    {
        "name": "pr_saharadeco",
        "day": 20,
        "until": "draft",
        "aim": "Planters for the hotel chain",
        "plan": "See the show room, meet the buyer of the hotels.",
    },
)
STEPS = ("submitted", "approved", "held", "minutes", "reviewed", "sent", "confirmed")


class VisitStory(Chapter):
    """Visits to customers of the last show, each in the state that its salesperson has reached."""

    def _play_visits(self):
        """Plan the visits and play each up to its state, as those who did it."""
        quiet = {"mail_activity_quick_update": True, "mail_auto_subscribe_no_notify": True, "tracking_disable": True}
        for story in VISITS:
            self.with_context(**quiet)._play_visit(story)

    def _play_visit(self, story):
        customer = self._ref(f"participation_{story['name']}")
        day = customer.exhibition_id._today() + timedelta(days=story["day"])
        while day.weekday() > 4:
            # On a working day; one that was held stays in the past.
            day += timedelta(days=1 if story["day"] > 0 else -1)
        texts = {name: story[name] for name in ("discussed", "agreed", "next_steps") if name in story}
        visit = self.env["expo.visit"].create(
            {
                "participation_id": customer.id,
                "start": self._moment_of_visit(customer, day),
                "aim": story["aim"],
                "plan": story["plan"],
            }
        )
        if not visit.person_ids:
            visit.person_ids = [(0, 0, {"name": customer.partner_id.name, "decides": "unknown"})]
        owner, manager = visit.with_user(visit.user_id), visit.with_user(customer.exhibition_id.user_id)
        if story["until"] == "draft":
            return
        visit.item_ids[: len(visit.item_ids) if story["day"] < 0 else 3].is_ready = True
        owner.action_submit()
        if story["until"] == "sent_back":
            manager.send_back(story["reason"])
            return
        play = {
            "submitted": lambda: None,
            "approved": manager.action_approve,
            "held": owner.action_hold,
            "minutes": lambda: (visit.write({**texts, "effect": "positive"}), owner.action_submit_minutes()),
            "reviewed": manager.action_review,
            "sent": owner._note_sent,
            "confirmed": lambda: visit._confirm_receipt("link", visit.person_ids[:1].name),
        }
        for step in STEPS[: STEPS.index(story["until"]) + 1]:
            play[step]()
        self._set_back(visit)

    def _moment_of_visit(self, customer, day):
        """Return ten o'clock of the day where our company is, in UTC; other than `_moment` it may lie ahead."""
        noon = self._moment(customer.exhibition_id, customer.exhibition_id.date_begin, 10)
        return noon.replace(minute=0) + timedelta(days=(day - noon.date()).days)

    def _set_back(self, visit):
        """What was asked for and approved was so before the visit."""
        asked = min(visit.submitted_on, visit.start - timedelta(days=2))
        visit.write({"submitted_on": asked, "approved_on": visit.approved_on and asked + timedelta(hours=5)})
