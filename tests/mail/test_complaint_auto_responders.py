"""Machines that answer each other, live: real mail servers, the gateway, and the acknowledgements of two companies."""

import contextlib
import queue
import xmlrpc.client
from collections import Counter
from email.utils import make_msgid, parseaddr
from unittest import TestCase

from tests.common_intake import write
from tests.common_server import OdooServer, SmtpSink, clone_database, evaluate, query, wait_until

#: A complaint team with an address for the first company, and for further ones.
MAKE_DESKS = """
for number, name in enumerate(names):
    company = env["res.company"].create({"name": f"Company {number}"}) if number else env.company
    domain = env["mail.alias.domain"].create({"name": name, "bounce_alias": "bounces", "catchall_alias": "all"})
    company.write({"alias_domain_id": domain.id, "email": f"office@{name}", "expo_complaint_auto_acknowledge": True})
    desk = env["expo.complaint.team"].search([("company_id", "=", company.id)], limit=1)
    desk = desk or env["expo.complaint.team"].create({"name": "Complaints", "company_id": company.id})
    desk.write({"alias_name": "complaints", "alias_domain_id": domain.id})
env["ir.cron"].search([]).active = False
env["mail.mail"].search([]).unlink()
"""
ONE, TWO, FAR = "complaints@one.example", "complaints@two.example", "complaints@far.example"
ROBOT = "robot@shop.example"
INTAKE, QUEUE = "expo_followup.ir_cron_incoming_mail", "mail.ir_cron_mail_scheduler_action"
LEFT = """SELECT (SELECT count(*) FROM expo_incoming_mail WHERE state = 'waiting' OR ack_state = 'due')
               + (SELECT count(*) FROM mail_mail WHERE state = 'outgoing')"""
#: More turns than this are no exchange that ends.
TURNS = 20


class Post:
    """Carries each mail from the mail server to the gateway of its desk, or to a robot that answers whatever it gets.

    :param servers: the `OdooServer` of each desk, by its address
    """

    def __init__(self, sink, servers):
        self.servers, self.carried, self.arrived = servers, Counter(), queue.SimpleQueue()
        sink.on_message = self.arrived.put

    def send(self, sender, to, **headers):
        """Write a mail and give it to the gateway."""
        self._hand_over(sender, to, write(sender, to, Message_ID=make_msgid(domain="written.example"), **headers))

    def _hand_over(self, sender, to, raw):
        self.carried[sender, to] += 1
        self.servers[to].call("admin", "mail.thread", "message_process", False, xmlrpc.client.Binary(raw))

    def _carry(self, received):
        [to] = received.recipients
        sender = parseaddr(str(received.message["Reply-To"] or received.message["From"]))[1]
        if to in self.servers:
            self._hand_over(sender, to, received.raw)
            return
        self.carried[sender, to] += 1
        if to == ROBOT:
            # It says in no way that it is a machine, nor what it answers.
            self.send(ROBOT, sender, subject="We are closed")

    def carry_all(self):
        """Carry mails until none comes any more; return how many went from whom to whom."""
        for _turn in range(TURNS):
            for server in {*self.servers.values()}:
                for xmlid in (INTAKE, QUEUE):
                    server.run_cron(xmlid)
                wait_until(lambda server=server: query(server.database, LEFT) == [(0,)], "mails are left")
            # A mail that is marked as sent has arrived.
            if self.arrived.empty():
                return self.carried
            while not self.arrived.empty():
                self._carry(self.arrived.get())
        raise AssertionError(f"they do not fall silent: {self.carried}")


class TestComplaintAutoResponders(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack = contextlib.ExitStack()
        cls.addClassCleanup(stack.close)
        sink, servers = stack.enter_context(SmtpSink()), {}
        for desks in ((ONE, TWO), (FAR,)):
            database = stack.enter_context(clone_database())
            names = [desk.partition("@")[2] for desk in desks]
            evaluate(database, f"names = {names!r}\n{MAKE_DESKS}")
            servers |= dict.fromkeys(desks, stack.enter_context(OdooServer(database, sink.port)))
        cls.post = Post(sink, servers)

    def setUp(self):
        super().setUp()
        self.post.carried.clear()

    def test_two_desks_that_acknowledge_send_one_mail_each_way(self):
        # As if a user there had written from the address of the desk.
        self.post.send(FAR, ONE)
        self.assertEqual(self.post.carry_all(), {(FAR, ONE): 1, (ONE, FAR): 1})

    def test_desk_of_another_company_of_ours_is_not_acknowledged(self):
        self.post.send(TWO, ONE)
        self.assertEqual(self.post.carry_all(), {(TWO, ONE): 1})

    def test_desk_and_machine_that_answers_everything_send_one_mail_each_way_for_each_company(self):
        self.post.send(ROBOT, ONE, subject="Our new prices")
        # Its first mail, one acknowledgement, and its one answer to that.
        self.assertEqual(self.post.carry_all(), {(ROBOT, ONE): 2, (ONE, ROBOT): 1})
        self.post.send(ROBOT, TWO, subject="Our new prices")
        expected = {(ROBOT, ONE): 2, (ONE, ROBOT): 1, (ROBOT, TWO): 2, (TWO, ROBOT): 1}
        self.assertEqual(self.post.carry_all(), expected)
