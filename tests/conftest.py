"""How every test runs: Odoo's test classes outside the addon, no silent skip, no logged error left unexpected."""

import logging
import os
import sys

import freezegun
import pytest
from hypothesis import HealthCheck, settings

from odoo.tests import BaseCase
from odoo.tools import config as odoo_config

from devkit.paths import ROOT, STATE

freezegun.configure(extend_ignore_list=["_pytest.timing", "_pytest.runner", "_pytest.terminal"])

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

LOGGED = pytest.StashKey()
#: Reasons of skips that are allowed: something of the machine that a test uses where it is there.
MAY_BE_MISSING = "not installed: "
#: What Odoo says of a page that was still loading something when its test had passed and the browser was closed.
AFTER_THE_END = " received after termination: "


def pytest_addoption(parser):
    """Let a developer allow skipped tests."""
    parser.addoption("--allow-skip", action="store_true", help="a skipped test is no failure")
    parser.addoption("--full", action="store_true", help="the whole mail corpus instead of a share of it")
    parser.addoption("--flow-files", action="store_true", help="count the addon's files that each test executes")


def pytest_configure(config):
    """Give Odoo's test classes what the loader of an addon's own tests would give them."""
    if not (databases := os.environ.get("EXPO_TEST_DATABASES", "").split()):
        raise pytest.UsageError("run the tests with ./dev test (it takes pytest's arguments)")
    os.environ["EXPO_TEST_FULL"] = str(int(config.getoption("--full")))
    if worker := os.environ.pop("PYTEST_XDIST_WORKER", ""):  # else pytest-odoo would make yet another database
        name = databases[int(worker.removeprefix("gw"))]
        odoo_config["db_name"] = [name]
        odoo_config["dbfilter"] = f"^{name}$"
    BaseCase.test_tags = {"standard", "post_install"}
    BaseCase.test_module = "expo_followup"
    config.addinivalue_line("markers", "slow: takes more than ten seconds")


def pytest_collection_modifyitems(items):
    """Begin with tests that start processes of their own: they take longest, and none of them should be left alone.

    Where pytest-xdist shares the tests out, it does so in this order.
    """
    items.sort(key=lambda item: not hasattr(item.module, "clone_database"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    """Count the files of models, wizards and tools that a test executes, with ``--flow-files``."""
    if not item.config.getoption("--flow-files"):
        yield
        return
    files = set()
    folders = tuple(f"{ROOT}/expo_followup/{folder}/" for folder in ("models", "wizard", "tools"))

    def note(frame, event, _argument):
        if event == "call":
            files.add(frame.f_code.co_filename)

    sys.setprofile(note)
    yield
    sys.setprofile(None)
    ours = sorted(name.removeprefix(f"{ROOT}/expo_followup/") for name in files if name.startswith(folders))
    item.add_report_section("call", "files", f"{len(ours)} files of the addon\n" + "\n".join(ours))
    with open(STATE / f"flow-{item.name}.txt", "w", encoding="utf-8") as file:
        file.write(f"{len(ours)}\n" + "\n".join(ours) + "\n")


class _ErrorKeeper(logging.Handler):
    """Remembers every record of level ERROR and above."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.lines = []

    def emit(self, record):
        """Keep the record as text (its arguments may not outlive the test)."""
        if AFTER_THE_END not in record.getMessage():
            self.lines.append(self.format(record))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    """Collect errors that are logged while ``item`` runs, its set-up and tear-down included."""
    keeper = item.stash[LOGGED] = _ErrorKeeper()
    keeper.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logging.getLogger().addHandler(keeper)
    yield
    logging.getLogger().removeHandler(keeper)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A skip is a failure unless allowed; so is an error in Odoo's log that the test did not expect.

    A test expects one with ``self.assertLogs(logger, "ERROR")`` or ``odoo.tools.mute_logger(logger)``.
    """
    report = (yield).get_result()
    if report.skipped and not hasattr(report, "wasxfail") and not item.config.getoption("--allow-skip"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if MAY_BE_MISSING not in reason:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped, which counts as a failure: {reason}"
    keeper = item.stash[LOGGED]
    if keeper.lines and report.when == "teardown" and report.passed:
        report.outcome = "failed"
        report.longrepr = "errors were logged that the test did not expect:\n" + "\n".join(keeper.lines)
