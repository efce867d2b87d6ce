"""Every benchmark can be begun: what runs by hand only would break unseen."""

import importlib
import pkgutil

import pytest

import benchmarks

MODULES = [module.name for module in pkgutil.iter_modules(benchmarks.__path__)]


@pytest.mark.parametrize("name", [name for name in MODULES if name != "__main__"])
def test_it_imports(name: str) -> None:
    assert importlib.import_module(f"benchmarks.{name}").__doc__
