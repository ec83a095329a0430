"""The modules of a Rust crate, their items and their paths, read from its source text.

This is a lexer and a reader of items, not a compiler: it expands no macro, and it takes every `cfg` for true except
`cfg(test)`, whose items it leaves out.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*)
  | (?P<comment>/\*)
  | (?P<raw_string>[bc]?r(?P<hashes>\#*)".*?"(?P=hashes))
  | (?P<string>[bc]?"(?:\\.|[^"\\])*")
  | (?P<char>b?'(?:\\(?:u\{[^}]*\}|x..|.)|[^\\'])')
  | (?P<lifetime>'\w+)
  | (?P<word>(?:r\#)?\w+)
  | (?P<symbol>::|.)
    """,
    re.VERBOSE | re.DOTALL,
)
OPEN, CLOSE = {"(", "[", "{"}, {")", "]", "}"}
ITEM_KEYWORDS = {"fn", "struct", "enum", "trait", "type", "const", "static", "union"}


@dataclass(frozen=True)
class Token:
    text: str
    line: int

    @property
    def is_word(self):
        return self.text[0].isalpha() or self.text[0] == "_"


@dataclass(frozen=True)
class Reference:
    """A path in the code, or the path that a `use` declaration imports."""

    path: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Item:
    """An item, by the module that defines it."""

    module: "Module"
    name: str


@dataclass(frozen=True)
class Import(Reference):
    """One name of a `use` declaration; the name is `*` for a glob."""

    name: str
    is_public: bool


@dataclass(eq=False)
class Module:
    """A module: a file of its own, or a block in the file of its parent."""

    name: str
    file: Path
    # The folder that the files of its child modules are in.
    folder: Path
    parent: "Module | None" = None
    children: dict[str, "Module"] = field(default_factory=dict)
    items: set[str] = field(default_factory=set)
    imports: list[Import] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    # The words of its code outside `use` declarations.
    words: set[str] = field(default_factory=set)

    def descendants(self):
        """Yields this module and all modules below it."""
        yield self
        for child in self.children.values():
            yield from child.descendants()


def read_crate(file):
    """Returns the root module of the crate with this root file."""
    file = Path(file)
    root = Module("crate", file, file.parent)
    read_file(root)
    return root


def read_file(module):
    tokens = tokenize(module.file.read_text())
    read_items(module, tokens)


def tokenize(text):
    """Returns the tokens of a source text, without comments and with string and character literals as `""`."""
    tokens, position, line = [], 0, 1
    while position < len(text):
        match = TOKEN.match(text, position)
        kind, value = match.lastgroup, match.group()
        if kind == "comment":
            value = text[position : end_of_comment(text, position)]
        elif kind in ("word", "symbol"):
            tokens.append(Token(value.removeprefix("r#"), line))
        elif kind != "space" and kind != "lifetime":
            tokens.append(Token('""', line))
        position += len(value)
        line += value.count("\n")
    return tokens


def end_of_comment(text, position):
    """Returns where a block comment ends; block comments nest."""
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(text, position):
        depth += 1 if match.group() == "/*" else -1
        if depth == 0:
            return match.end()
    return len(text)


def closing(tokens, start):
    """Returns the index of the bracket that closes the one at `start`."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += (tokens[index].text in OPEN) - (tokens[index].text in CLOSE)
        if depth == 0:
            return index
    return len(tokens) - 1


def read_items(module, tokens):
    """Reads the items of a file or of an inline module's block."""
    index = 0
    while index < len(tokens):
        is_test, index = skip_attributes(module, tokens, index)
        end = end_of_item(tokens, index)
        if not is_test:
            read_item(module, tokens[index:end])
        index = end


def skip_attributes(module, tokens, index):
    """Returns whether the attributes at `index` leave the item after them to tests, and the item's index."""
    is_test = False
    while index < len(tokens) and tokens[index].text == "#":
        start = index + 1 + (tokens[index + 1].text == "!")
        end = closing(tokens, start)
        words = [token.text for token in tokens[start + 1 : end]]
        if words[0] == "path":
            raise SystemExit(f"{module.file}:{tokens[index].line}: `#[path]` is not supported")
        is_test = is_test or words == ["cfg", "(", "test", ")"]
        index = end + 1
    return is_test, index


