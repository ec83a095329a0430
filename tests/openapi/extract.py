"""Writes the samples of a Markdown page as one program in each language, so that they can be checked and run.

The blocks of a language follow each other in the program as they do on the page: a later one uses what an earlier one
defines.

    extract.py docs/api.md FOLDER
"""

import re
import sys
from pathlib import Path

# The languages of the blocks, and the extensions of their programs.
EXTENSIONS = {"python": "py", "ts": "ts"}


def program(page: str, language: str) -> str:
    """Returns the blocks of a language."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert blocks, f"the page has no samples in {language}"
    return "\n".join(blocks)


if __name__ == "__main__":
    page, folder = Path(sys.argv[1]).read_text(), Path(sys.argv[2])
    for language, extension in EXTENSIONS.items():
        (folder / f"samples.{extension}").write_text(program(page, language))
