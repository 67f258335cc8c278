"""Runs inside an Odoo process: the scheduled actions of the addon, whole, killed again and again, or two at once.

``python inside_actions.py ODOO_ARGS… -- MODE``. ``scene`` makes work for every action. ``whole`` runs each action once,
``killed`` lets it die at its first commit, then at its second, until it comes to its end; ``together`` runs it in two
processes at once. Afterwards every action runs once more. What is in the database after each action is printed as one
line of JSON, told by names instead of ids, so that the modes can be compared. ``ticks`` runs each action as the
scheduler does when the time of a tick is used up, and prints how often its method was called in each tick.
"""

import json
import os
import re
import signal
import sys
import time
import traceback
from collections import Counter

from freezegun import freeze_time

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.service import server
from odoo.tools import SQL, config

#: Every batch is small, so that each action has several to commit.
BATCH = 2
#: The day of the scene's work.
NOW = "2026-05-06 08:00:00"
MARK = "FACTS:"
MODULES = (
    "mixins.job", "customer.abc_change", "mail.incoming_mail", "participation.participation",
    "capture.capture_entry", "capture.importer",
)  # fmt: skip
#: Made by other addons for records of ours.
OTHERS = ("mail.activity", "mail.message", "mail.mail", "crm.lead", "res.partner", "calendar.event", "rating.rating")
#: Differs from run to run: what the database counts, signs or numbers; how a mail fares is not the action's.
UNSTABLE = re.compile(
    r"token|key$|^(create_uid|write_uid|create_date|write_date|message_id|reference|references|in_reply_to|salt|unsubscribe|headers)$"
)
NUMBERED = {"expo.complaint": "subject", "mail.message": "subject", "mail.mail": "subject"}
KINDS = ("char", "selection", "boolean", "date", "many2one")
#: Of these only whether there is something.
FILLED = ("datetime", "text", "html", "binary")


class World:
    """One database, and the processes that work on it."""

    def __init__(self, database):
        self.registry = Registry(database)

    def call(self, work):
        """Do something in this process and leave no connection open."""
        with self.registry.cursor() as cr:
            result = work(api.Environment(cr, SUPERUSER_ID, {}))
            cr.commit()
        sql_db.close_all()
        return result

    def fork(self, work, prepare=None):
        """Start a process of its own that does something; return its id."""
        sys.stdout.flush()
        if child := os.fork():
            return child
        status = 1
        try:
            if prepare:
                prepare()
            self.call(work)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)

    def get_actions(self):
        """The names of all scheduled actions of the addon, in the order of their ids."""

        def find(env):
            known = env["ir.model.data"].search([("module", "=", "expo_followup"), ("model", "=", "ir.cron")])
            return [data.name for data in known.sorted("res_id")]

        return self.call(find)


def end_of(child):
    """Wait for a process; return its exit status, negative for a signal."""
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def trigger(name):
    """Return what runs an action as the scheduler does."""

    def work(env):
        # What dies three times without a result misses a turn, and a mail that dies three times is held: tested
        # elsewhere. Here they die more often.
        env["ir.cron.progress"].search([]).unlink()
        env["expo.incoming.mail"].search([]).attempts = 1
        env.cr.commit()
        answer = env.ref(f"expo_followup.{name}").method_direct_trigger()
        assert answer is True, answer

    return work


def run_beside(name):
    """Return what runs an action's code without the scheduler's lock on it, as a second worker would."""

    def work(env):
        env.ref(f"expo_followup.{name}").ir_actions_server_id.run()
        env.cr.commit()

    return work


def dies_at(number):
    """Return what lets this process die at its ``number``-th commit of work done.

    An odd one is still made, an even one is not.
    """

    def prepare():
        commits, worked = 0, False
        commit, execute = sql_db.Cursor.commit, sql_db.Cursor.execute

        def note_work(cursor, query, *args, **options):
            nonlocal worked
            text = query.code if isinstance(query, SQL) else str(query)
            # What the scheduler notes for itself is no work.
            worked = worked or bool(re.match(r"\s*(INSERT|UPDATE|DELETE|WITH)", text) and "ir_cron" not in text)
            return execute(cursor, query, *args, **options)

        def die(cursor):
            nonlocal commits, worked
            cursor.flush()
            commits, worked = commits + worked, False
            if commits < number:
                return commit(cursor)
            if number % 2:
                # What is to follow a commit, such as sending its mails, does not happen.
                cursor._cnx.commit()
            return os.kill(os.getpid(), signal.SIGKILL)

        sql_db.Cursor.commit, sql_db.Cursor.execute = die, note_work

    return prepare


def starts_at(moment):
    """Return what lets processes begin together, and pause before each commit so that they meet."""

    def prepare():
        commit = sql_db.Cursor.commit

        def pause(cursor):
            cursor.flush()
            time.sleep(0.02)
            return commit(cursor)

        sql_db.Cursor.commit = pause
        time.sleep(max(moment - time.time(), 0))

    return prepare


