//! The rows of a CSV file. The header names the field of each column.

use contacts_core::{domain::TenantName, json::ITEM_FIELDS};

use super::{
    contact_key::{ContactKey, KeyFields},
    csv_records::{CsvRecord, CsvRecords},
    row::{Row, RowContent},
    text_stream::TextStream,
};
use crate::{
    error::CliError,
    import::report::{REJECTED_BECAUSE, REJECTED_LINE, RejectedFormat, csv_line},
};

/// What a column of the file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CsvColumn {
    /// A field of the item.
    Field(&'static str),
    /// A column that is not imported.
    Skipped,
    /// The line or the reason of an earlier rejection.
    Rejection,
}

/// Reads the rows of a CSV file.
pub(super) struct CsvRows {
    records: CsvRecords,
    columns: Vec<CsvColumn>,
    /// The names of the columns, without those of a rejection.
    header: Vec<String>,
    delimiter: u8,
    empty_clears: bool,
    tenant: TenantName,
}

/// How a CSV file is read.
pub(super) struct CsvOptions<'o> {
    pub(super) delimiter: u8,
    /// Names of the columns that are not imported.
    pub(super) skipped: &'o [String],
    /// Whether an empty cell clears an optional field.
    pub(super) empty_clears: bool,
}

impl CsvRows {
    /// Reads the header. Fails if it names an unknown column, or a column twice.
    pub(super) fn open(
        text: TextStream,
        options: &CsvOptions<'_>,
        tenant: &TenantName,
    ) -> Result<Self, CliError> {
        let CsvOptions { delimiter, skipped, empty_clears } = *options;
        let mut records = CsvRecords::new(text, delimiter);
        let header = records.next_record()?;
        let names: Vec<&str> = match &header {
            Some(header) => header.cells().map(str::trim).collect(),
            None => Vec::new(),
        };
        let columns = columns(&names, skipped, &records.text)?;
        let own = columns.iter().zip(&names).filter(|(column, _)| **column != CsvColumn::Rejection);
        let header = own.map(|(_, name)| (*name).to_owned()).collect();
        Ok(Self { records, columns, header, delimiter, empty_clears, tenant: tenant.clone() })
    }

    /// Returns the format of the file of rejected rows. With a byte-order mark, spreadsheets recognise the
    /// file as UTF-8.
    pub(super) fn rejected_format(&self, byte_order_mark: bool) -> RejectedFormat {
        RejectedFormat::Csv { header: self.header.clone(), delimiter: self.delimiter, byte_order_mark }
    }

