"""Every scheduled action in real processes: killed at each of its commits, two at once, tick by tick.

``inside_actions.py`` plays, ``actions_scene.py`` makes the work. An action of the addon without work there fails here.
"""

import contextlib
import json
import subprocess
import threading
import unittest
from itertools import pairwise
from pathlib import Path

from devkit.paths import ROOT, STATE
from tests.common_server import SmtpSink, clone_database, templates

INSIDE = Path(__file__).with_name("inside_actions.py")
MARK = "FACTS:"
MODES = ("whole", "killed", "together", "ticks")
#: Never more calls of an action in one tick of the scheduler.
CALLS = 20


def play(database, mode, smtp_port):
    """Run ``inside_actions.py`` on a database to its end; return what it printed as JSON."""
    odoo = templates().odoo
    config = STATE / f"odoo-actions-{database}.conf"
    odoo.write_config(
        config,
        smtp_server="127.0.0.1",
        smtp_port=smtp_port,
        max_cron_threads=0,
        log_level="error",
        # To come second is no error.
        log_handler="odoo.sql_db:CRITICAL",
    )
    try:
        done = subprocess.run(
            odoo.command("-d", database, "--", mode, program=INSIDE), env=odoo.environment(config), text=True, cwd=ROOT,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    finally:
        config.unlink(missing_ok=True)
    lines = done.stdout.splitlines()
    found, told = [[line for line in lines if line.startswith(MARK) is is_found] for is_found in (True, False)]
    if done.returncode or any(" ERROR " in line for line in told):
        raise AssertionError("\n".join([f"{mode} failed ({done.returncode}):", *told[-100:]]))
    return json.loads(found[-1].removeprefix(MARK)) if found else None


class TestKilledActions(unittest.TestCase):
    """One scene, one clone of it for each mode, all modes side by side."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.played, cls.letters = {}, {}
        with contextlib.ExitStack() as stack:
            scene = stack.enter_context(clone_database())
            play(scene, "scene", 9)
            threads = []
            for mode in MODES:
                database = templates().clone(scene, "own")
                stack.callback(templates().databases.drop, database)
                sink = stack.enter_context(SmtpSink())
                threads.append(threading.Thread(target=cls._play, args=(database, mode, sink)))
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    @classmethod
    def _play(cls, database, mode, sink):
        try:
            cls.played[mode] = play(database, mode, sink.port)
        except AssertionError as error:
            cls.played[mode] = error
        cls.letters[mode] = sink.message_ids

    def _get(self, mode):
        if isinstance(self.played[mode], AssertionError):
            raise self.played[mode]
        return self.played[mode]

    def _assert_same(self, wanted, found):
        lost, twice = sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))
        if lost or twice:
            self.fail("\n".join(["lost:", *lost[:10], "made twice:", *twice[:10]]))

    def _assert_as_in_one_go(self, mode):
        whole, other = self._get("whole"), self._get(mode)
        for name, expected in list(whole.items())[:-2]:
            with self.subTest(action=name):
                self._assert_same(expected["facts"], other[name]["facts"])
        self.assertEqual(len(self.letters[mode]), len(set(self.letters[mode])), "a mail left twice")

    def test_every_action_has_work_to_be_killed_in(self):
        played = list(self._get("whole").items())
        for (_before, earlier), (name, later) in pairwise(played[:-2]):
            with self.subTest(action=name):
                self.assertNotEqual(earlier["facts"], later["facts"], "make work for it in actions_scene.py")
                self.assertGreaterEqual(self._get("killed")[name]["deaths"], 2, "killed in the middle of its batches")

    def test_run_once_more_changes_nothing(self):
        *_earlier, last, again = self._get("whole").values()
        self._assert_same(last["facts"], again["facts"])

    def test_action_killed_at_each_commit_loses_nothing_and_does_nothing_twice(self):
        self._assert_as_in_one_go("killed")

    def test_two_workers_at_once_lose_nothing_and_do_nothing_twice(self):
        self._assert_as_in_one_go("together")

    def test_backlog_is_worked_off_tick_by_tick_with_few_calls_each(self):
        for name, ticks in self._get("ticks").items():
            with self.subTest(action=name):
                self.assertLessEqual(max(ticks["calls"]), CALLS)
                self._assert_same(ticks["facts"], ticks["more"])
