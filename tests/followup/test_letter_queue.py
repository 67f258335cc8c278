"""Sixty letters through a real server that dies half-way: each arrives once (rules.md §8)."""

import contextlib
import threading
import time
from collections import Counter
from unittest import TestCase

import psycopg2

from devkit.base import DevError
from tests.common_server import (
    REFUSALS,
    OdooServer,
    RefusingSmtp,
    SmtpSink,
    clone_database,
    evaluate,
    interruption,
    query,
    wait_until,
)

COUNT = 60
MAKE_LETTERS = f"""
from datetime import date, timedelta
env["ir.config_parameter"].set_param("mail.default.from", "fair@ours.example")
today = date.today()
owner = env["res.users"].with_context(no_reset_password=True).create(
    {{"name": "Anna", "login": "anna", "password": "anna", "email": "anna@ours.example",
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
# A process that began before another one took two of its letters.
CLAIM_LATE = """
letters = env["expo.followup"].search([("mail_state", "=", "outgoing")])
with env.registry.cursor() as other:
    env(cr=other)["expo.followup"].browse(letters[:2].ids)._claim_letters()
result = [len(letters), len(letters[:1]._claim_letters()), len(letters._claim_letters())]
"""
# One mail server and one customer per refusal; each customer's address holds a code that says the opposite.
REFUSE_LETTERS = """
letters = env["expo.followup"].search([("mail_mail_id", "!=", False)], order="id", limit=len(refusals))
for letter, (port, address, encryption) in zip(letters, refusals):
    letter.partner_id.email = address
    letter.mail_mail_id.mail_server_id = env["ir.mail_server"].create(
        {"name": f"{port}", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_user": "user451", "smtp_pass": "550",
         "smtp_encryption": encryption}
    )
env.cr.commit()
now = env.cr.now()
for mail in letters.mail_mail_id:
    try:
        mail.send(auto_commit=True)
    except Exception:
        env.cr.rollback()
