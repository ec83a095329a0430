//! The file of rejected rows: where it is, and how a row is written so that it can be corrected and
//! imported again.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use serde_json::{Value, value::RawValue};

use super::{
    csv_text,
    row::{REJECTED_BECAUSE, REJECTED_LINE, REJECTED_TEXT},
};

/// How rejected rows are written: as the input's are.
#[derive(Debug, Clone)]
pub(super) enum RejectedForm {
    /// As CSV.
    Csv {
        /// The input's columns.
        header: Vec<String>,
        /// What separates the cells.
        delimiter: u8,
        /// Whether the file begins with one.
        byte_order_mark: bool,
    },
    /// As NDJSON.
    Ndjson,
}

impl RejectedForm {
    fn header(&self) -> String {
        match self {
            Self::Csv { header, delimiter, byte_order_mark } => {
                let added = [REJECTED_LINE, REJECTED_BECAUSE];
                let columns = added.into_iter().chain(header.iter().map(String::as_str));
                let mark = if *byte_order_mark { "\u{feff}" } else { "" };
                format!("{mark}{}\n", csv_text::encode(columns, *delimiter))
            }
            Self::Ndjson => String::new(),
        }
    }

    fn row(&self, line: u64, because: &str, original: &str) -> String {
        match self {
            Self::Csv { delimiter, .. } => {
                let added = csv_text::encode([line.to_string().as_str(), because], *delimiter);
                format!("{added}{}{original}\n", char::from(*delimiter))
            }
            Self::Ndjson => {
                let because = Value::from(because);
                let added = format!("{{\"{REJECTED_LINE}\":{line},\"{REJECTED_BECAUSE}\":{because}");
                match members(original) {
                    Some("") => format!("{added}}}\n"),
                    Some(members) => format!("{added},{members}}}\n"),
                    None => format!("{added},\"{REJECTED_TEXT}\":{}}}\n", Value::from(original)),
                }
            }
        }
    }

    fn ending(&self) -> &'static str {
        match self {
            Self::Csv { .. } => "csv",
            Self::Ndjson => "ndjson",
        }
    }
}

/// What stands between the braces of an object.
fn members(text: &str) -> Option<&str> {
    serde_json::from_str::<&RawValue>(text).ok()?.get().strip_prefix('{')?.strip_suffix('}').map(str::trim)
}

/// Where the file is to be.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// Exactly there.
    At(PathBuf),
    /// Beside the input, by a name that isn't taken.
    Beside {
        /// The input; `None` for standard input.
        input: Option<PathBuf>,
    },
}

/// The file, which isn't made before there is a row for it.
pub(super) struct RejectedFile {
    place: Place,
    form: RejectedForm,
    file: Option<(PathBuf, BufWriter<File>)>,
}

impl RejectedFile {
    pub(super) fn new(place: Place, form: RejectedForm) -> Self {
        Self { place, form, file: None }
    }

    /// Where it is, if there is one.
    pub(super) fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|(path, _)| path.as_path())
    }

    /// Writes a row.
    pub(super) fn write(&mut self, line: u64, because: &str, original: &str) -> io::Result<()> {
        let row = self.form.row(line, because, original);
        if let Some((_, file)) = &mut self.file {
            return file.write_all(row.as_bytes());
        }
        let (path, file) = self.create()?;
        let (_, file) = self.file.insert((path, BufWriter::new(file)));
        file.write_all(self.form.header().as_bytes())?;
        file.write_all(row.as_bytes())
    }

    /// Hands what was written to the operating system, so that the end of this process loses none of it.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), |(_, file)| file.flush())
    }

    fn create(&self) -> io::Result<(PathBuf, File)> {
        match &self.place {
            Place::At(path) => Ok((path.clone(), create_new(path)?)),
            Place::Beside { input } => {
                let mut number = 1;
                loop {
                    let path = beside(input.as_deref(), self.form.ending(), number);
                    match create_new(&path) {
                        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                        result => return Ok((path, result?)),
                    }
                }
            }
        }
    }
}