def end_of_item(tokens, index):
    """Returns the index after an item: after its `;` or its block."""
    is_use = False
    while index < len(tokens):
        text = tokens[index].text
        is_use = is_use or text == "use"
        if text in OPEN:
            index = closing(tokens, index)
            if text == "{" and not is_use:
                return index + 1
        elif text == ";":
            return index + 1
        index += 1
    return index


def read_item(module, tokens):
    is_public, tokens = split_visibility(tokens)
    words = [token.text for token in tokens]
    match words:
        case ["use", *_]:
            read_use(module, tokens, is_public)
        case ["mod", name, ";", *_]:
            read_file(add_child(module, name, child_file(module, name, tokens[0].line)))
        case ["mod", name, "{", *_]:
            read_items(add_child(module, name, module.file), tokens[3:-1])
        case ["macro_rules", "!", name, *_]:
            module.items.add(name)
        case _:
            name = item_name(words)
            if name:
                module.items.add(name)
            read_code(module, tokens)


def item_name(words):
    """Returns the name of a function, type, trait, constant or static; None for an `impl` or a macro's call."""
    for keyword, name in zip(words, words[1:], strict=False):
        if keyword == "impl":
            return None
        # `const fn` is a function.
        if keyword in ITEM_KEYWORDS and name not in ("fn", "async", "unsafe"):
            return name
    return None


def split_visibility(tokens):
    """Returns whether an item is visible outside its module, and its tokens without `pub` and `pub(...)`."""
    if not tokens or tokens[0].text != "pub":
        return False, tokens
    start = closing(tokens, 1) + 1 if tokens[1].text == "(" else 1
    return True, tokens[start:]


def add_child(module, name, file):
    # The files of the children of `a.rs` and of `a/mod.rs` are in `a/`.
    child = Module(name, file, module.folder / name, module)
    module.children[name] = child
    return child


def child_file(module, name, line):
    for file in (module.folder / f"{name}.rs", module.folder / name / "mod.rs"):
        if file.exists():
            return file
    raise SystemExit(f"{module.file}:{line}: module `{name}` has no file")


def read_use(module, tokens, is_public):
    """Reads a `use` declaration: `use a::{b, c::{self, D as E}, f::*};`."""
    line = tokens[0].line
    module.imports += [Import(path, line, name, is_public) for path, name in use_tree(tokens[1:], ())]


def use_tree(tokens, prefix):
    """Yields the path and the name of every import in a `use` tree."""
    path, alias, index = list(prefix), None, 0
    while index < len(tokens):
        text = tokens[index].text
        if text == "{":
            end = closing(tokens, index)
            for branch in split_at_commas(tokens[index + 1 : end]):
                yield from use_tree(branch, tuple(path))
            return
        if text == "as":
            alias, index = tokens[index + 1].text, index + 1
        elif text == "*":
            yield tuple(path), "*"
            return
        elif text == "self" and path:
            pass
        elif tokens[index].is_word:
            path.append(text)
        index += 1
    yield tuple(path), alias or path[-1]


def split_at_commas(tokens):
    """Yields the parts of a token list between its commas outside brackets; none is empty."""
    part, depth = [], 0
    for token in tokens:
        depth += (token.text in OPEN) - (token.text in CLOSE)
        if token.text == "," and depth == 0:
            if part:
                yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


def read_code(module, tokens):
    """Reads the paths in an item, and the `use` declarations in its blocks."""
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.text == "use":
            end = end_of_item(tokens, index)
            read_use(module, tokens[index:end], is_public=False)
            index = end
        elif token.text == "#" and tokens[index + 1 : index + 2] and tokens[index + 1].text == "[":
            index = closing(tokens, index + 1) + 1
        elif token.is_word:
            path = path_at(tokens, index)
            module.words.update(path)
            if len(path) > 1 and tokens[index - 1].text != "::":
                module.references.append(Reference(path, token.line))
            index += 2 * len(path) - 1
        else:
            index += 1


def path_at(tokens, index):
    """Returns the words of the path `a::b::C` that starts at `index`."""
    path = [tokens[index].text]
    while index + 2 < len(tokens) and tokens[index + 1].text == "::" and tokens[index + 2].is_word:
        index += 2
        path.append(tokens[index].text)
    return tuple(path)
