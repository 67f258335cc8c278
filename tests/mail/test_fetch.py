"""Mails are fetched from real mailboxes, whatever is wrong with any of them."""

from odoo.addons.expo_followup.tools.mailbox import MAX_BREAKS, MAX_NEW_FAILURES
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from tests.common_intake import IntakeCase, write
from tests.common_mailbox import TROUBLES, Box

KINDS = ("pop", "imap")
QUIET = ("odoo.addons.expo_followup.tools.mailbox", "odoo.addons.mail.models.fetchmail")


def mail(number, **values):
    name = str(number).replace(" ", "-")
    sender = f"{name}@customer.example"
    return write(sender, subject=f"Broken no. {number}", Message_ID=f"<fetched-{name}@x>", **values)


@tagged("post_install", "-at_install")
class TestFetch(IntakeCase):
    def setUp(self):
        super().setUp()
        quiet = mute_logger(*QUIET)
        quiet.__enter__()
        self.addCleanup(quiet.__exit__)

    def _box(self, kind, mails, trouble=None, **options):
        box = Box(kind, mails, trouble, **options)
        self.enterContext(box)
        return box

    def _fetch(self, box, times=1):
        """Fetch from a mailbox as the scheduled action does, and return what the fetcher ended with."""
        server = self.env["fetchmail.server"].search([("port", "=", box.port)], limit=1)
        server = server or self.env["fetchmail.server"].create(box.values)
        for _time in range(times):
            with self.enter_registry_test_mode(), self.registry.cursor() as cursor:
                error = server.with_env(self.env(cr=cursor, user=self.env.ref("base.user_root")))._fetch_mail()
            self.env.invalidate_all()
        return error

    def _rows(self, state=None):
        rows = self.mails.with_context(active_test=False).search([("key", "!=", False)], order="id")
        return rows.filtered(lambda row: row.state == state) if state else rows

    def _states(self):
        return {row.subject: (row.state, row.active) for row in self._rows()}

    def test_all_mails_are_fetched_once_and_leave_the_mailbox(self):
        for kind in KINDS:
            with self.subTest(kind):
                box = self._box(kind, [mail(f"{kind}{number}") for number in range(5)])
                self.assertIsNone(self._fetch(box, times=2))
                self.assertEqual((box.left, sorted(box.asked)), ([], [1, 2, 3, 4, 5]))
        self.assertEqual({row.state for row in self._rows()}, {"ticket"})
        self.assertEqual(len(self._rows()), 10)

    def test_a_line_of_megabytes_is_fetched(self):
        for kind in KINDS:
            with self.subTest(kind):
                page = f"<p>{'Ten bowls are broken. ' * 150_000}</p>"
                long = mail(kind, body=page, Content_Type="text/html; charset=utf-8")
                box = self._box(kind, [mail(f"{kind}1"), long, mail(f"{kind}2")])
                self.assertIsNone(self._fetch(box))
                self.assertEqual(box.left, [])
                self.assertEqual(self._states()[f"Broken no. {kind}"], ("ticket", True))

    def test_a_mail_that_cannot_be_fetched_stops_no_other_one(self):
        for kind in KINDS:
            for trouble in TROUBLES:
                with self.subTest(kind=kind, trouble=trouble):
                    name = f"{kind} {trouble}"
                    box = self._box(kind, [mail(f"{name} {number}") for number in range(5)], {2: trouble})
                    self.assertIsNone(self._fetch(box, times=3))
                    self.assertEqual(box.left, [2])
                    rows = self._rows().filtered(lambda row, name=name: name in (row.subject or ""))
                    self.assertEqual(rows.filtered("raw").mapped("state"), ["ticket"] * 4)
                    failed = self._rows().filtered(lambda row: row.reason_kind == "fetch")[-1:]
                    self.assertEqual((failed.state, failed.active, failed.attempts), ("quarantined", True, 3))
                    self.assertTrue(failed.reason)
                    self._check_later(box, failed, f"Broken no. {name} 1")

    def _check_later(self, box, failed, subject):
        """A later run that can fetch the mail makes of it what it is, and dismisses the failure."""
        box.trouble.clear()
        self.assertIsNone(self._fetch(box))
        self.assertEqual(box.left, [])
        self.assertEqual((failed.active, failed.activity_ids.ids), (False, []))
        found = self._rows("ticket").filtered(lambda row: row.subject == subject)
        self.assertEqual(len(found), 1)

    def test_many_mails_that_fail_stop_no_other_one(self):
        for kind, trouble, count in (("pop", "refuse", MAX_NEW_FAILURES + 2), ("imap", "cut", 2 * MAX_BREAKS + 2)):
            with self.subTest(kind=kind, trouble=trouble):
                bad = range(1, count + 1)
                box = self._box(
                    kind, [mail(f"{kind}{number}") for number in range(count + 3)], dict.fromkeys(bad, trouble)
                )
                self._fetch(box, times=3)
                self.assertEqual(box.left, list(bad))
                failed = self._rows().filtered(lambda row: row.reason_kind == "fetch")
                self.assertEqual(len(failed), count)
                failed.unlink()

    def test_a_mail_that_fails_is_told_once_and_read_by_managers_only(self):
        box = self._box("pop", [mail(number) for number in range(4)], {1: "refuse", 2: "refuse"})
        self._fetch(box, times=2)
        failed = self._rows("quarantined")
        self.assertEqual(failed.mapped("subject"), ["Broken no. 0", "Broken no. 1"])
        self.assertEqual(len(failed.activity_ids), 1)
        self.assertEqual(failed.with_user(self.manager).mapped("reason_kind"), ["fetch", "fetch"])
        self.team.member_ids = self.seller
        self.assertFalse(self.mails.with_user(self.seller).search([("id", "in", failed.ids)]))
        with self.assertRaises(AccessError):
            failed[0].with_user(self.seller).action_dismiss()
        for action in ("action_retry", "action_make_complaint"):
            with self.assertRaisesRegex(UserError, "could not be fetched"):
                getattr(failed[0].with_user(self.manager), action)()
        failed[0].with_user(self.manager).action_dismiss()
        self._fetch(box)
        self.assertEqual(failed.mapped("active"), [False, True])
        self._run_intake()
        self.assertEqual(failed.mapped("state"), ["quarantined", "quarantined"])

    def test_a_mail_that_another_session_deleted_is_no_failure(self):
        for kind in KINDS:
            with self.subTest(kind):
                box = self._box(kind, [mail(f"{kind}{number}") for number in range(3)])
                process = type(self.env["mail.thread"]).message_process

                def delete(thread, *args, process=process, box=box, **options):
                    box.mails.pop(2, None)
                    return process(thread, *args, **options)

                self.patch(type(self.env["mail.thread"]), "message_process", delete)
                self.assertIsNone(self._fetch(box))
                self.assertEqual(box.left, [])
        self.assertEqual({row.state for row in self._rows()}, {"ticket"})

    def test_a_server_without_identifiers_is_fetched_from_all_the_same(self):
        mails = [mail("twin"), mail("twin"), mail("long", body="Ten bowls are broken." * 9), mail("last")]
        box = self._box("pop", mails, {3: "refuse"}, has_uidl=False)
        self._fetch(box, times=2)
        self.assertEqual(box.left, [3])
        states = self.mails.search([]).sorted("id").mapped("state")
        self.assertEqual(sorted(states), ["duplicate", "quarantined", "ticket", "ticket"])

    def test_a_connection_that_always_breaks_ends_the_run_not_the_scheduled_action(self):
        box = self._box("pop", [mail(number) for number in range(20)], dict.fromkeys(range(1, 21), "cut"))
        self.assertIsNotNone(self._fetch(box))
        self.assertLessEqual(box.sessions, 8)

    def test_what_cannot_be_stored_stays_in_the_mailbox(self):
        for kind in KINDS:
            with self.subTest(kind):
                box = self._box(kind, [mail(f"{kind}{number}") for number in range(3)])
                store = type(self.mails)._store_mail

                def fail(mails, raw, envelope, *args, store=store):
                    if envelope.subject.endswith("1"):
                        raise OSError("disk full")
                    return store(mails, raw, envelope, *args)

                patched = self.patch(type(self.mails), "_store_mail", fail)
                self.assertIsNone(patched)
                self.assertIsNone(self._fetch(box))
                self.assertEqual(box.left, [2])
                self.patch(type(self.mails), "_store_mail", store)
                self.assertIsNone(self._fetch(box))
                self.assertEqual(box.left, [])
        self.assertEqual(self._rows().mapped("state"), ["ticket"] * 6)
