"""Tests of the gaps: MiniStack still has each one, and its stand-in works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gaps import NAMES


def probe(tmp_path, *arguments):
    """Runs `python -m gaps` and returns what it prints."""
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
def test_gap_exists(name, tmp_path):
    found = probe(tmp_path, name)
    assert found == "missing", f"MiniStack has {name} now: remove gaps/{name}.py"


@pytest.mark.parametrize("name", NAMES)
def test_stand_in_works(name, tmp_path):
    found = probe(tmp_path, name, "filled")
    assert found == "present", f"gaps/{name}.py does not make MiniStack behave like AWS"
