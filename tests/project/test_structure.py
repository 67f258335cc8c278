"""The rules of structure fail on a planted violation, and say what to do instead."""

import ast
import tempfile
from pathlib import Path
from unittest import TestCase

from devkit import structure

CLASS = """
class ExpoThing(models.Model):
    _name = "expo.thing"
    _inherit = ["expo.thing.money", "mail.thread"]

    def write(self, vals):
        return super().write(vals)
"""
PART = """
class ExpoThingMoney(models.AbstractModel):
    _name = "expo.thing.money"

    def _update_total(self):
        return 1
"""


class TestStructure(TestCase):
    def _find(self, **files):
        sources = {}
        for name, text in files.items():
            path = f"expo_followup/models/room/{name}.py"
            sources[path] = (text, ast.parse(text))
        checks = (
            structure.check_structure,
            structure.check_state,
            structure.check_names,
            structure.check_scheduled_actions,
        )
        return [finding for check in checks for finding in check(sources)]

    def _kinds(self, **files):
        return [finding.kind for finding in self._find(**files)]

    def test_class_with_a_part_is_clean(self):
        self.assertEqual(self._find(thing=CLASS, money=PART), [])

    def test_class_continued_in_another_file_is_found(self):
        more = (
            'class More(models.Model):\n    _inherit = "expo.thing"\n\n    def action_pay(self):\n        return True\n'
        )
        found = self._find(thing=CLASS, money=PART, more=more)
        self.assertEqual([finding.kind for finding in found], ["continued"])
        self.assertIn("put it into the one class of expo.thing", found[0].text)

    def test_class_continued_in_a_list_with_its_name_is_found(self):
        more = 'class More(models.Model):\n    _name = "expo.thing"\n    _inherit = ["expo.thing", "expo.job.mixin"]\n'
        self.assertEqual(self._kinds(thing=CLASS, money=PART, more=more), ["continued"])

    def test_method_in_class_and_part_is_found(self):
        twice = CLASS + "\n    def _update_total(self):\n        return 2\n"
        self.assertEqual(self._kinds(thing=twice, money=PART), ["overrides"])

    def test_part_with_write_is_found(self):
        writing = PART + "\n    def unlink(self):\n        return super().unlink()\n"
        self.assertEqual(self._kinds(thing=CLASS, money=writing), ["parts"])

    def test_sixth_part_is_found(self):
        parts = [f"expo.thing.p{n}" for n in range(6)]
        text = f'class T(models.Model):\n    _name = "expo.thing"\n    _inherit = {parts!r}\n'
        text += "".join(f'class P{n}(models.AbstractModel):\n    _name = "{name}"\n' for n, name in enumerate(parts))
        self.assertEqual(self._kinds(thing=text), ["parts"])

    def test_mixin_of_several_models_may_be_overridden(self):
        method = "    def _run_guarded(self):\n        return 1\n"
        mixin = f'class Job(models.AbstractModel):\n    _name = "expo.job"\n\n{method}'
        user = (
            'class {0}(models.Model):\n    _name = "expo.{0}"\n    _inherit = ["expo.job"]\n\n'
            "    def _run_guarded(self):\n        return super()._run_guarded()\n"
        )
        self.assertEqual(self._kinds(job=mixin, one=user.format("one"), two=user.format("two")), [])

    def test_hidden_state_is_found(self):
        for text, kind in (
            ("HERE = threading.local()\n", "state"),
            ("def f():\n    threading.current_thread().expo_x = 1\n", "state"),
            ('KEY = "expo_x"\ndef f(self):\n    return self.with_context(**{KEY: 1})\n', "context"),
            ('KEY = "expo_x"\ndef f(self):\n    return self.env.context.get(KEY)\n', "context"),
            ("def f():\n    global COUNT\n    COUNT = 1\n", "state"),
            ("def f():\n    return modules.module.current_test\n", "state"),
            ("def f(self):\n    return self.with_context(expo_quiet=True)\n", "context"),
            ('def f(self):\n    return self.env.context.get("expo_quiet")\n', "context"),
            ('def f(self):\n    return self.env.context["expo_quiet"]\n', "context"),
        ):
            with self.subTest(text=text):
                self.assertEqual(self._kinds(thing=text), [kind])

    def test_method_that_is_a_verb_alone_is_found(self):
        text = 'class T(models.Model):\n    _name = "expo.thing"\n\n    def _take(self):\n        return 1\n'
        self.assertEqual(self._kinds(thing=text), ["names"])

    def test_scheduled_action_with_an_unguarded_call_is_found(self):
        head = 'class T(models.Model):\n    _name = "expo.thing"\n\n    def _cron_work(self):\n        """Work."""\n'
        for line, kinds in (
            ("run_step(self, lambda things: things._sync_lists())", []),
            ('self.env["expo.other"]._run_job([("a", "=", 1)], lambda batch: batch._work_off(), batch_size=5)', []),
            ('self.env["expo.other"]._cron_clocks()', []),
            ("self._sync_lists()", ["cron"]),
            ("self._run_job(self._get_domain(), lambda batch: batch._work_off())", ["cron"]),
            ("todo = self.search([])", ["cron"]),
            ("self.search([]).state = 'done'", ["cron"]),
            ("for thing in self:\n            run_step(thing, lambda one: one._sync_lists())", ["cron"]),
        ):
            with self.subTest(line=line):
                self.assertEqual(self._kinds(thing=f"{head}        {line}\n"), kinds)

    def test_view_that_extends_an_own_view_is_found(self):
        view = '<record id="{}" model="ir.ui.view"><field name="inherit_id" ref="{}" />{}</record>'
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "expo_followup" / "views"
            path.mkdir(parents=True)
            (path / "a.xml").write_text(
                view.format("a", "b", "")
                + view.format("c", "expo_followup.b", "")
                + view.format("d", "sale.view", "")
                + view.format("e", "b", '<field name="mode">primary</field>')
            )
            found = list(structure.check_views(folder))
        self.assertEqual([finding.text.split(" ")[0] for finding in found], ["a", "c"])

    def test_report_counts_the_present_checkout(self):
        counts = structure.count_structure()
        self.assertGreater(counts["model files"], 50)
        self.assertGreater(counts["lines of Python in the addon"], 10_000)
