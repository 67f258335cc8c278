"""Sixty letters through a real server that dies half-way: each arrives once (rules.md §8)."""

import contextlib
import threading
from unittest import TestCase

from tests.common_server import OdooServer, RefusingSmtp, SmtpSink, clone_database, evaluate, query, wait_until

COUNT = 60
MAKE_LETTERS = f"""
from datetime import date, timedelta
env["ir.config_parameter"].set_param("mail.default.from", "fair@ours.example")
today = date.today()
owner = env["res.users"].with_context(no_reset_password=True).create(
    {{"name": "Anna", "login": "anna", "email": "anna@ours.example",
      "group_ids": [(6, 0, [env.ref("sales_team.group_sale_salesman").id])]}}
)
show = env["expo.exhibition"].create(
    {{"name": "Fair", "date_begin": today - timedelta(days=4), "date_end": today - timedelta(days=1),
      "state": "running", "user_id": owner.id}}
)
partners = env["res.partner"].create(
    [{{"name": f"Customer {{n}}", "email": f"customer{{n}}@customer.example"}} for n in range({COUNT})]
)
env["expo.participation"].with_context(mail_auto_subscribe_no_notify=True).create(
    [{{"exhibition_id": show.id, "partner_id": partner.id, "user_id": owner.id}} for partner in partners]
)
show.close_show()
letters = env["expo.followup"].search([("mail_mail_id", "!=", False)])
letters.mail_mail_id.scheduled_date = False
# Only letters are counted here.
env["mail.mail"].search([("id", "not in", letters.mail_mail_id.ids)]).unlink()
env["ir.cron"].search([]).active = False
result = letters.mail_mail_id.mapped("message_id")
"""
TRY_AGAIN = """
env = env(user=env["res.users"].search([("login", "=", "anna")]))
failed = env["expo.followup"].search([("state", "=", "failed")])
result = [(failed.problem, failed.participation_id.activity_ids.user_id.login, len(failed))]
failed.action_retry()
"""
# One mail server and one customer per refusal; each customer's address holds a code that says the opposite.
REFUSE_LETTERS = """
letters = env["expo.followup"].search([("mail_mail_id", "!=", False)], order="id", limit=len(refusals))
for letter, (port, address) in zip(letters, refusals):
    letter.partner_id.email = address
    letter.mail_mail_id.mail_server_id = env["ir.mail_server"].create(
        {"name": f"{port}", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_user": "user451", "smtp_pass": "550"}
    )
env.cr.commit()
for mail in letters.mail_mail_id:
    try:
        mail.send(auto_commit=True)
    except Exception:
        env.cr.rollback()
result = letters.mapped(lambda letter: [letter.mail_state, letter.failure_count])
"""
STATES = "SELECT mail_state, count(*) FROM expo_followup WHERE mail_mail_id IS NOT NULL GROUP BY 1 ORDER BY 1"
QUEUE = "mail.ir_cron_mail_scheduler_action"


