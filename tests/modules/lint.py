"""Finds import cycles between the source files of each crate of a workspace.

    lint.py MANIFEST...

A file imports another if it names an item that the other defines: in a `use` declaration, or in a path in its code. A
re-export (`pub use child::Item`) leads to the file that defines the item; it is an import only if the re-exporting file
uses the item itself. A `mod` declaration is no import. Code under `#[cfg(test)]` and test targets are left out.

For each cycle, the files and the lines of their imports are printed, and the exit status is 1. Of a group of files that
form many cycles, a shortest cycle through each file is printed.

`cargo-modules` finds such cycles too, but it compiles rust-analyzer, which takes longer than all other lints together.
"""

import json
import subprocess
import sys
from collections import deque
from pathlib import Path

from rust_source import Item, Module, read_crate

CHECKED_TARGETS = {"lib", "bin", "proc-macro"}


def imports_of(root):
    """Returns the import graph of a crate: for each file, the files that it imports, each with the first line."""
    graph = {}
    for module in root.descendants():
        imports = graph.setdefault(module.file, {})
        for target, line in imported_targets(module):
            # A path to a module imports nothing by itself; the paths that continue from the module do.
            if isinstance(target, Item) and target.module.file != module.file:
                file = target.module.file
                imports[file] = min(line, imports.get(file, line))
    return graph


def imported_targets(module):
    """Yields what a module imports, each with the line."""
    for imported in module.imports:
        target = resolve(module, imported.path)
        if imported.name == "*":
            # Each word of the code may be a name that the glob imports.
            words = module.words if isinstance(target, Module) else ()
            yield from ((lookup(target, word), imported.line) for word in words)
        elif not imported.is_public or imported.name in module.words:
            yield target, imported.line
    for reference in module.references:
        yield resolve(module, reference.path), reference.line


def resolve(module, path, visited=frozenset()):
    """Follows a path from a module to a `Module` or an `Item`; returns None for what is outside the crate.

    An unknown name in a known module, such as one that a macro defines, counts as an item of that module.
    """
    target, rest = module, path
    while rest and rest[0] in ("crate", "self", "super"):
        match rest[0]:
            case "crate":
                while target.parent:
                    target = target.parent
            case "super":
                target = target.parent
        rest = rest[1:]
    is_relative = rest == path
    for name in rest:
        found = lookup(target, name, visited)
        if found is None:
            return None if is_relative else Item(target, name)
        if isinstance(found, Item):
            return found
        target, is_relative = found, False
    return target


def lookup(module, name, visited=frozenset()):
    """Returns the module or item that a name in a module means; None if it means neither."""
    if (module, name) in visited:
        return None
    visited = visited | {(module, name)}
    if name in module.children:
        return module.children[name]
    if name in module.items:
        return Item(module, name)
    for imported in module.imports:
        if imported.name == name:
            return resolve(module, imported.path, visited)
    for imported in module.imports:
        if imported.name == "*":
            target = resolve(module, imported.path, visited)
            found = lookup(target, name, visited) if isinstance(target, Module) else None
            if found is not None:
                return found
    return None


def cycles(graph):
    """Returns a shortest cycle through each file that is on one, without repeating a cycle."""
    found, covered = [], set()
    for file in sorted(graph):
        cycle = None if file in covered else shortest_cycle(graph, file)
        if cycle:
            found.append(cycle)
            covered.update(cycle)
    return found


def shortest_cycle(graph, start):
    """Returns the files of a shortest cycle through `start`, beginning with it; None if there is none."""
    paths = deque([[start]])
    visited = set()
    while paths:
        path = paths.popleft()
        for file in sorted(graph.get(path[-1], {})):
            if file == start:
                return path
            if file not in visited:
                visited.add(file)
                paths.append([*path, file])
    return None


def describe(cycle, graph, folder):
    """Returns the report on a cycle: the files, then the line of each import."""
    names = [str(file.relative_to(folder)) for file in cycle]
    lines = [" -> ".join([*names, names[0]])]
    for file, imported in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
        lines.append(f"  {file.relative_to(folder)}:{graph[file][imported]} imports {imported.relative_to(folder)}")
    return "\n".join(lines)


def crate_roots(manifest):
    """Returns the root files of a workspace's libraries and programs."""
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1", "--manifest-path", manifest]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    targets = (target for package in metadata["packages"] for target in package["targets"])
    return sorted({target["src_path"] for target in targets if CHECKED_TARGETS & set(target["kind"])})


def main(*manifests):
    roots = [root for manifest in manifests for root in crate_roots(manifest)]
    count = 0
    for root in roots:
        graph = imports_of(read_crate(root))
        for cycle in cycles(graph):
            count += 1
            print(describe(cycle, graph, Path.cwd()))
    if count:
        raise SystemExit(f"tests/modules/lint.py: {count} import cycles")
    print(f"{len(roots)} crates: no import cycles")


if __name__ == "__main__":
    main(*sys.argv[1:])
