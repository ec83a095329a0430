"""Tests of the search for import cycles, on crates of a few lines."""

import tempfile
import unittest
from pathlib import Path

from lint import cycles, describe, imports_of
from rust_source import read_crate


def cycles_in(files):
    """Returns the reports on the cycles of a crate, given as its files' names and texts."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        graph = imports_of(read_crate(folder / "lib.rs"))
        return [describe(cycle, graph, folder).splitlines() for cycle in cycles(graph)]


class ImportCycles(unittest.TestCase):
    def test_cycle_is_reported_with_the_line_of_each_import(self):
        found = cycles_in(
            {
                "lib.rs": "mod a;\nmod b;\n",
                "a.rs": "use std::fmt;\nuse crate::b::B;\npub struct A(B);",
                "b.rs": "pub struct B;\nfn f() { super::a::A::new() }",
            }
        )
        self.assertEqual(found, [["a.rs -> b.rs -> a.rs", "  a.rs:2 imports b.rs", "  b.rs:2 imports a.rs"]])

    def test_parent_and_child_that_import_each_other_are_a_cycle(self):
        found = cycles_in(
            {
                "lib.rs": "mod a;",
                "a/mod.rs": "mod b;\nuse b::{self, C as D};\npub type Failure = D;",
                "a/b.rs": "use super::{Failure, *};\npub struct C;",
            }
        )
        self.assertEqual([report[0] for report in found], ["a/b.rs -> a/mod.rs -> a/b.rs"])

    def test_import_through_a_reexport_leads_to_the_defining_file(self):
        files = {
            "lib.rs": "mod a;\nmod b;\nmod c;\npub(crate) use a::A;\npub use self::c::*;",
            "a.rs": "pub struct A;",
            "b.rs": "use crate::{A, C};\npub struct B(A, C);",
            "c.rs": "pub struct C;",
        }
        self.assertEqual(cycles_in(files), [])
        files["a.rs"] += "use crate::b::B;"
        self.assertEqual([report[0] for report in cycles_in(files)], ["a.rs -> b.rs -> a.rs"])

    def test_glob_imports_only_the_names_that_are_used(self):
        files = {
            "lib.rs": "mod a;\nmod b;",
            "a.rs": "use crate::b::*;\npub fn a() {}",
            "b.rs": "use crate::a::a;\npub fn b() { a() }",
        }
        self.assertEqual(cycles_in(files), [])
        files["a.rs"] += "fn c() { b() }"
        self.assertEqual([report[0] for report in cycles_in(files)], ["a.rs -> b.rs -> a.rs"])

    def test_path_through_an_imported_module_is_an_import(self):
        found = cycles_in(
            {
                "lib.rs": "mod a;\nmod b;",
                "a.rs": "use crate::b as other;\npub fn a() { other::b() }",
                "b.rs": "pub fn b() { crate::a::a() }",
            }
        )
        self.assertEqual([report[0] for report in found], ["a.rs -> b.rs -> a.rs"])

    def test_test_code_comments_and_strings_are_not_read(self):
        found = cycles_in(
            {
                "lib.rs": "mod a;\nmod b;\n#[cfg(test)]\nmod tests;",
                "a.rs": "use crate::b::B;\npub struct A<'a>(&'a B);",
                "b.rs": '// crate::a::A\n/* /* */ crate::a::A */\npub struct B;\nconst S: &str = r#"crate::a::A" "#;\n'
                "#[cfg(test)]\nmod tests { use crate::a::A; }\n#[cfg(test)]\nuse crate::a::A;",
            }
        )
        self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
