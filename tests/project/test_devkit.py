"""The parts of ./dev that can be shown without starting anything."""

import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from unittest import TestCase
from unittest.mock import patch

import polib

from devkit import apt, base, bench, i18n, lint_rules, odoo, pg, source, system, templates, test, venv
from tests.common_server import wait_until

ROOT = Path(__file__).resolve().parents[2]


def _is_zombie(pid):
    """Whether a process has ended and only waits to be noticed by its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


class FolderCase(TestCase):
    def setUp(self):
        super().setUp()
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def _file(self, name, text=""):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


class TestBase(FolderCase):
    def test_a_failure_is_one_sentence_with_the_reason(self):
        script = "print('Reading lists'); print('E: Unable to fetch'); print('done'); raise SystemExit(3)"
        with self.assertRaisesRegex(base.DevError, r"^fetching failed: E: Unable to fetch$"):
            base.run([sys.executable, "-c", script], what="fetching")
        with self.assertRaisesRegex(base.DevError, "no-such-program is not installed"):
            base.run(["no-such-program"], what="fetching")

    def test_what_was_started_ends_with_its_starter(self):
        script = "import time; print('here', flush=True); time.sleep(60)"
        command = base.bound([sys.executable, "-c", script])
        starter = (
            f"import subprocess; child = subprocess.Popen({command!r}, stdout=subprocess.PIPE);"
            "child.stdout.readline(); print(child.pid, flush=True); child.wait()"
        )
        with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True) as process:
            child = int(process.stdout.readline())
            process.kill()
        wait_until(lambda: not templates._alive(child) or _is_zombie(child), "the child went on", seconds=10)

    def test_hash_follows_names_and_contents_but_not_leftovers(self):
        self._file("a.py", "1")
        first = base.digest_files(self.folder, templates.IGNORED)
        for name in ("__pycache__/a.cpython-311.pyc", ".a.py.swp", "a.py~", "sub/.hidden/x"):
            self._file(name, "leftover")
        self.assertEqual(base.digest_files(self.folder, templates.IGNORED), first)
        self._file("a.py", "2")
        second = base.digest_files(self.folder, templates.IGNORED)
        self._file("b.py")
        self.assertEqual(len({first, second, base.digest_files(self.folder, templates.IGNORED)}), 3)

    def test_a_written_file_is_never_half(self):
        path = self._file("config", "old")
        base.write_atomic(path, "new")
        self.assertEqual(path.read_text(), "new")
        self.assertEqual([one.name for one in self.folder.iterdir()], ["config"])

    def test_full_disk_is_said_beforehand(self):
        with self.assertRaisesRegex(base.DevError, "Odoo needs 99999999 MB of disk"):
            base.need_disk(self.folder, 99_999_999, what="Odoo")

    def test_the_second_waits_for_the_lock(self):
        path, order = self.folder / "lock", []

        def second():
            with base.lock(path, what="work"):
                order.append("second")

        with base.lock(path, what="work"):
            thread = threading.Thread(target=second)
            with patch.object(base, "say") as said:
                thread.start()
                while not said.called:
                    pass
            order.append("first")
        thread.join()
        self.assertEqual(order, ["first", "second"])


class TestSource(FolderCase):
    def _odoo(self, version):
        self._file("odoo/release.py", f"version_info = ({version}, 0, FINAL, 0, '')\n")
        return self.folder

    def test_series_of_a_checkout(self):
        self.assertEqual(source.series(self._odoo(19)), "19.0")
        self.assertIsNone(source.series(self.folder / "elsewhere"))

    def test_a_wrong_checkout_is_refused(self):
        with (
            patch.dict("os.environ", ODOO_SRC=str(self._odoo(18))),
            self.assertRaisesRegex(base.DevError, "is Odoo 18.0, not Odoo 19.0"),
        ):
            source.find_source()

    def test_the_mirror_is_the_one_of_this_release(self):
        listed = (
            "'http://mirror.example/debian-security/dists/bookworm-security/InRelease' a 0\n"
            "'http://mirror.example/debian/dists/bookworm-updates/InRelease' b 0\n"
            "'http://mirror.example/debian/dists/bookworm/InRelease' c 0\n"
        )
        with (
            patch.object(apt, "run", return_value=listed),
            patch.object(apt, "_os_release", return_value={"VERSION_CODENAME": "bookworm"}),
        ):
            self.assertEqual(apt.mirror(), "http://mirror.example/debian")

    def test_no_mirror_is_said(self):
        with patch.object(apt, "run", return_value=""), self.assertRaisesRegex(base.DevError, "no Debian archive"):
            apt.mirror()


class TestPython(TestCase):
    def test_too_old_and_too_new_are_refused(self):
        for version in ((3, 9), (3, 14)):
            with (
                patch.object(venv, "_probe", return_value=(version, "/usr/bin/python3")),
                self.assertRaisesRegex(base.DevError, f"found only 3.{version[1]}"),
            ):
                venv.find_python()

    def test_this_one_will_do(self):
        self.assertEqual(venv.find_python(), Path(venv._probe(sys.executable)[1]))


class TestPrograms(TestCase):
    def test_the_command_to_type_is_told(self):
        wanted = {"chromium": lambda: False, "fontconfig": lambda: True}
        with (
            patch.object(system, "root_command", return_value=None),
            self.assertRaisesRegex(base.DevError, r"Type: sudo apt-get install --no-install-recommends chromium$"),
        ):
            system.ensure_programs(wanted, required=True)


class TestServer(TestCase):
    def test_a_server_is_handed_to_child_processes(self):
        server = pg.Server("/tmp/socket", "5433", "odoo", "secret", Path("/usr/bin"), embedded=True)
        with patch.dict("os.environ", {pg.HANDLE: server.handle}):
            self.assertEqual(pg.server(pg.TEST), server)


class TestLog(FolderCase):
    def test_the_reason_is_the_exception(self):
        path = self._file(
            "log",
            "2026-01-01 00:00:00,000 1 INFO db odoo: fine\n"
            "2026-01-01 00:00:01,000 1 ERROR db odoo.registry: Failed to load registry \n"
            "Traceback (most recent call last):\n"
            '  File "x.py", line 1, in <module>\n'
            "ValueError: wrong view\n"
            "2026-01-01 00:00:02,000 1 INFO db odoo: bye\n",
        )
        self.assertEqual(odoo.first_error(path), "ValueError: wrong view")

    def test_a_log_without_errors(self):
        path = self._file("log", "2026-01-01 00:00:00,000 1 INFO db odoo: fine\nsome text\n")
        self.assertEqual(odoo.first_error(path, failed=False), "")
        self.assertEqual(odoo.first_error(path, failed=True), "some text")


class TestTemplates(TestCase):
    def test_a_held_template_is_not_dropped(self):
        name = "expo_test_of_holding"
        self.assertFalse(templates.held(name))
        with templates.use(name):
            self.assertTrue(templates.held(name))
        self.assertFalse(templates.held(name))


class TestSplit(TestCase):
    def test_demo_tests_run_by_themselves(self):
        (demo, arguments), *more = test.split(["-x", str(ROOT / "tests" / "project" / "test_devkit.py")])
        self.assertFalse(demo or more)
        self.assertEqual(arguments[0], "-x")

    def test_the_whole_is_shared_out_and_a_part_is_not_unless_told(self):
        some = str(ROOT / "tests" / "project" / "test_devkit.py")
        with patch.object(test.os, "sched_getaffinity", return_value=range(3)):
            self.assertEqual(test.processes(["-x"]), (["-x"], 3))
            self.assertEqual(test.processes(["-x", "--pdb"]), (["-x", "--pdb"], 1))
            self.assertEqual(test.processes(["-x", some]), (["-x", some], 1))
            self.assertEqual(test.processes(["-n", "2", "-x", some]), (["-x", some], 2))
            self.assertEqual(test.processes(["-n0", "-x"]), (["-x"], 1))
        with patch.object(test.os, "sched_getaffinity", return_value=range(64)):
            self.assertEqual(test.processes([])[1], test.MOST)
        with self.assertRaisesRegex(base.DevError, "-n takes the number"):
            test.processes(["-n", "many"])

    def test_processes_that_share_tests_have_a_database_each(self):
        self.assertIn("--numprocesses=2", test._sharing(["one", "two"]))
        self.assertEqual(test._sharing(["one"]), ["-p", "no:xdist"])


class TestTranslationFiles(FolderCase):
    def test_translations_are_kept_and_old_terms_go(self):
        terms = polib.POFile()
        for term in ("Show", "Tier"):
            terms.append(polib.POEntry(msgid=term, occurrences=[("addons/x.py", "0")]))
        path = self._file("zh_CN.po", 'msgid "Show"\nmsgstr "展会"\n\nmsgid "Old"\nmsgstr "旧"\n')
        file = i18n.merged(terms, i18n.known_translations([path]))
        self.assertEqual({entry.msgid: entry.msgstr for entry in file}, {"Show": "展会", "Tier": ""})
        i18n.write(file, path, "zh_CN")
        before = path.read_text(encoding="utf-8")
        i18n.write(i18n.merged(terms, i18n.known_translations([path])), path, "zh_CN")
        self.assertEqual(path.read_text(encoding="utf-8"), before)


class TestLintRules(FolderCase):
    def _check(self, name, text):
        self._file(name, text)
        with patch.object(lint_rules, "ROOT", self.folder):
            return lint_rules.own_checks([name])

    def test_shipped_record_without_forcecreate_is_found(self):
        name = "expo_followup/data/x.xml"
        text = '<odoo noupdate="1">\n<record id="x" model="utm.source"{}>\n</record>\n</odoo>\n'
        self.assertIn("lacks forcecreate", self._check(name, text.format("")))
        self.assertFalse(self._check(name, text.format(' forcecreate="False"')))
        self.assertFalse(self._check(name, text.format("").replace("utm.source", "ir.rule")))

    def test_registry_hosts(self):
        for name, end in (("pypi", "org"), ("registry.npmjs", "org"), ("ftp.debian", "org")):
            self.assertIn("registry host", self._check("README.md", f"see https://{name}.{end}/x\n"))
        self.assertFalse(self._check("README.md", "see https://www.odoo.com and pypi\n"))

    def test_translations(self):
        found = self._check("zh_CN.po", 'msgid "Show"\nmsgstr ""\n\n#, fuzzy\nmsgid "Tier"\nmsgstr "等级"\n')
        self.assertIn("no translation of 'Show'", found)
        self.assertIn("marked as unsure", found)

    def test_unwanted_word_in_a_translated_text_is_found(self):
        for text in ("Call him", "Nobody yet", "<b>His</b> words", "Whoever serves next"):
            with self.subTest(text=text):
                self.assertIn("the salesperson", self._check("a.pot", f'msgid "{text}"\nmsgstr ""\n'))
        self.assertFalse(
            self._check("a.pot", 'msgid "<p class=\\"his\\">The history of this shipment</p>"\nmsgstr ""\n')
        )

    def test_unwanted_word_in_any_text_file_is_found(self):
        for name, text in (
            ("a.py", "# Nobody comes.\n"),
            ("a.py", 'TEXT = "Call him"\n'),
            ("a.xml", "<!-- For whoever reads -->\n"),
            ("a.js", "// His contacts\n"),
            ("a.md", "# Guide\n\nHe answers.\n"),
            ("a.csv", "id,note\nx,Call him\n"),
            ("a.po", 'msgid "Call him"\nmsgstr "致电"\n'),
        ):
            with self.subTest(name=name, text=text):
                self.assertIn("the salesperson", self._check(name, text))
        for name, text in (
            ("a.xml", '<p class="his">They, this history, the</p>\n'),
            ("a.py", "def test_nobody_calls(): pass\n"),
        ):
            with self.subTest(name=name, text=text):
                self.assertFalse(self._check(name, text))

    def test_unwanted_word_is_allowed_where_a_file_has_to_name_it(self):
        self.assertFalse(self._check("docs/glossary.md", "Never: he, him, his.\n"))
        self.assertIn("Whoever", self._check("CONTRIBUTING.md", "Whoever reads this.\n"))
        for name, words in lint_rules.NAMED.items():
            with self.subTest(name=name):
                text = (ROOT / name).read_text(encoding="utf-8").lower()
                self.assertFalse({word for word in words if word not in text}, "allowed, but not needed")

    def test_unfinished_merges_and_line_ends(self):
        self.assertIn("unfinished merge", self._check("a.txt", "<" * 7 + " HEAD\n"))
        self.assertIn("line end", self._check("a.txt", "x"))


class TestCommands(TestCase):
    def test_bench_names_what_there_is(self):
        with self.assertRaisesRegex(base.DevError, "there is no benchmark nonsense"):
            bench.chosen(["nonsense"])

    def test_help_needs_nothing(self):
        done = subprocess.run(
            [sys.executable, ROOT / "dev", "--help"], capture_output=True, text=True, check=False,
            env={"PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("./dev odoo ARGS", done.stdout)
