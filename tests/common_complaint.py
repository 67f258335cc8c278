"""What the tests of complaints share: a complaint desk, and complaints recorded by real users."""

from .common import ExpoCase


class ComplaintCase(ExpoCase):
    """A company with a complaint desk without members; each test says who sits there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env.ref("expo_followup.complaint_team")
        cls.team.member_ids = False
        cls.stages = {stage.state: stage for stage in cls.env["expo.complaint.stage"].search([])}

    def _complain(self, partner=None, user=None, **values):
        """Take a complaint down, as a salesperson unless told, and return it as that user's."""
        complaints = self.env["expo.complaint"].with_user(user or self.seller)
        return complaints.create(
            {
                "subject": "Cracked glaze",
                "story": "Ten of the mugs are cracked.",
                "partner_id": (partner or self._make_partner("Maria Rossi")).id,
                **values,
            }
        )

    def _closed(self, **values):
        """A small complaint that was settled with a word."""
        complaint = self._complain(severity="low", **values)
        complaint.action_acknowledge_by_phone()
        complaint._move_to("closed")
        return complaint