    /// Reads the next row that is not blank; `None` at the end of the file.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, CliError> {
        while let Some(record) = self.records.next_record()? {
            // Spreadsheets write rows that consist of delimiters only.
            if record.cells().any(|cell| !cell.is_empty()) {
                return Ok(Some(self.row(&record)));
            }
        }
        Ok(None)
    }

    fn row(&self, record: &CsvRecord) -> Row {
        // A record may have more cells than the header; those belong to the row.
        let is_rejection = |index: usize| self.columns.get(index) == Some(&CsvColumn::Rejection);
        let own = record.cells().enumerate().filter(|(index, _)| !is_rejection(*index));
        let own: Vec<&str> = own.map(|(_, cell)| cell).collect();
        let original = csv_line(own.iter().copied(), self.delimiter);
        let content = if own.len() == self.header.len() {
            let (json, key) = self.item(record);
            RowContent::Item { json, key, original: Some(original) }
        } else {
            let reason =
                format!("the row has {} cells where the header has {}", own.len(), self.header.len());
            RowContent::Invalid { reason, original }
        };
        Row { line: record.line, content }
    }

    fn item(&self, record: &CsvRecord) -> (String, ContactKey) {
        let fields = || {
            self.columns.iter().zip(record.cells()).filter_map(|(column, cell)| match column {
                CsvColumn::Field(name) => Some((*name, cell)),
                CsvColumn::Skipped | CsvColumn::Rejection => None,
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
        let given =
            |wanted| fields().find(|(name, cell)| *name == wanted && !cell.is_empty()).map(|(_, cell)| cell);
        let fields = KeyFields {
            contact_id: given("contact_id"),
            link_id: given("link_id"),
            contact_name: given("contact_name"),
            contact_mobile_num: given("contact_mobile_num"),
        };
        (json, ContactKey::new(&self.tenant, fields))
    }
}

fn columns(names: &[&str], skipped: &[String], text: &TextStream) -> Result<Vec<CsvColumn>, CliError> {
    let is_missing = |name: &&String| !names.is_empty() && !names.contains(&name.as_str());
    if let Some(missing) = skipped.iter().find(is_missing) {
        let advice = format!("Its columns are {}", names.join(", "));
        return Err(text.error(&format!("there is no column `{missing}` to skip")).advice(advice));
    }
    let mut non_empty = names.iter().enumerate().filter(|(_, name)| !name.is_empty());
    if let Some((_, name)) = non_empty.find(|(index, name)| names[..*index].contains(name)) {
        return Err(text.error(&format!("the column `{name}` is there twice")));
    }
    names.iter().map(|name| column(name, skipped, text)).collect()
}

fn column(name: &str, skipped: &[String], text: &TextStream) -> Result<CsvColumn, CliError> {
    if [REJECTED_LINE, REJECTED_BECAUSE].contains(&name) {
        return Ok(CsvColumn::Rejection);
    }
    if skipped.iter().any(|skipped| skipped == name) {
        return Ok(CsvColumn::Skipped);
    }
    let field = ITEM_FIELDS.iter().find(|field| **field == name);
    field.map(|field| CsvColumn::Field(field)).ok_or_else(|| {
        let name: String = name.chars().take(60).collect();
        text.error(&format!("the first line names an unknown column `{name}`")).advice(format!(
            "It must name the columns, each one of {}. --skip-column leaves a column out, --delimiter sets \
             the delimiter",
            ITEM_FIELDS.join(", "),
        ))
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use encoding_rs::UTF_8;
    use proptest::prelude::*;

    use super::{
        super::row::test_support::{Parts, parts},
        *,
    };

    fn open_with(text: &str, options: &CsvOptions<'_>) -> Result<CsvRows, String> {
        let text = TextStream::new(Box::new(Cursor::new(text.as_bytes().to_vec())), "people.csv", UTF_8);
        let tenant = TenantName::parse("zegoal").unwrap();
        CsvRows::open(text, options, &tenant).map_err(|error| error.to_string())
    }

    fn open(text: &str, skipped: &[&str], empty_clears: bool) -> Result<CsvRows, String> {
        let skipped: Vec<String> = skipped.iter().map(|name| (*name).to_owned()).collect();
        open_with(text, &CsvOptions { delimiter: b',', skipped: &skipped, empty_clears })
    }

    fn only_row(mut rows: CsvRows) -> Parts {
        let row = rows.next_row().unwrap().unwrap();
        assert!(rows.next_row().unwrap().is_none());
        parts(row)
    }

    fn item(json: &str, original: &str) -> (String, Option<String>) {
        (json.to_owned(), Some(original.to_owned()))
    }

    #[test]
    fn cells_are_fields_and_empty_cells_are_left_out() {
        let text = "contact_mobile_num, contact_name ,contact_email,contact_desc\n067_1,\"An \"\"n\"\"\",,\n";
        let row = only_row(open(text, &[], false).unwrap());
        let json = r#"{"contact_mobile_num":"067_1","contact_name":"An \"n\""}"#;
        assert_eq!(row, Ok(item(json, "067_1,\"An \"\"n\"\"\",,")));
    }

    #[test]
    fn empty_clears_sends_null_for_empty_optional_fields() {
        let text = "contact_id,contact_name,contact_email,contact_desc\n3,,,\n";
        let (json, _) = only_row(open(text, &[], true).unwrap()).unwrap();
        assert_eq!(json, r#"{"contact_id":"3","contact_email":null,"contact_desc":null}"#);
    }

    #[test]
    fn a_skipped_column_is_only_in_the_rejected_row() {
        let row = only_row(open("note,contact_name\nx,Ann\n", &["note"], false).unwrap());
        assert_eq!(row, Ok(item(r#"{"contact_name":"Ann"}"#, "x,Ann")));
    }

    #[test]
    fn a_row_with_a_wrong_number_of_cells_is_rejected() {
        for (line, cells) in [("Ann", 1), ("Ann,1,2", 3)] {
            let text = format!("contact_name,contact_mobile_num\n{line}\n");
            let row = only_row(open(&text, &[], false).unwrap());
            let reason = format!("the row has {cells} cells where the header has 2");
            assert_eq!(row, Err((reason, line.to_owned())));
        }
    }

    #[test]
    fn rejection_columns_are_ignored_at_any_position() {
        let text = "rejected_line,contact_name,rejected_because\n7,Ann,why\n";
        let rows = open(text, &[], false).unwrap();
        assert_eq!(rows.header, ["contact_name"]);
        assert_eq!(only_row(rows), Ok(item(r#"{"contact_name":"Ann"}"#, "Ann")));
    }

    #[test]
    fn an_invalid_header_rejects_the_file() {
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
    fn rows_of_delimiters_only_are_blank() {
        let mut rows = open("contact_name,contact_type\n,\n\n,\n", &[], false).unwrap();
        assert!(rows.next_row().unwrap().is_none());
        assert!(open("", &["note"], false).unwrap().next_row().unwrap().is_none());
    }

    proptest! {
        #[test]
        fn a_rejected_csv_row_can_be_imported(cells in prop::collection::vec("[\\PC\n\r\";]{0,9}", 1..5)) {
            prop_assume!(cells.iter().any(|cell| !cell.is_empty()));
            let options = CsvOptions { delimiter: b';', skipped: &[], empty_clears: false };
            let cells = csv_line(cells.iter().map(String::as_str), b';');
            let mut rows = open_with(&format!("contact_name;contact_desc\n{cells}\n"), &options).unwrap();
            let format = rows.rejected_format(false);
            let row = parts(rows.next_row().unwrap().unwrap());
            let original = match &row {
                Ok((_, original)) => original.as_ref().unwrap(),
                Err((_, original)) => original,
            };
            let rejected = format!("{}{}", format.header(), format.row(2, "of \"this\"; and that", original));
            let mut rows_again = open_with(&rejected, &options).unwrap();
            prop_assert_eq!(parts(rows_again.next_row().unwrap().unwrap()), row);
            prop_assert!(rows_again.next_row().unwrap().is_none());
        }
    }
}
