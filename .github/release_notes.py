#!/usr/bin/env python3
"""Prints the release notes of a version: its section in CHANGELOG.md, without the heading.

    .github/release_notes.py 1.2.0 [--tag v1.2.0] [--folder DIRECTORY]

Fails unless CHANGELOG.md has a dated section of the version that is not empty and the newest but `Unreleased`, unless
Cargo.toml, Cargo.lock and openapi.yaml have the same version, and unless the tag, if there is one, is `v` and the
version.
"""

import argparse
import datetime
import re
import sys
import tomllib
from pathlib import Path

# A heading of Keep a Changelog: `## Unreleased`, `## 1.2.0 - 2026-11-27`, or with the version in brackets.
HEADING = re.compile(r"^## \[?(?P<version>[^\]\s]+)\]?(?: - (?P<date>\S+))?\s*$", re.MULTILINE)
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?")


class Mismatch(Exception):
    """The version can't be released; the message says which file to correct, and how."""


def check_tag(version, tag):
    if VERSION.fullmatch(version) is None:
        raise Mismatch(f"`{version}` is not a version, such as 1.2.0.")
    if tag is not None and tag != f"v{version}":
        raise Mismatch(f"The tag of version {version} is v{version}, not {tag}.")


def check_cargo(folder, version):
    """Compares the version with that of the workspace and of its members in the lock file."""
    workspace = tomllib.loads((folder / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    if workspace != version:
        raise Mismatch(f"Cargo.toml declares version {workspace}, not {version}.")
    packages = tomllib.loads((folder / "Cargo.lock").read_text())["package"]
    # A package without a source is a member of the workspace.
    differing = sorted(p["name"] for p in packages if "source" not in p and p["version"] != version)
    if differing:
        raise Mismatch(f"Cargo.lock has another version of {', '.join(differing)}; run `cargo update --workspace`.")


def check_api(folder, version):
    described = re.search(r"^  version: (\S+)$", (folder / "openapi.yaml").read_text(), re.MULTILINE)
    if described is None or described[1] != version:
        raise Mismatch(f"openapi.yaml has another version than {version} as `info.version`.")


def notes(changelog, version):
    """Returns the text between the version's heading and the next one."""
    headings = list(HEADING.finditer(changelog))
    released = [heading for heading in headings if heading["version"].lower() != "unreleased"]
    if not released or released[0]["version"] != version:
        newest = f"its newest is {released[0]['version']}" if released else "it has none"
        raise Mismatch(f"CHANGELOG.md has no section `## {version} - YYYY-MM-DD` below `## Unreleased`; {newest}.")
    heading = released[0]
    try:
        datetime.date.fromisoformat(heading["date"] or "")
    except ValueError:
        raise Mismatch(f"CHANGELOG.md: the heading of {version} has no date; write `## {version} - YYYY-MM-DD`.") from None
    following = [other.start() for other in headings if other.start() > heading.end()]
    text = changelog[heading.end() : following[0] if following else len(changelog)].strip()
    if not text:
        raise Mismatch(f"CHANGELOG.md: the section of {version} is empty.")
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("version")
    parser.add_argument("--tag", help="the tag that the release is made from")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parents[1], help="the repository's root")
    arguments = parser.parse_args()
    check_tag(arguments.version, arguments.tag)
    check_cargo(arguments.folder, arguments.version)
    check_api(arguments.folder, arguments.version)
    print(notes((arguments.folder / "CHANGELOG.md").read_text(), arguments.version))


if __name__ == "__main__":
    try:
        main()
    except Mismatch as mismatch:
        sys.exit(f"release_notes.py: {mismatch}")
