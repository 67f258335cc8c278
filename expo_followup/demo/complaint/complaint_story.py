from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL, file_open

from ..chapter import FOLDER, Chapter
from .complaint_stories import EARLIER, STORIES

DEPARTMENTS = {
    "kiln": "Kiln and glazing",
    "enamel": "Enamel works",
    "bottles": "Metal works",
    "textiles": "Weaving mill",
    "packing": "Packing and shipping",
}
# What else has a moment that is set back.
STAMPS = (
    ("evidence_ids", "received_at"),
    ("review_ids", "concluded_on"),
    ("remedy_ids", "approved_on"),
    ("remedy_ids", "done_on"),
    ("message_ids", "date"),
)
# Customers with an open invoice: no reminder is sent while their complaint is open.
UNPAID = ("pr_holmgren", "pr_alnoor")


class ComplaintStory(Chapter):
    """Complaints of the demo: each recorded and played up to its step, through the gates, by those who did it."""

    def _play_complaints(self):
        """Tell the stories in the order in which the customers complained."""
        quiet = {
            "mail_activity_quick_update": True,
            "mail_auto_subscribe_no_notify": True,
            "mail_notify_force_send": False,
            "tracking_disable": True,
        }
        demo = self.with_context(**quiet)
        team = demo._ref("complaint_team")
        team.leader_id = demo._ref("user_grace")
        departments = {
            key: demo.env["expo.complaint.department"].create({"name": name}) for key, name in DEPARTMENTS.items()
        }
        orders = {name: demo._place_earlier_order(name, *order) for name, order in EARLIER.items()}
        told = sorted(STORIES, key=lambda story: -story["steps"][0][0])
        complaints = [demo._tell_complaint(story, orders, departments) for story in told]
        demo._let_clocks_run(demo.env["expo.complaint"].concat(*complaints))
        # Who handles what comes in from now on.
        team.member_ids = demo._ref("user_lena") | demo._ref("user_chenyu") | demo._ref("user_sofia")

    def _place_earlier_order(self, name, days, contract, lines):
        """Return an order that a customer placed before the show, and that has arrived since."""
        customer = self._ref(f"participation_{name}")
        moment = fields.Datetime.now() - timedelta(days=days)
        order = self._create_order(customer, moment, lines)
        order.write({"client_order_ref": contract, "commitment_date": moment + timedelta(days=24)})
        order.action_confirm()
        # Placed before the show: it does not count for it.
        order.write({"date_order": moment, "campaign_id": False, "expo_participation_id": False})
        if self._has_accounts():
            shipped = order.commitment_date.date()
            self._invoice(order, shipped, {})
            if name not in UNPAID:
                self._pay(order, shipped + timedelta(days=20), {"share": 1, "delivery": ""})
        return order

    def _tell_complaint(self, story, orders, departments):
        customer = self._ref(f"participation_{story['customer']}")
        order = orders.get(story["customer"]) or self.env["sale.order"].search(
            [("expo_participation_id", "=", customer.id), ("state", "=", "sale")], limit=1
        )
        owner = customer.user_id or customer.exhibition_id.user_id
        received = self._moment_of_complaint(customer, story["steps"][0][0], 0)
        severity, extent, party, cause, department = story["assessment"]
        complaint = (
            self.env["expo.complaint"]
            .with_user(owner)
            .create(
                {
                    "subject": story["subject"],
                    "story": story["story"],
                    "partner_id": customer.partner_id.id,
                    "participation_id": customer.id,
                    "order_id": order.id,
                    "user_id": owner.id,
                    "received_at": received,
                    "source": story.get("source", "goods"),
                    "channel": story["channel"],
                    "customer_reason": story.get("reason"),
                    "handling": story.get("handling"),
                    "cause_id": self._ref(f"complaint_cause_{cause}").id,
                    "department_id": departments[department].id if department else False,
                    "internal_cost": story.get("cost", 0),
                }
            )
        )
        self._set_complaint_back(complaint, received)
        story = {**story, "values": {"severity": severity, "extent": extent, "party": party}}
        for number, (days, step, *words) in enumerate(story["steps"], 1):
            getattr(self, f"_complaint_{step}")(complaint, story, *words)
            self._set_complaint_back(complaint, self._moment_of_complaint(customer, days, number))
        return complaint

    def _moment_of_complaint(self, customer, days, number):
        """Return a moment so many days ago, each step a little later, and none in the future."""
        now = fields.Datetime.now()
        day = now.date() - timedelta(days=days)
        while day.weekday() > 4:
            day -= timedelta(days=1)
        moment = self._moment(customer.exhibition_id, day, 9) + timedelta(minutes=25 * number)
        return min(moment, now - timedelta(minutes=40 - number))

    def _set_complaint_back(self, complaint, moment):
        """What was just done was done then: the log is append-only for everybody, so the demo does it in SQL."""
        complaint = complaint.sudo()
        self.env.flush_all()
        since = complaint.create_date
        self.env.cr.execute(
            SQL(
                "UPDATE expo_complaint_event SET at = %s WHERE complaint_id = %s AND at >= %s",
                moment,
                complaint.id,
                since,
            )
        )
        self.env.invalidate_all()
        complaint.write(
            {
                name: moment
                for name, field in complaint._fields.items()
                if field.type == "datetime"
                and field.store
                and name.endswith(("_on", "_since"))
                and complaint[name]
                and complaint[name] >= since
            }
        )
        # The messages stay; a demo sends no mails.
        mails = self.env["mail.mail"].search([("model", "=", complaint._name), ("res_id", "=", complaint.id)])
        mails.notification_ids.notification_status = "sent"
        mails.unlink()
        for name, stamp in STAMPS:
            complaint[name].filtered(lambda row, stamp=stamp: row[stamp] and row[stamp] >= since)[stamp] = moment

    def _let_clocks_run(self, complaints):
        """Read the clocks from the log as it stands now: while it was played, hundreds of days passed in a minute."""
        self.env.flush_all()
        ids = tuple(complaints.ids)
        self.env.cr.execute(SQL("DELETE FROM expo_complaint_clock WHERE complaint_id IN %s", ids))
        self.env.cr.execute(SQL("DELETE FROM expo_complaint_event WHERE kind = 'breach' AND complaint_id IN %s", ids))
        self.env.invalidate_all()
        complaints._update_clocks()

    # -- the steps -------------------------------------------------------------------------------------

    def _complaint_nothing(self, complaint, story):
        """It has just come in."""

    def _complaint_phone(self, complaint, story):
        complaint.action_acknowledge_by_phone()

    def _complaint_letter(self, complaint, story, kind):
        complaint._send_letter(kind, automatic=False)

    def _complaint_restate(self, complaint, story):
        complaint.facts = story["facts"]
        complaint.action_restate_by_phone()

    def _complaint_goods(self, complaint, story):
        complaint.action_add_lines()
        claims = {self._ref(f"product_{name}"): claim for name, claim in story["goods"].items()}
        for line in complaint.line_ids:
            claimed, accepted = claims.get(line.product_id, (0, 0))
            line.write({"claimed_quantity": claimed, "accepted_quantity": accepted})
        complaint.line_ids.filtered(lambda line: not line.claimed_quantity).unlink()

    def _complaint_photo(self, complaint, story, name):
        with file_open(f"{FOLDER}/files/complaint_{name}.png", "rb") as file:
            complaint._add_evidence("photo", [(f"{name}.png", file.read())], "mail")
        complaint._customer_replied()

    def _complaint_waive(self, complaint, story, reason):
        complaint.waive_evidence("photo", reason)

    def _complaint_assess(self, complaint, story):
        complaint.write(story["values"])

    def _complaint_review(self, complaint, story, production, inspection):
        complaint.action_start_review()
        for row in complaint.review_ids:
            row.conclusion = production if row.department == "production" else inspection
            row.decision = "justified"
        complaint.review_ids.action_conclude()

    def _complaint_decide(self, complaint, story):
        decision, reason = story["decision"]
        texts = {name: story[name] for name in ("containment", "root_cause", "corrective") if name in story}
        complaint.write({"decision": decision, "decision_reason": reason, **texts})

    def _complaint_demand(self, complaint, story, values):
        complaint.demand_ids = [Command.create(values)]

    def _complaint_remedy(self, complaint, story, values, approve=False):
        values = dict(values)
        if goods := values.pop("goods", None):
            product = self._ref(f"product_{goods}")
            values["line_id"] = complaint.line_ids.filtered(lambda line: line.product_id == product).id
        remedy = complaint.remedy_ids.create({"complaint_id": complaint.id, **values})
        remedy.action_submit()
        if remedy.approval == "to_approve" and approve:
            remedy.with_user(self._ref("user_grace")).action_approve()

    def _complaint_accept(self, complaint, story, how):
        complaint._accept_offer(how)

    def _complaint_document(self, complaint, story, confirm=False):
        for remedy in complaint.remedy_ids:
            if remedy.kind == "other":
                remedy.action_done()
            elif remedy.kind == "replacement" or self._has_accounts():
                remedy.action_make_document()
            if confirm:
                order = remedy.sudo().order_id
                order.campaign_id = complaint.exhibition_id.campaign_id
                order.action_confirm()

    def _complaint_rate(self, complaint, story, value, words):
        complaint._record_rating(value, words)

    def _complaint_call(self, complaint, story, words):
        complaint._log_event("called", note=words)

    def _complaint_reply(self, complaint, story, words):
        complaint.sudo().message_post(
            body=words,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=complaint.partner_id.id,
            email_from=complaint.partner_id.email_formatted,
        )
        complaint._customer_replied(words)

    def _complaint_cancel(self, complaint, story, reason):
        complaint.cancel_reason = reason
        complaint._move_to("cancelled")

    def _complaint_move(self, complaint, story, state):
        complaint._move_to(state)
