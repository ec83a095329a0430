"""The features of AWS that the stack needs and MiniStack lacks: one module for each gap.

A module has `fill()`, which patches MiniStack with a stand-in for the feature, and `is_missing()`, which calls MiniStack in
this process and returns whether it lacks the feature. The docstring says what AWS does, where AWS documents it, what
MiniStack does, and what the stand-in does. A test that passes with a stand-in is no evidence of how AWS behaves.
"""

import importlib
import pkgutil

NAMES = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name != "__main__")


def load(name):
    """Imports the gap called `name`."""
    return importlib.import_module(f"{__name__}.{name}")


def fill_all():
    """Installs every stand-in."""
    for name in NAMES:
        load(name).fill()
