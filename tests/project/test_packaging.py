"""The wheel that setup.py builds holds the addon, all of it and nothing else."""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from email.parser import HeaderParser
from pathlib import Path
from unittest import TestCase
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[2]
ADDON = "expo_followup"
MANIFEST = ast.literal_eval((ROOT / ADDON / "__manifest__.py").read_text(encoding="utf-8"))

WHERE = """
from pathlib import Path
from odoo.tools import config
config.parse_config([])
from odoo.modules.module import Manifest
from odoo.addons import expo_followup
print(Manifest.for_addon("expo_followup").path, Path(expo_followup.__file__).parent)
"""


def tracked():
    """The addon's files that git tracks or would add, relative to the checkout."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", ADDON]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return {name for name in listed if (ROOT / name).is_file()}


class TestWheel(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        folder = Path(temporary.name)
        source = folder / "source"
        for name in (*tracked(), "setup.py", "pyproject.toml", "README.md"):
            if (ROOT / name).exists():
                (source / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, source / name)
        command = [
            sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation",
            "--wheel-dir", folder, source,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(f"the wheel was not built:\n{done.stdout}{done.stderr}")
        (cls.wheel,) = folder.glob("*.whl")
        with ZipFile(cls.wheel) as archive:
            cls.names = set(archive.namelist())
            (metadata,) = (name for name in cls.names if name.endswith(".dist-info/METADATA"))
            cls.metadata = HeaderParser().parsestr(archive.read(metadata).decode())

    def test_holds_the_addon_and_nothing_else(self):
        packed = {name for name in self.names if ".dist-info/" not in name}
        self.assertEqual(packed, {f"odoo/addons/{name}" for name in tracked()})

    def test_says_what_it_needs(self):
        needed = {line for line in self.metadata.get_all("Requires-Dist") if "extra ==" not in line}
        self.assertEqual(needed, set(MANIFEST["external_dependencies"]["python"]))
        self.assertEqual(self.metadata["Version"], MANIFEST["version"])
        self.assertIn(">=3.10", self.metadata["Requires-Python"])

    def test_odoo_finds_the_installed_addon(self):
        target = self.wheel.parent / "installed"
        command = [
            sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", target,
            self.wheel,
        ]  # fmt: skip
        subprocess.run(command, capture_output=True, check=True)
        environment = {**os.environ, "PYTHONPATH": str(target), "ODOO_RC": os.devnull}
        done = subprocess.run(
            [sys.executable, "-c", WHERE], cwd="/", env=environment, capture_output=True, text=True, check=False
        )
        self.assertEqual(done.stdout.split()[-2:], [str(target / "odoo" / "addons" / ADDON)] * 2, done.stderr)
