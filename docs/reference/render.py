"""Renders the API reference: one HTML page with the OpenAPI document and the script of Redoc in it.

The page loads nothing, so it can be read without a network and be sent to others as a file.

    render.py openapi.yaml index.html
"""

import importlib.metadata
import json
import sys
from pathlib import Path
from string import Template

import yaml

# A package that updates Redoc's script with each release of it, in Python, so that rendering needs no Node.js.
PACKAGE = "drf-spectacular-sidecar"


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
        document=json.dumps(description).replace("<", "\\u003c"),
    )


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(render(source))
