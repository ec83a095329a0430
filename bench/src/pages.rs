//! The pages that show what was found. A page asks for a table by a pair of comments, between which it is
//! written anew:
//!
//! ```text
//! <!-- bench: store -->
//! <!-- /bench -->
//! ```

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{Failure, findings::Findings};

/// The pages, from the project's root.
const PAGES: [&str; 2] = ["README.md", "docs/performance.md"];

/// Where the plots are, from the project's root.
const PLOTS: &str = "docs/plots";

const END: &str = "<!-- /bench -->";

/// Writes tables into the pages that ask for them, and plots beside them.
pub(crate) fn write(findings: &Findings) -> Result<(), Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("a crate without a folder above it")?;
    for page in PAGES {
        let file = root.join(page);
        let before = fs::read_to_string(&file)?;
        let mut text = before.clone();
        for (name, table) in &findings.tables {
            text = with(&text, name, table)?;
        }
        if text != before {
            fs::write(file, text)?;
        }
    }
    let plots: PathBuf = root.join(PLOTS);
    fs::create_dir_all(&plots)?;
    for (name, svg) in &findings.plots {
        fs::write(plots.join(name).with_extension("svg"), svg)?;
    }
    Ok(())
}

/// The page with this table wherever it asks for it.
fn with(page: &str, name: &str, table: &str) -> Result<String, Failure> {
    let begin = format!("<!-- bench: {name} -->");
    let mut parts = page.split(&begin);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = part.split_once(END).ok_or_else(|| format!("a page has no end to `{begin}`"))?;
        text.extend([&begin, "\n\n", table.trim_end(), "\n\n", END, rest]);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_stands_where_the_page_asks_for_it_and_nothing_else_changes() {
        let page = "# A\n<!-- bench: store -->\nold\n<!-- /bench -->\ntext\n<!-- bench: other -->\n<!-- /bench -->\n";
        let expected = "# A\n<!-- bench: store -->\n\n| new |\n\n<!-- /bench -->\ntext\n<!-- bench: other -->\n<!-- /bench -->\n";
        let written = with(page, "store", "| new |\n").unwrap();
        assert_eq!(written, expected);
        assert_eq!(with(&written, "store", "| new |\n").unwrap(), expected);
    }

    #[test]
    fn a_page_without_an_end_is_left_alone() {
        assert!(with("<!-- bench: store -->\ntext", "store", "| new |").is_err());
    }
}