told = env["mail.activity"].search([("user_id", "=", env.ref("base.user_admin").id)]).mapped("summary")
result = letters.mapped(
    lambda letter: [
        letter.mail_state,
        letter.failure_count,
        letter.partner_id.message_bounce,
        sum(summary.endswith(letter.mail_mail_id.mail_server_id.name) for summary in told if summary),
        letter.mail_mail_id.state,
        bool(letter.mail_mail_id.scheduled_date and letter.mail_mail_id.scheduled_date > now),
    ]
)
"""
# What becomes of a letter: state, failures, whether the address is marked, how often the administrator is told.
WAITS = ["outgoing", 0, 0, 1, "outgoing", True]
LATER = ["outgoing", 1, 0, 0, "outgoing", True]
FAILS = ["exception", 0, 0, 0, "exception", False]
REFUSED = ["exception", 0, 1, 0, "exception", False]
OUTCOMES = {"server": WAITS, "later": LATER, "letter": FAILS, "address": REFUSED}
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

    def test_letters_that_another_process_has_taken_meanwhile_are_left_to_it(self):
        with clone_database() as database:
            evaluate(database, MAKE_LETTERS)
            self.assertEqual(evaluate(database, CLAIM_LATE), [COUNT, 0, COUNT - 2])

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

    def test_letter_refused_at_any_step_is_judged_by_step_and_reply_code(self):
        with clone_database() as database, contextlib.ExitStack() as stack:
            ports = [stack.enter_context(RefusingSmtp(**{step: reply})).port for step, reply in REFUSALS]
            names = ["451-smith" if reply.startswith("5") else "user550" for _step, reply in REFUSALS]
            refusals = [
                (port, f"{name}-{port}@customer.example", "starttls" if step == "starttls" else "none")
                for (step, _reply), port, name in zip(REFUSALS, ports, names, strict=True)
            ]
            evaluate(database, MAKE_LETTERS)
            # Core logs each failure as an error.
            told = evaluate(database, f"refusals = {refusals!r}\n{REFUSE_LETTERS}", check=False)
        for (case, whose), outcome in zip(REFUSALS.items(), told, strict=True):
            with self.subTest(case):
                self.assertEqual(outcome, OUTCOMES[whose])

    def test_mail_server_in_trouble_keeps_the_queue_waiting_and_tells_the_administrator_once(self):
        """No connection, then a sender that is refused, both longer than any letter is tried again; then it works."""
        refusals = ["553 5.7.1 not your address"]
        with clone_database() as database, SmtpSink(on_sender=lambda _address: next(iter(refusals), None)) as sink:
            expected = evaluate(database, MAKE_LETTERS)
            sink.stop()
            told = "SELECT summary FROM mail_activity WHERE active AND res_model IS NULL"
            waiting = """SELECT count(*) FROM expo_followup letter JOIN mail_mail mail ON mail.id = mail_mail_id
                          WHERE mail_state = 'outgoing' AND failure_count = 0 AND mail.state = 'outgoing'
                                AND mail.failure_type = 'mail_smtp' AND scheduled_date > now() AT TIME ZONE 'UTC'"""
            due = "UPDATE mail_mail SET scheduled_date = NULL, failure_type = NULL WHERE state = 'outgoing'"
            with OdooServer(database, sink.port) as server:
                for turn in range(12):
                    if turn == 6:
                        sink.start()
                    query(database, due)
                    server.run_cron(QUEUE)
                    wait_until(lambda: query(database, waiting) == [(COUNT,)], f"the letters do not wait ({turn})")
                    self.assertEqual(len(query(database, told)), 1)
                self.assertEqual(query(database, "SELECT count(*) FROM expo_followup WHERE state = 'failed'"), [(0,)])
                refusals.clear()
                query(database, due)
                server.run_cron(QUEUE)
                sink.wait_for(COUNT)
                wait_until(lambda: self._states(database) == {"sent": COUNT}, "letters stay unsent")
                self.assertEqual(query(database, told), [])
        self.assertEqual(sorted(sink.message_ids), sorted(expected))


class Troubles:
    """What a mail server does to sixty letters, by recipient at first, then by the count of messages that came.

    Customers 0 to 2 do not exist, of 3 to 5 the mailbox is full at the first try, the letter to 6 is refused as spam,
    and of 7 to 9 the connection is lost after the first try. During five messages the sender dies, or its database
    goes.
    """

    REFUSED = {0, 1, 2, 6}
    FULL, LOST = {3, 4, 5}, {7, 8, 9}
    #: After how many messages the server is killed during the next one, and in the end PostgreSQL restarts.
    BREAKS = (8, 16, 24, 32, 40)

    def __init__(self, database):
        self.database, self.server, self.sink = database, None, SmtpSink()
        self.sink.on_message, self.sink.on_recipient = self.answer, self.refuse
        self.tried, self.interrupted = Counter(), []

    def refuse(self, address):
        """Answer a recipient."""
        number = self._number_of(address)
        self.tried[address] += 1
        if number in (0, 1, 2):
            return "550 5.1.1 no such user"
        return "451 4.2.2 mailbox full" if number in self.FULL and self.tried[address] == 1 else None

    def answer(self, received):
        """Answer a message: every second sender that dies has delivered its letter."""
        [address] = received.recipients
        number = self._number_of(address)
        if number == 6:
            return "554 5.7.1 spam"
        if number in self.LOST and self.tried[address] == 1:
            return ""
        turn = len(self.interrupted)
        if number is None or turn == len(self.BREAKS) or received.number <= self.BREAKS[turn]:
            return None
        self.interrupted.append(received.message_id)
        if turn == len(self.BREAKS) - 1:
            with interruption(self.database, self.server):
                time.sleep(2)
            return None
        self.server.kill()
        self.server.start()
        return "451 4.3.0 interrupted" if turn % 2 else None

    def _number_of(self, address):
        name = address.partition("@")[0]
        return int(name.removeprefix("customer")) if name.startswith("customer") else None


class TestLetterTroubles(TestCase):
    """Everything that can go wrong with sixty letters in one go, on a server that is killed four times.

    The database is cut off instead of restarting PostgreSQL, which other tests use at the same time.
    """

    ROUNDS = 3
    LEFT = """SELECT count(*) FILTER (WHERE mail_state = 'sending'),
                     count(*) FILTER (WHERE mail_state = 'outgoing'
                                        AND coalesce(scheduled_date <= now() AT TIME ZONE 'UTC', true))
                FROM expo_followup letter JOIN mail_mail mail ON mail.id = mail_mail_id"""

    def _run_round(self, troubles, cut_off):
        """Let all letters be due, and the queue run until no letter is; it is woken again as by the next minute."""
        query(troubles.database, "UPDATE mail_mail SET scheduled_date = NULL WHERE state = 'outgoing'")
        woken = 0

        def is_over():
            nonlocal woken
            with contextlib.suppress(psycopg2.OperationalError, DevError):
                if time.monotonic() > woken + 2:
                    troubles.server.run_cron(QUEUE)
                    woken = time.monotonic()
                return query(troubles.database, self.LEFT) == [(len(cut_off), 0)]

        wait_until(is_over, lambda: f"letters are left: {query(troubles.database, self.LEFT)}", seconds=90)

    def _retry_interrupted(self, troubles):
        """A quarter of an hour later the salesperson sees what was interrupted, and sends it again."""
        query(troubles.database, "UPDATE expo_followup SET claimed_on = claimed_on - interval '16 minutes'")
        troubles.server.run_cron("expo_followup.ir_cron_open")
        sending = "SELECT count(*) FROM expo_followup WHERE mail_state = 'sending'"
        wait_until(lambda: query(troubles.database, sending) == [(0,)], "interrupted letters are not parked")
        failed = self._read_failed(troubles)
        ids = [row["id"] for row in failed if "Ask whether it arrived" in row["problem"]]
        troubles.server.call("anna", "expo.followup", "action_retry", ids)
        return len(ids)

    def _read_failed(self, troubles):
        """Return what the salesperson sees of the letters that failed."""
        fields = ["problem", "participation_id"]
        return troubles.server.call("anna", "expo.followup", "search_read", [("state", "=", "failed")], fields=fields)

    def test_sixty_letters_arrive_through_all_troubles_within_three_rounds(self):
        begun = time.monotonic()
        with clone_database() as database:
            troubles = Troubles(database)
            expected = evaluate(database, MAKE_LETTERS)
            # The port answers nothing yet.
            with OdooServer(database, troubles.sink.port) as troubles.server:
                self._run_round(troubles, [])
                self.assertEqual(dict(query(database, STATES)), {"outgoing": COUNT})
                with troubles.sink:
                    self._run_round(troubles, troubles.interrupted)
                    self.assertEqual(len(troubles.interrupted), len(troubles.BREAKS))
                    # A second outage sends none of the interrupted ones again by itself.
                    troubles.sink.stop()
                    self._run_round(troubles, troubles.interrupted)
                    troubles.sink.start()
                    self._run_round(troubles, troubles.interrupted)
                    retried = self._retry_interrupted(troubles)
                    for _round in range(self.ROUNDS):
                        self._run_round(troubles, [])
                told = self._read_failed(troubles)
                customers = [row["participation_id"][0] for row in told]
                activities = [("res_model", "=", "expo.participation"), ("res_id", "in", customers)]
                shown = troubles.server.call("anna", "mail.activity", "search_count", activities)
                states = dict(query(database, STATES))
        letters = [one for one in troubles.sink.attempts if "List-Unsubscribe" in one.message]
        arrived = Counter(one.message_id for one in letters if (one.reply or "").startswith("2"))
        twice = {name for name, count in arrived.items() if count > 1}

        self.assertEqual(retried, len(troubles.interrupted))
        self.assertEqual(states, {"sent": COUNT - len(troubles.REFUSED), "exception": len(troubles.REFUSED)})
        # Each letter keeps its one Message-ID at every try.
        ids = {}
        for one in letters:
            ids.setdefault(one.recipients[0], set()).add(one.message_id)
        self.assertEqual({len(names) for names in ids.values()}, {1})
        self.assertLessEqual(set(arrived), set(expected))
        # All that can be delivered is, twice at most what was interrupted, and no letter that was refused.
        self.assertEqual(len(arrived), COUNT - len(troubles.REFUSED))
        self.assertLessEqual(twice, set(troubles.interrupted))
        self.assertLessEqual(max(arrived.values()), 2)
        reasons = Counter("no such user" in row["problem"] for row in told)
        self.assertEqual((reasons, shown), ({True: 3, False: 1}, len(troubles.REFUSED)))
        self.assertLess(time.monotonic() - begun, 240)
