"""Merging contacts keeps the union: nothing of a customer is lost, nothing is doubled."""

from freezegun import freeze_time

from odoo.addons.expo_followup.models.participation.participation import MERGE_STEPS
from odoo.tests import tagged

from tests.common import ExpoCase


@tagged("post_install", "-at_install")
@freeze_time("2026-04-20 12:00:00")
class TestMerge(ExpoCase):
    def _merge(self, *partners):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([partner.id for partner in partners], dst_partner=partners[0])

    def _get_messages(self, entries):
        """The chatter of these entries, without the notices to single users."""
        return self.env["mail.message"].search(
            [
                ("model", "=", entries._name),
                ("res_id", "in", entries.ids),
                ("message_type", "!=", "user_notification"),
            ]
        )

    def test_merge_steps_name_every_step_once(self):
        """A step of merging that is not in the table would not run."""
        model = self.env["expo.participation"]
        self.assertCountEqual(
            MERGE_STEPS, {name for name in dir(model) if name.startswith("_merge_")} - {"_merge_from"}
        )

    def test_contacts_met_at_different_shows_keep_both(self):
        other_show = self._make_show(name="Autumn", code="AF26")
        first = self._make_participation("Maria Rossi")
        second = self._make_participation("Maria Rosi", show=other_show)
        self._merge(first.partner_id, second.partner_id)
        self.assertEqual(first.partner_id, second.partner_id)

    def test_two_entries_of_one_show_become_one_with_the_history_of_both(self):
        first = self._make_participation("Maria Rossi", tier="intent")
        second = self._make_participation("Maria Rosi", tier="intent", captured_on="2026-04-18 09:00:00")
        self.show.with_user(self.manager).close_show()
        self._step_of(second, "first_call").record_outcome("Talked to the double", "positive", tier="signed")
        second.message_post(body="A note on the double")
        attachment = self.env["ir.attachment"].create(
            {"name": "card.txt", "res_model": second._name, "res_id": second.id}
        )
        messages = self._get_messages(first | second)

        kept_partner, gone_partner = first.partner_id, second.partner_id
        self._merge(kept_partner, gone_partner)

        self.assertFalse(second.exists())
        self.assertFalse(gone_partner.exists())
        self.assertEqual(first.partner_id, kept_partner)
        done = first.followup_ids.filtered(lambda f: f.state == "done")
        self.assertEqual(done.content, "Talked to the double")
        self.assertEqual(done.partner_id, kept_partner)
        self.assertEqual(len(self._step_of(first, "first_call")), 1)
        self.assertEqual(attachment.res_id, first.id)
        self.assertIn("A note on the double", "".join(first.message_ids.mapped("body")))
        self.assertLessEqual(messages, self._get_messages(first))
        letters = first.followup_ids.filtered(lambda f: f.mail_state == "outgoing")
        self.assertEqual(len(letters), 1)

    def test_two_done_touches_of_the_same_step_are_both_kept(self):
        first = self._make_participation("Maria Rossi", tier="intent")
        second = self._make_participation("Maria Rosi", tier="intent")
        self.show.with_user(self.manager).close_show()
        self._step_of(first, "first_call").record_outcome("One", "neutral")
        self._step_of(second, "first_call").record_outcome("Two", "neutral")
        self._merge(first.partner_id, second.partner_id)
        done = (first | second).exists().followup_ids.filtered(lambda f: f.state == "done")
        self.assertEqual(set(done.mapped("content")), {"One", "Two"})

    def test_complaints_follow_the_customer_and_the_entry_that_is_kept(self):
        first = self._make_participation("Maria Rossi", country="it")
        second = self._make_participation("Maria Rosi", country="it", user=self.colleague)
        complaint = self.env["expo.complaint"].with_user(self.colleague).create(
            {"subject": "Cracked", "story": "Ten are cracked.", "partner_id": second.partner_id.id}
        )  # fmt: skip
        complaint.action_acknowledge_by_phone()
        self.assertEqual(complaint.participation_id, second)
        self._merge(first.partner_id, second.partner_id)
        complaint = complaint.sudo()
        self.assertEqual(
            (complaint.partner_id, complaint.commercial_partner_id, complaint.participation_id),
            (first.partner_id, first.partner_id, first),
        )
        self.assertEqual(complaint.event_ids.mapped("kind"), ["received", "acknowledged"])
        self.assertTrue(complaint.with_user(self.seller).has_access("write"), "the user serves the customer now")

    def test_complaints_of_a_company_that_joins_another_count_for_it(self):
        big, small = (self._make_partner(name, is_company=True) for name in ("Rossi SpA", "Rossi Srl"))
        maria = self._make_partner("Maria Rossi", parent_id=small.id)
        complaint = self.env["expo.complaint"].create({"subject": "Cracked", "partner_id": maria.id})
        self._merge(big, small)
        self.assertEqual((complaint.partner_id, complaint.commercial_partner_id), (maria, big))

    def test_what_only_the_other_entry_knows_is_kept_and_a_refusal_stays_one(self):
        first = self._make_participation("Maria Rossi", conversation="Asked for pumps", contact_consent="granted")
        second = self._make_participation(
            "Maria Rosi", conversation="Wants blue ones", contact_consent="refused", sample_agreed_on="2026-04-19",
            delivery_state="delivered", outcome="won", captured_on="2026-04-19 09:00:00",
        )  # fmt: skip
        self._merge(first.partner_id, second.partner_id)
        self.assertEqual(first.conversation, "Asked for pumps\n\nWants blue ones")
        self.assertEqual((first.contact_consent, first.delivery_state, first.outcome), ("refused", "delivered", "won"))
        self.assertTrue(first.sample_agreed_on)

    def test_a_live_entry_is_kept_before_an_archived_one(self):
        archived = self._make_participation("Maria Rossi", active=False)
        live = self._make_participation("Maria Rosi", captured_on="2026-04-19 09:00:00")
        self._merge(archived.partner_id, live.partner_id)
        self.assertTrue(live.exists().active)

    def test_the_earlier_entry_wins_and_keeps_its_owner(self):
        later = self._make_participation("Maria Rossi", user=self.colleague, captured_on="2026-04-19 09:00:00")
        earlier = self._make_participation("Maria Rosi", user=self.seller, captured_on="2026-04-17 09:00:00")
        target = later.partner_id
        self._merge(target, earlier.partner_id)
        survivor = (later | earlier).exists()
        self.assertEqual((survivor, survivor.partner_id, survivor.user_id), (earlier, target, self.seller))
