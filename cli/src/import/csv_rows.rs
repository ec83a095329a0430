//! The rows of a CSV file: its header decides what each cell is.

use contacts::{body::ITEM_FIELDS, domain::TenantName};

use super::{
    csv_records::{CsvRecords, Record},
    csv_text,
    identity::Identity,
    rejected::RejectedForm,
    row::{InputError, Item, REJECTED_BECAUSE, REJECTED_LINE, Row},
    text::Text,
};

/// What a column of the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    /// A field of the item.
    Field(&'static str),
    /// Not to be imported.
    Skipped,
    /// Added to the row when it was rejected.
    Rejection,
}

/// A CSV file.
pub(super) struct CsvRows {
    records: CsvRecords,
    columns: Vec<Column>,
    /// The header, without what rejections add.
    header: Vec<String>,
    delimiter: u8,
    empty_clears: bool,
    tenant: TenantName,
}

impl CsvRows {
    /// Reads the header; fails if it names anything but columns that can be imported, each once.
    pub(super) fn open(
        text: Text,
        delimiter: u8,
        skipped: &[String],
        empty_clears: bool,
        tenant: &TenantName,
    ) -> Result<Self, InputError> {
        let mut records = CsvRecords::new(text, delimiter);
        let header = records.next_record()?;
        let names: Vec<&str> = header.iter().flat_map(Record::cells).map(str::trim).collect();
        let columns = columns(&names, skipped)
            .map_err(|sentence| InputError::Unfit(format!("{}: {sentence}", records.text.name)))?;
        let own = columns.iter().zip(&names).filter(|(column, _)| **column != Column::Rejection);
        let header = own.map(|(_, name)| (*name).to_owned()).collect();
        Ok(Self { records, columns, header, delimiter, empty_clears, tenant: tenant.clone() })
    }

    /// How its rejected rows are to be written; with a byte-order mark, from which spreadsheets know that
    /// a file is UTF-8, where it had one itself or was in another encoding.
    pub(super) fn rejected_form(&self, byte_order_mark: bool) -> RejectedForm {
        RejectedForm::Csv { header: self.header.clone(), delimiter: self.delimiter, byte_order_mark }
    }

    /// The next row that isn't blank.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, InputError> {
        while let Some(record) = self.records.next_record()? {
            // Spreadsheets leave rows behind in which nothing but delimiters is left.
            if record.cells().any(|cell| !cell.is_empty()) {
                return Ok(Some(self.row(&record)));
            }
        }
        Ok(None)
    }

    fn row(&self, record: &Record) -> Row {
        let column = |place: usize| self.columns.get(place).copied().unwrap_or(Column::Skipped);
        let own = record.cells().enumerate().filter(|(place, _)| column(*place) != Column::Rejection);
        let own: Vec<&str> = own.map(|(_, cell)| cell).collect();
        let original = Some(csv_text::encode(own.iter().copied(), self.delimiter));
        let item = if own.len() == self.header.len() {
            Ok(self.item(record))
        } else {
            Err(format!("the row has {} cells where the header has {}", own.len(), self.header.len()))
        };
        Row { line: record.line, original, item }
    }

    fn item(&self, record: &Record) -> Item {
        let fields = || {
            self.columns.iter().zip(record.cells()).filter_map(|(column, cell)| match column {
                Column::Field(name) => Some((*name, cell)),
                Column::Skipped | Column::Rejection => None,
            })
        };
        let mut json = String::from("{");
        for (name, cell) in fields() {
            let value = match (cell, name) {
                ("", "contact_email" | "contact_desc") if self.empty_clears => "null".to_owned(),
                ("", _) => continue,
                _ => serde_json::Value::from(cell).to_string(),
            };
            let separator = if json.len() > 1 { "," } else { "" };
            json.extend([separator, "\"", name, "\":", &value]);
        }
        json.push('}');
        let given = |wanted| fields().find(|(name, cell)| *name == wanted && !cell.is_empty());
        let given = |wanted| given(wanted).map(|(_, cell)| cell);
        let identity = Identity::of(
            &self.tenant,
            given("contact_id"),
            given("link_id"),
            given("contact_name"),
            given("contact_mobile_num"),
        );
        Item { json, identity }
    }
}

fn columns(names: &[&str], skipped: &[String]) -> Result<Vec<Column>, String> {
    if let Some(missing) = skipped.iter().find(|name| !names.is_empty() && !names.contains(&name.as_str())) {
        return Err(format!("there is no column `{missing}` to skip; its columns are {}", names.join(", ")));
    }
    if let Some((_, twice)) =
        names.iter().enumerate().find(|(place, name)| names[..*place].contains(name) && !name.is_empty())
    {
        return Err(format!("the column `{twice}` is there twice"));
    }
    names.iter().map(|name| column(name, skipped)).collect()
}