class TestLetterQueue(TestCase):
    """One server, one mail server, and what the database says after a power cut."""

    def _states(self, database):
        return dict(query(database, STATES))

    def test_sixty_letters_arrive_once_though_the_server_is_killed_half_way(self):
        in_hand, dead = threading.Event(), threading.Event()

        def stall(received):
            """Take the thirtieth message and say nothing until its sender is dead."""
            if received.number != 30:
                return None
            in_hand.set()
            dead.wait(60)
            return "451 4.3.0 interrupted"

        with clone_database() as database, SmtpSink(on_message=stall) as sink:
            expected = evaluate(database, MAKE_LETTERS)
            self.assertEqual(len(set(expected)), COUNT)
            with OdooServer(database, sink.port) as server:
                server.run_cron(QUEUE)
                self.assertTrue(in_hand.wait(60), server.log_text()[-3000:])
                server.kill()
                dead.set()
                cut_off = sink.attempts[29].message_id
                self.assertEqual(self._states(database), {"outgoing": 30, "sending": 1, "sent": 29})

                server.start()
                server.run_cron(QUEUE)
                sink.wait_for(COUNT - 1)
                wait_until(lambda: self._states(database) == {"sending": 1, "sent": 59}, "letters stay unsent")
                self.assertNotIn(cut_off, sink.message_ids)

                # A quarter of an hour later it is not being sent any more: a user decides.
                query(database, "UPDATE expo_followup SET claimed_on = claimed_on - interval '16 minutes'")
                server.run_cron("expo_followup.ir_cron_open")
                wait_until(lambda: self._states(database) == {"exception": 1, "sent": 59}, "the letter is not parked")
                [[problem, told, failed]] = evaluate(database, TRY_AGAIN)
                self.assertIn("Ask whether it arrived", problem)
                self.assertEqual((told, failed), ("anna", 1))

                server.run_cron(QUEUE)
                sink.wait_for(COUNT)
                wait_until(lambda: self._states(database) == {"sent": COUNT}, "the letter was not sent again")
                self.assertNotIn("processed no record", server.log_text())
                self.assertEqual(server.errors(), [])
        # The salesperson was told by mail too: that is no letter.
        arrived = [one.message_id for one in sink.messages if "List-Unsubscribe" in one.message]
        self.assertEqual(arrived[-1], cut_off)
        self.assertEqual(len(arrived), COUNT)
        self.assertEqual(sorted(arrived), sorted(expected))

    def test_a_full_mailbox_is_tried_again_and_a_wrong_address_is_shown(self):
        def refuse(received):
            recipient = received.recipients[0]
            if recipient.startswith("customer1@"):
                return "550 5.1.1 no such user"
            return "452 4.2.2 mailbox full" if recipient.startswith("customer2@") else None

        with clone_database() as database, SmtpSink(on_message=refuse) as sink:
            evaluate(database, MAKE_LETTERS)
            with OdooServer(database, sink.port) as server:
                server.run_cron(QUEUE)
                sink.wait_for(COUNT - 2)
                wait_until(
                    lambda: self._states(database) == {"exception": 1, "outgoing": 1, "sent": 58},
                    "letters unsettled",
                )
            [[reason]] = query(database, "SELECT failure_reason FROM expo_followup WHERE state = 'failed'")
            self.assertIn("no such user", reason)
            [[later, state]] = query(
                database,
                """SELECT mail.scheduled_date > now() AT TIME ZONE 'UTC', mail.state
                     FROM mail_mail mail JOIN expo_followup letter ON letter.mail_mail_id = mail.id
                    WHERE letter.mail_state = 'outgoing'""",
            )
            self.assertEqual((later, state), (True, "outgoing"))

    def test_letter_refused_at_any_step_is_judged_by_the_reply_code(self):
        steps = ("connect", "auth", "mail", "rcpt", "data")
        replies = ("451 4.3.0 user550, try later", "421 4.3.2 closing 550", "550 5.1.1 not 451", "554 5.0.0 no 421")
        cases = [(step, reply) for step in steps for reply in replies]
        cases += [(step, "") for step in steps]
        with clone_database() as database, contextlib.ExitStack() as stack:
            ports = [stack.enter_context(RefusingSmtp(**{step: reply})).port for step, reply in cases]
            names = ["451-smith" if reply.startswith("5") else "user550" for _step, reply in cases]
            refusals = [(port, f"{name}-{port}@customer.example") for port, name in zip(ports, names, strict=True)]
            evaluate(database, MAKE_LETTERS)
            # Core logs each failure as an error.
            told = evaluate(database, f"refusals = {refusals!r}\n{REFUSE_LETTERS}", check=False)
        for case, outcome in zip(cases, told, strict=True):
            with self.subTest(case):
                self.assertEqual(outcome, ["exception", 0] if case[1].startswith("5") else ["outgoing", 1])

    def test_an_outage_of_the_mail_server_loses_nothing(self):
        with clone_database() as database, SmtpSink() as sink:
            expected = evaluate(database, MAKE_LETTERS)
            sink.stop()
            with OdooServer(database, sink.port) as server:
                server.run_cron(QUEUE)
                waiting = "SELECT count(*) FROM expo_followup WHERE mail_state = 'outgoing' AND failure_count = 1"
                wait_until(lambda: query(database, waiting) == [(COUNT,)], "the outage was not noticed")
                sink.start()
                query(database, "UPDATE mail_mail SET scheduled_date = NULL WHERE state = 'outgoing'")
                server.run_cron(QUEUE)
                sink.wait_for(COUNT)
                wait_until(lambda: self._states(database) == {"sent": COUNT}, "letters stay unsent")
        self.assertEqual(sorted(sink.message_ids), sorted(expected))
