"""A backlog of late complaints: one that fails does not hold up the others, a second worker doubles nothing."""

from datetime import datetime, timedelta
from unittest import TestCase
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from tests.common_complaint import ComplaintCase
from tests.common_server import clone_database, evaluate, query
from tests.participation.test_two_at_once import run_together

#: A Monday in Berlin, 9:00 there.
MONDAY = datetime(2026, 4, 20, 7)
JOB = "odoo.addons.expo_followup.models.mixins.job"
MAKE_LATE = """
from datetime import timedelta
from odoo import fields
leader, owner = env["res.users"].create(
    [{"name": name, "login": name, "email": f"{name}@ours.example"} for name in ("leader", "owner")]
)
env.ref("expo_followup.complaint_team").leader_id = leader
env["expo.complaint"].create(
    [
        {
            "subject": f"Cracked glaze {number}",
            "user_id": owner.id,
            "received_at": fields.Datetime.now() - timedelta(days=30),
        }
        for number in range(40)
    ]
)
"""
TELL = """
import time
env["expo.complaint"]._run_job([("escalate_at", "<", fields.Datetime.now())], lambda batch: batch._escalate(), 10)
""".replace("fields.", "__import__('odoo').fields.")


@tagged("post_install", "-at_install")
class TestComplaintBacklog(ComplaintCase):
    def _complain_on_monday(self, **values):
        with freeze_time(MONDAY):
            return self._complain(user_id=self.seller.id, **values)

    def _run(self, hours):
        with freeze_time(MONDAY + timedelta(hours=hours)), mute_logger(JOB):
            self._run_cron("escalate")

    def test_failing_complaint_is_parked_with_its_reason_and_blocks_no_other(self):
        bad, good = self._complain_on_monday(), self._complain_on_monday()
        complaints = type(self.env["expo.complaint"])
        told = complaints._remind_owners

        def fail(complaints):
            if bad in complaints:
                raise ValueError("no such owner")
            return told(complaints)

        with patch.object(complaints, "_remind_owners", fail):
            for hours in (25, 26, 27):
                self._run(hours)
        self.assertTrue(good.is_breached)
        self.assertTrue(good.activity_ids)
        self.assertEqual((bad.is_parked, bad.failure_reason), (True, "no such owner"))
        bad.action_retry()
        self._run(28)
        self.assertTrue(bad.activity_ids)

    def test_parked_complaint_tried_again_notifies_of_its_deadline(self):
        complaint = self._complain_on_monday(severity="low")
        with freeze_time(MONDAY + timedelta(hours=1)):
            complaint.action_acknowledge_by_phone()
            complaint._move_to("closed")
        # As a letter that asks for feedback and cannot be sent leaves it.
        complaint.sudo().write({"failure_count": 3, "failure_reason": "no template"})
        with freeze_time(MONDAY + timedelta(hours=2)):
            complaint.sudo()._customer_replied("Not settled at all")
        self.assertEqual(complaint.state, "reopened")
        self._run(24 * 14)
        self.assertTrue(complaint.activity_ids)


class TestBacklogOfTwoWorkers(TestCase):
    def test_each_is_told_once_by_two_workers(self):
        with clone_database() as database:
            evaluate(database, MAKE_LATE + "result = True")
            run_together((database, TELL), (database, TELL))
            evaluate(database, TELL)
            for kind in ("breach", "escalated"):
                counts = query(
                    database,
                    "SELECT complaint_id, count(*) FROM expo_complaint_event WHERE kind = %s GROUP BY complaint_id",
                    (kind,),
                )
                self.assertEqual([count for _complaint, count in counts], [1] * 40, kind)
            reminders = query(
                database,
                "SELECT res_id, count(*) FROM mail_activity WHERE res_model = 'expo.complaint' AND active"
                " GROUP BY res_id",
            )
            self.assertEqual([count for _complaint, count in reminders], [1] * 40)