fn column(name: &str, skipped: &[String]) -> Result<Column, String> {
    if [REJECTED_LINE, REJECTED_BECAUSE].contains(&name) {
        return Ok(Column::Rejection);
    }
    if skipped.iter().any(|skipped| skipped == name) {
        return Ok(Column::Skipped);
    }
    ITEM_FIELDS.iter().find(|column| **column == name).map(|column| Column::Field(column)).ok_or_else(|| {
        format!(
            "the first line names an unknown column `{}`. It must name the columns, each one of {}. \
             --skip-column leaves a column out, --delimiter says what separates them",
            name.chars().take(60).collect::<String>(),
            ITEM_FIELDS.join(", "),
        )
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use encoding_rs::UTF_8;

    use super::*;

    fn open(text: &str, skipped: &[&str], empty_clears: bool) -> Result<CsvRows, String> {
        let text = Text::new(Box::new(Cursor::new(text.as_bytes().to_vec())), "people.csv", UTF_8);
        let skipped: Vec<String> = skipped.iter().map(|name| (*name).to_owned()).collect();
        let tenant = TenantName::parse("zegoal").unwrap();
        CsvRows::open(text, b',', &skipped, empty_clears, &tenant).map_err(|error| error.to_string())
    }

    fn only(mut rows: CsvRows) -> Row {
        let row = rows.next_row().unwrap().unwrap();
        assert!(rows.next_row().unwrap().is_none());
        row
    }

    fn json(row: &Row) -> &str {
        &row.item.as_ref().unwrap().json
    }

    #[test]
    fn a_cell_is_the_field_that_its_column_names_and_an_empty_one_is_not_given() {
        let text = "contact_mobile_num, contact_name ,contact_email,contact_desc\n067_1,\"An \"\"n\"\"\",,\n";
        let row = only(open(text, &[], false).unwrap());
        assert_eq!(json(&row), r#"{"contact_mobile_num":"067_1","contact_name":"An \"n\""}"#);
        assert_eq!(row.original.unwrap(), "067_1,\"An \"\"n\"\"\",,");
    }

    #[test]
    fn an_empty_cell_of_an_optional_field_clears_it_if_that_is_said() {
        let text = "contact_id,contact_name,contact_email,contact_desc\n3,,,\n";
        let row = only(open(text, &[], true).unwrap());
        assert_eq!(json(&row), r#"{"contact_id":"3","contact_email":null,"contact_desc":null}"#);
    }

    #[test]
    fn a_skipped_column_is_not_sent_but_kept_in_a_rejected_row() {
        let row = only(open("note,contact_name\nx,Ann\n", &["note"], false).unwrap());
        assert_eq!((json(&row), row.original.as_deref().unwrap()), (r#"{"contact_name":"Ann"}"#, "x,Ann"));
    }

    #[test]
    fn a_row_of_another_length_than_the_header_is_rejected_whole() {
        for (line, cells) in [("Ann", 1), ("Ann,1,2", 3)] {
            let row = only(open(&format!("contact_name,contact_mobile_num\n{line}\n"), &[], false).unwrap());
            let reason = format!("the row has {cells} cells where the header has 2");
            assert_eq!((row.item.unwrap_err(), row.original.unwrap()), (reason, line.to_owned()));
        }
    }

    #[test]
    fn the_columns_of_a_rejection_are_ignored_wherever_they_are() {
        let text = "rejected_line,contact_name,rejected_because\n7,Ann,why\n";
        let rows = open(text, &[], false).unwrap();
        assert_eq!(rows.header, ["contact_name"]);
        let row = only(rows);
        assert_eq!((json(&row), row.original.as_deref().unwrap()), (r#"{"contact_name":"Ann"}"#, "Ann"));
    }

    #[test]
    fn a_header_with_anything_else_refuses_the_file() {
        for (header, part) in [
            ("contact_name,mobile", "unknown column `mobile`"),
            ("contact_name;contact_id", "unknown column `contact_name;contact_id`"),
            ("contact_name,contact_name", "the column `contact_name` is there twice"),
            ("contact_name,", "unknown column ``"),
        ] {
            let error = open(header, &[], false).err().unwrap();
            assert!(error.contains(part), "{error}");
        }
        let error = open("contact_name", &["note"], false).err().unwrap();
        assert!(error.contains("no column `note` to skip"), "{error}");
    }

    #[test]
    fn rows_of_nothing_but_delimiters_are_blank() {
        let mut rows = open("contact_name,contact_type\n,\n\n,\n", &[], false).unwrap();
        assert!(rows.next_row().unwrap().is_none());
        assert!(open("", &["note"], false).unwrap().next_row().unwrap().is_none());
    }
}
