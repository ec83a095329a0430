"""Tests of release_notes.py: what it prints, and each mismatch that it reports."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("release_notes.py")

CHANGELOG = """\
# Changelog

## Unreleased

## 1.2.0 - 2026-11-27

### Added

- Something new.

## 1.1.0 - 2026-10-01

- Something older.
"""


@pytest.fixture
def repository(tmp_path):
    """A folder with the files that the script compares, all of version 1.2.0."""
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    (tmp_path / "Cargo.toml").write_text('[workspace.package]\nversion = "1.2.0"\n')
    (tmp_path / "Cargo.lock").write_text(
        '[[package]]\nname = "member"\nversion = "1.2.0"\n'
        '[[package]]\nname = "dependency"\nversion = "3.0.0"\nsource = "registry"\n'
    )
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0\ninfo:\n  title: Contacts\n  version: 1.2.0\n")
    return tmp_path


def run(repository, *arguments):
    command = [sys.executable, str(SCRIPT), *arguments, "--folder", str(repository)]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_prints_the_section_without_its_heading(repository):
    done = run(repository, "1.2.0", "--tag", "v1.2.0")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "### Added\n\n- Something new.\n"


def test_oldest_section_ends_with_the_file(repository):
    replace(repository / "CHANGELOG.md", "## 1.2.0 - 2026-11-27\n\n### Added\n\n- Something new.\n\n", "")
    for file in ("Cargo.toml", "Cargo.lock", "openapi.yaml"):
        replace(repository / file, "1.2.0", "1.1.0")
    assert run(repository, "1.1.0").stdout == "- Something older.\n"


def test_brackets_around_the_version_are_accepted(repository):
    replace(repository / "CHANGELOG.md", "## 1.2.0 -", "## [1.2.0] -")
    assert run(repository, "1.2.0").returncode == 0


MISMATCHES = {
    "no version": (["v1.2"], None, "is not a version"),
    "other tag": (["1.2.0", "--tag", "v1.2.1"], None, "the tag of version 1.2.0 is v1.2.0"),
    "other version in Cargo.toml": (["1.3.0"], None, "Cargo.toml declares version 1.2.0"),
    "other version in Cargo.lock": (["1.2.0"], ("Cargo.lock", '"1.2.0"', '"1.1.0"'), "another version of member"),
    "other version in openapi.yaml": (["1.2.0"], ("openapi.yaml", "1.2.0", "1.1.0"), "openapi.yaml has another version"),
    "not the newest section": (["1.2.0"], ("CHANGELOG.md", "## 1.2.0 -", "## 1.3.0 -"), "its newest is 1.3.0"),
    "still unreleased": (["1.2.0"], ("CHANGELOG.md", "## 1.2.0 - 2026-11-27\n", ""), "its newest is 1.1.0"),
    "no date": (["1.2.0"], ("CHANGELOG.md", " - 2026-11-27", ""), "has no date"),
    "no such date": (["1.2.0"], ("CHANGELOG.md", "2026-11-27", "2026-11-31"), "has no date"),
    "empty": (["1.2.0"], ("CHANGELOG.md", "### Added\n\n- Something new.\n", ""), "is empty"),
}


@pytest.mark.parametrize("name", MISMATCHES)
def test_mismatch_is_reported(name, repository):
    arguments, change, message = MISMATCHES[name]
    if change:
        replace(repository / change[0], *change[1:])
    done = run(repository, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert message.lower() in done.stderr.lower()
