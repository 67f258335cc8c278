"""Builds the addon as a Python package: ``pip install .`` puts it where an installed Odoo finds its add-ons."""

import ast
import shutil
from pathlib import Path

from setuptools import setup

ADDON = "expo_followup"
HERE = Path(__file__).resolve().parent
FOLDER = HERE / ADDON
#: Written while working, of no use in an installed package.
SKIPPED = {"__pycache__", ".pytest_cache", ".ruff_cache"}

manifest = ast.literal_eval((FOLDER / "__manifest__.py").read_text(encoding="utf-8"))
shutil.rmtree(HERE / "build", ignore_errors=True)  # setuptools would pack what an earlier build left there


def files():
    """Every file of the addon, relative to its folder."""
    found = (path.relative_to(FOLDER) for path in sorted(FOLDER.rglob("*")) if path.is_file())
    return [
        path.as_posix()
        for path in found
        if path.suffix != ".pyc" and not any(part in SKIPPED or part.startswith(".") for part in path.parts)
    ]


setup(
    name=f"odoo-addon-{ADDON.replace('_', '-')}",
    version=manifest["version"],
    description=manifest["summary"],
    long_description=(HERE / "README.md").read_text(encoding="utf-8") if (HERE / "README.md").exists() else "",
    long_description_content_type="text/markdown",
    author=manifest["author"],
    license=manifest["license"],
    packages=[f"odoo.addons.{ADDON}"],
    package_dir={f"odoo.addons.{ADDON}": ADDON},
    package_data={f"odoo.addons.{ADDON}": files()},
    python_requires=">=3.10,<3.14",
    install_requires=manifest["external_dependencies"]["python"],
    # Not required outright: Odoo mostly comes as a system package or a checkout, which pip does not see.
    extras_require={
        "odoo": ["odoo>=19.0,<19.1", "psycopg2>=2.9.9"],
        "test": ["aiosmtpd>=1.4.6", "freezegun>=1.5", "hypothesis>=6.100", "pytest>=8", "pytest-odoo>=2.3"],
    },
    zip_safe=False,
    classifiers=[
        "Framework :: Odoo",
        "Framework :: Odoo :: 19.0",
        "License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)",
        "Programming Language :: Python :: 3",
    ],
)
