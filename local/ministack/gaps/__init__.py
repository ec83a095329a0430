"""What MiniStack lacks of this stack, one module for each gap.

A module has `fill()`, which installs what stands in for the gap, and `is_missing()`, which exercises MiniStack in
this process and returns whether the gap is there. Its docstring says what AWS does, where AWS documents that, and
what stands in for it. Nothing that a test shows of a stand-in is evidence of how AWS behaves.
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
