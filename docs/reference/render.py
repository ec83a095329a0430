"""Renders the API reference: one HTML page with the OpenAPI document and the script of Redoc in it.

The page loads nothing, so it can be read without a network and be sent to others as a file.

    render.py openapi.yaml index.html
"""

import importlib.metadata
import json
import sys
from pathlib import Path
from string import Template
from typing import Any

import yaml

# A Python package with Redoc's script, which follows Redoc's releases. So rendering needs no Node.js.
PACKAGE = "drf-spectacular-sidecar"

# The names of JSON Schema for the types of constants.
TYPES = {bool: "boolean", int: "integer", str: "string"}


def with_types(value: Any) -> Any:
    """Replaces each `const` by a type and an `enum`: Redoc calls a `const` without a type `any`, and hides false and 0."""
    if isinstance(value, list):
        return [with_types(part) for part in value]
    if not isinstance(value, dict):
        return value
    if "const" in value:
        constant = value["const"]
        rest = {name: part for name, part in value.items() if name != "const"}
        return {**rest, "type": TYPES[type(constant)], "enum": [constant]}
    return {name: with_types(part) for name, part in value.items()}


def render(document: Path) -> str:
    """Returns the page."""
    description = yaml.safe_load(document.read_text())
    files = importlib.metadata.files(PACKAGE) or []
    script = next(file for file in files if file.name == "redoc.standalone.js")
    page = Template(Path(__file__).with_name("page.html").read_text())
    return page.substitute(
        title=description["info"]["title"],
        script=script.read_text(),
        # Nothing in the JSON can end the element that it is in.
        document=json.dumps(with_types(description)).replace("<", "\\u003c"),
    )


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(render(source))
