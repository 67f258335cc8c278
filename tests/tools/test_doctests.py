"""The examples in the docstrings of tools/ are true."""

import doctest
import importlib
import pkgutil

import pytest

from odoo.addons.expo_followup import tools

MODULES = sorted(info.name for info in pkgutil.iter_modules(tools.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_every_example_runs_as_written(name):
    module = importlib.import_module(f"{tools.__name__}.{name}")
    failed, attempted = doctest.testmod(module)
    assert attempted, f"{name} has no example"
    assert not failed