/// Makes a file that only its owner may read; it holds personal data.
fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// `people.csv` has its rejected rows in `people.rejected.csv`, `people.rejected.2.csv` and so on, and so
/// has each of these.
fn beside(input: Option<&Path>, ending: &str, number: u32) -> PathBuf {
    let stem = input.and_then(Path::file_stem).map_or("stdin".into(), |stem| stem.to_string_lossy());
    let ending = input.and_then(Path::extension).map_or(ending.into(), |ending| ending.to_string_lossy());
    let unnumbered = stem.rsplit_once('.').filter(|(_, end)| end.parse::<u32>().is_ok());
    let unnumbered = unnumbered.map_or(&*stem, |(stem, _)| stem);
    let stem = unnumbered.strip_suffix(".rejected").unwrap_or(&stem);
    let name = match number {
        1 => format!("{stem}.rejected.{ending}"),
        _ => format!("{stem}.rejected.{number}.{ending}"),
    };
    input.map_or_else(|| PathBuf::from(&name), |input| input.with_file_name(&name))
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Cursor, os::unix::fs::PermissionsExt};

    use contacts::domain::TenantName;
    use encoding_rs::UTF_8;
    use proptest::prelude::*;

    use super::*;
    use crate::import::{csv_rows::CsvRows, json_rows::JsonRows, row::Row, text::Text};

    fn text(content: String) -> Text {
        Text::new(Box::new(Cursor::new(content.into_bytes())), "people", UTF_8)
    }

    fn tenant() -> TenantName {
        TenantName::parse("zegoal").unwrap()
    }

    fn csv(content: String) -> CsvRows {
        CsvRows::open(text(content), b';', &[], false, &tenant()).unwrap()
    }

    fn json(row: Option<Row>) -> Result<String, String> {
        row.unwrap().item.map(|item| item.json)
    }

    #[test]
    fn rejected_rows_are_beside_the_input() {
        for (input, number, expected) in [
            (Some("in/people.csv"), 1, "in/people.rejected.csv"),
            (Some("in/people.csv"), 2, "in/people.rejected.2.csv"),
            (Some("people.rejected.csv"), 2, "people.rejected.2.csv"),
            (Some("people.rejected.2.csv"), 3, "people.rejected.3.csv"),
            (Some("people.2.csv"), 1, "people.2.rejected.csv"),
            (Some("people"), 1, "people.rejected.csv"),
            (None, 1, "stdin.rejected.csv"),
        ] {
            assert_eq!(beside(input.map(Path::new), "csv", number), Path::new(expected), "{input:?}");
        }
    }

    #[test]
    fn a_run_never_writes_over_a_file_and_only_its_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Beside { input: Some(folder.path().join("people.ndjson")) };
        for name in ["people.rejected.ndjson", "people.rejected.2.ndjson"] {
            let mut file = RejectedFile::new(place.clone(), RejectedForm::Ndjson);
            assert_eq!(file.path(), None);
            file.write(1, "why", "{}").unwrap();
            file.flush().unwrap();
            let path = folder.path().join(name);
            assert_eq!(file.path(), Some(path.as_path()));
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(
                fs::read_to_string(path).unwrap(),
                "{\"rejected_line\":1,\"rejected_because\":\"why\"}\n"
            );
        }
    }

    proptest! {
        #[test]
        fn a_rejected_csv_row_can_be_imported_again(cells in prop::collection::vec("[\\PC\n\r\";]{0,9}", 1..5)) {
            prop_assume!(cells.iter().any(|cell| !cell.is_empty()));
            let cells = cells.iter().map(String::as_str);
            let content = format!("contact_name;contact_desc\n{}\n", csv_text::encode(cells, b';'));
            let mut rows = csv(content);
            let form = rows.rejected_form(false);
            let row = rows.next_row().unwrap().unwrap();
            let original = row.original.clone().unwrap();
            let rejected = format!("{}{}", form.header(), form.row(2, "of \"this\"; and that", &original));
            let mut again = csv(rejected);
            let row_again = again.next_row().unwrap().unwrap();
            prop_assert_eq!(row_again.original.as_ref(), Some(&original));
            prop_assert_eq!(json(Some(row_again)), json(Some(row)));
            prop_assert!(again.next_row().unwrap().is_none());
        }

        #[test]
        fn a_rejected_line_can_be_imported_again(
            line in r#"\PC{0,9}|\{\}|\{"contact_name": ?"[a-z]{0,3}"( )?\}?|[0-9]{1,3}|\["\{"\]"#
        ) {
            prop_assume!(!line.trim().is_empty());
            let rows = |content| JsonRows::new(text(content), &[], &tenant());
            let row = rows(line.clone()).next_row().unwrap().unwrap();
            let rejected = RejectedForm::Ndjson.row(1, "of \"this\"", row.original.as_deref().unwrap_or(line.trim()));
            prop_assert!(serde_json::from_str::<serde_json::Map<String, Value>>(&rejected).is_ok());
            let mut again = rows(rejected);
            let reason_or_item = json(again.next_row().unwrap());
            // Of an item, only its white space may be another.
            let compact = |item: Result<String, String>| {
                item.map(|item| serde_json::from_str::<Value>(&item).unwrap()).map_err(|_| ())
            };
            prop_assert_eq!(compact(reason_or_item), compact(json(Some(row))));
            prop_assert!(again.next_row().unwrap().is_none());
        }
    }
}
