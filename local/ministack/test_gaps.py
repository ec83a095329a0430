"""Tests of the gaps: each is one still, and what stands in for it works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gaps import NAMES


def probe(tmp_path, *arguments):
    """Asks a process of its own whether MiniStack has a gap."""
    run = subprocess.run(
        [sys.executable, "-m", "gaps", *arguments],
        cwd=Path(__file__).parent,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()[-1]


@pytest.mark.parametrize("name", NAMES)
def test_ministack_lacks_it(name, tmp_path):
    found = probe(tmp_path, name)
    assert found == "missing", f"MiniStack does {name} itself now: remove gaps/{name}.py"


@pytest.mark.parametrize("name", NAMES)
def test_stand_in_works(name, tmp_path):
    found = probe(tmp_path, name, "filled")
    assert found == "there", f"gaps/{name}.py does not make MiniStack behave like AWS"