def get_facts(env):
    """Return all rows of our models and of what other addons keep for them, each told by names, as a sorted list."""
    ours = [name for name in env.registry if name.startswith("expo.")]
    facts = Counter()
    for name in sorted([*ours, *OTHERS]):
        model = env[name].sudo().with_context(active_test=False)
        if model._abstract or model._transient or not model._auto:
            continue
        fields = [
            field
            for field in model._fields.values()
            if field.store and field.type in (*KINDS, *FILLED) and not UNSTABLE.search(field.name)
        ]
        if name in ("mail.message", "mail.mail"):
            wanted = {"model", "author_id", "subtype_id", "subject", "message_type", "record_name", "recipient_ids"}
            fields = [field for field in fields if field.name in wanted]
        for record in model.search([]):
            row = [tell(record, field) for field in fields]
            facts[f"{name}: {', '.join(text for text in row if text)}"] += 1
    return [f"{number} × {fact}" for fact, number in sorted(facts.items())]


def tell(record, field):
    """Return what a field says, as ``name=value``; empty when it says nothing, or a number of the database's."""
    value = record[field.name]
    if field.type in FILLED:
        return f"{field.name} filled" if value else ""
    if field.type == "many2one" and value:
        value = value[NUMBERED[value._name]] if value._name in NUMBERED else value.display_name
    if not value or (field.name == "name" and record._name in NUMBERED):
        return ""
    # Numbers of complaints have gaps after a rollback.
    return f"{field.name}={re.sub(r'C[0-9]{4}-[0-9]+', '#', str(value))}"


def play(world, mode):
    """Run every action in the given way, then each once more; return the facts after each."""
    played = {"": {"facts": world.call(get_facts), "deaths": 0}}
    for name in world.get_actions():
        deaths, ends = 0, []
        if mode == "killed":
            while (end := end_of(world.fork(trigger(name), dies_at(deaths + 1)))) == -signal.SIGKILL:
                deaths += 1
            ends = [end]
        elif mode == "together":
            beginning = starts_at(time.time() + 0.3)
            children = [world.fork(run_beside(name), beginning) for _number in range(2)]
            ends = [end_of(child) for child in children]
        ends.append(end_of(world.fork(trigger(name))))
        assert not any(ends), (name, ends)
        played[name] = {"facts": world.call(get_facts), "deaths": deaths}
    # What one left to another that had run before it; then there is nothing left.
    for turn in ("settled", "again") if mode == "whole" else ():
        for name in world.get_actions():
            assert not end_of(world.fork(trigger(name))), name
        played[turn] = {"facts": world.call(get_facts), "deaths": 0}
    return played


def count_calls(world):
    """Run each action tick by tick, with no time left for more than its share; return its calls in each tick."""
    from odoo.addons.base.models import ir_cron

    played = {}
    for name in world.get_actions():

        def tick(env, name=name):
            cron = env.ref(f"expo_followup.{name}")
            cron.method_direct_trigger()

        def look(env, name=name):
            cron = env.ref(f"expo_followup.{name}")
            calls = env["ir.cron.progress"].search_count([("cron_id", "=", cron.id)])
            more = env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id), ("call_at", "<=", env.cr.now())])
            return calls, bool(more)

        ir_cron.MIN_TIME_PER_JOB, calls, before, more = 0, [], 0, True
        while more and len(calls) < 20:
            world.call(tick)
            total, more = world.call(look)
            calls.append(total - before)
            before = total
        ir_cron.MIN_TIME_PER_JOB, facts = 10, world.call(get_facts)
        world.call(tick)
        played[name] = {"calls": calls, "facts": facts, "more": world.call(get_facts)}
    return played


def main(args):
    """Play the mode that is named after ``--`` and print its facts."""
    split = args.index("--")
    [mode] = args[split + 1 :]
    config.parse_config(args[:split], setup_logging=True)
    server.load_server_wide_modules()
    world = World(config["db_name"][0])
    sys.path.insert(0, os.path.dirname(__file__))
    if mode == "scene":
        from actions_scene import make_scene

        world.call(make_scene)
        return 0
    set_batches()
    with freeze_time(NOW, tick=True):
        result = count_calls(world) if mode == "ticks" else play(world, mode)
    sys.stdout.write(f"{MARK}{json.dumps(result)}\n")
    sys.stdout.flush()
    return 0


def set_batches():
    """Let all batches be small."""
    from importlib import import_module

    for name in MODULES:
        module = import_module(f"odoo.addons.expo_followup.models.{name}")
        for constant in ("BATCH_SIZE", "FORGET_BATCH"):
            if hasattr(module, constant):
                setattr(module, constant, BATCH)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
