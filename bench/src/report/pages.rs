//! The pages that show the results. A page marks the place of a table by a pair of comments; each run
//! replaces the text between them:
//!
//! ```text
//! <!-- bench: store -->
//! <!-- /bench -->
//! ```

use std::{fs, path::Path};

use super::results::Results;
use crate::error::Result;

/// The pages, from the project's root.
const PAGES: [&str; 2] = ["README.md", "docs/performance.md"];

/// The folder of the plots, from the project's root.
const PLOTS: &str = "docs/plots";

const END_MARKER: &str = "<!-- /bench -->";

/// Writes tables between their markers, and plots into their folder.
pub(crate) fn write(results: &Results) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the project's root");
    for page in PAGES {
        let file = root.join(page);
        let before = fs::read_to_string(&file)?;
        let mut text = before.clone();
        for (name, table) in &results.tables {
            text = insert_table(&text, name, table)?;
        }
        if text != before {
            fs::write(file, text)?;
        }
    }
    let plots = root.join(PLOTS);
    fs::create_dir_all(&plots)?;
    for (name, svg) in &results.plots {
        fs::write(plots.join(name).with_extension("svg"), svg)?;
    }
    Ok(())
}

/// Returns the page with the table between each pair of its markers.
fn insert_table(page: &str, name: &str, table: &str) -> Result<String> {
    let start_marker = format!("<!-- bench: {name} -->");
    let mut parts = page.split(&start_marker);
    let mut text = parts.next().expect("a split has at least one part").to_owned();
    for part in parts {
        let (_, rest) =
            part.split_once(END_MARKER).ok_or_else(|| format!("`{start_marker}` has no end marker"))?;
        text.extend([&start_marker, "\n\n", table.trim_end(), "\n\n", END_MARKER, rest]);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_replaces_only_the_text_between_its_markers() {
        let page = "# A\n<!-- bench: store -->\nold\n<!-- /bench -->\ntext\n<!-- bench: other -->\n<!-- /bench -->\n";
        let expected = "# A\n<!-- bench: store -->\n\n| new |\n\n<!-- /bench -->\ntext\n<!-- bench: other -->\n<!-- /bench -->\n";
        let written = insert_table(page, "store", "| new |\n").unwrap();
        assert_eq!(written, expected);
        assert_eq!(insert_table(&written, "store", "| new |\n").unwrap(), expected);
    }

    #[test]
    fn page_without_an_end_marker_is_an_error() {
        assert!(insert_table("<!-- bench: store -->\ntext", "store", "| new |").is_err());
    }
}
