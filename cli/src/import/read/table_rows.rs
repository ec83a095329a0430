//! The rows of a table: its records as upsert items, by the header.

use std::borrow::Cow;

use contacts_core::domain::TenantName;
use serde_json::Value;

use super::{
    cell_text::cell_text,
    columns::{ColumnOptions, Columns},
    record::{Record, Records},
    row::{Row, RowContent},
    row_keys::RowKeys,
};
use crate::{
    error::CliError,
    import::report::{RejectedFormat, csv_line},
};

/// Reads the rows of a table.
pub(super) struct TableRows {
    records: Box<dyn Records>,
    columns: Columns,
    /// The names of the columns, without those of a rejection.
    header: Vec<String>,
    /// What is imported from which columns, as messages say it.
    pub(super) notes: Vec<String>,
    /// The delimiter of rejected rows.
    delimiter: u8,
    empty_clears: bool,
    tenant: TenantName,
}

/// How a table is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct TableOptions<'o> {
    pub(super) columns: ColumnOptions<'o>,
    /// The delimiter of rejected rows: that of the table if it is CSV.
    pub(super) delimiter: u8,
    /// Whether an empty cell clears an optional field.
    pub(super) empty_clears: bool,
}

impl TableRows {
    /// Reads the header. Fails if it has unknown columns, or if the table has no header.
    pub(super) fn open(
        mut records: Box<dyn Records>,
        options: TableOptions<'_>,
        tenant: &TenantName,
        file: &str,
    ) -> Result<Self, CliError> {
        let header = records.next_record()?.ok_or_else(|| {
            CliError::usage(format!("{file} is empty")).advice(
                "A file of contacts begins with the names of its columns; `contacts import --template` prints one",
            )
        })?;
        if let Some(defect) = &header.defect {
            return Err(CliError::usage(format!("{file}: line {}: {}", header.line, defect.reason)));
        }
        let names: Vec<&str> = header.cells().map(str::trim).collect();
        let columns = Columns::new(&names, options.columns, file)?;
        let own = names.iter().enumerate().filter(|(index, _)| !columns.is_rejection(*index));
        let header = own.map(|(_, name)| (*name).to_owned()).collect();
        let notes = columns.notes(&names, file);
        let TableOptions { delimiter, empty_clears, .. } = options;
        Ok(Self { records, columns, header, notes, delimiter, empty_clears, tenant: tenant.clone() })
    }

    /// Returns the format of the file of rejected rows. With a byte-order mark, spreadsheets recognise the
    /// file as UTF-8.
    pub(super) fn rejected_format(&self, byte_order_mark: bool) -> RejectedFormat {
        RejectedFormat::Csv { header: self.header.clone(), delimiter: self.delimiter, byte_order_mark }
    }

    /// Reads the next row that is not blank; `None` at the end of the table.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, CliError> {
        while let Some(record) = self.records.next_record()? {
            if !record.is_blank() {
                return Ok(Some(Row { line: record.line, content: self.content(&record) }));
            }
        }
        Ok(None)
    }

    fn content(&self, record: &Record) -> RowContent {
        if let Some(defect) = &record.defect {
            let start = defect.cell_starts.get(self.columns.leading_rejection_columns()).copied();
            let original = defect.text[start.unwrap_or_default()..].to_owned();
            return RowContent::Invalid { reason: defect.reason.clone(), original };
        }
        // A record may have more cells than the header; those belong to the row.
        let own = record.cells().enumerate().filter(|(index, _)| !self.columns.is_rejection(*index));
        let own: Vec<&str> = own.map(|(_, cell)| cell).collect();
        let original = csv_line(own.iter().copied(), self.delimiter);
        if own.len() != self.header.len() {
            let reason =
                format!("the row has {} cells where the header has {}", own.len(), self.header.len());
            return RowContent::Invalid { reason, original };
        }
        if own.iter().map(|cell| cell.trim()).eq(self.header.iter().map(String::as_str)) {
            return RowContent::Invalid { reason: "the row repeats the header".to_owned(), original };
        }
        match self.fields(record) {
            Ok(fields) => {
                let keys = RowKeys::new(&self.tenant, |name| {
                    let field = fields.iter().find(|(field, value)| *field == name && !value.is_empty());
                    field.map(|(_, value)| Cow::Borrowed(value.as_ref()))
                });
                RowContent::Item { json: self.item(&fields), keys, original: Some(original) }
            }
            Err(reason) => RowContent::Invalid { reason, original },
        }
    }

    /// Reads the fields that the table has columns for. The value of an empty cell is empty.
    fn fields<'r>(&self, record: &'r Record) -> Result<Vec<(&'static str, Cow<'r, str>)>, String> {
        let value = |field, groups: &[Vec<usize>]| {
            let values = groups.iter().map(|group| self.value(record, group));
            let value = values.into_iter().find(|value| !value.trim().is_empty()).unwrap_or_default();
            Ok((field, cell_text(field, value)?))
        };
        self.columns.fields.iter().map(|(field, groups)| value(*field, groups)).collect()
    }

    /// Reads the value of a group of columns: that of one cell, or several joined by spaces.
    fn value<'r>(&self, record: &'r Record, group: &[usize]) -> Cow<'r, str> {
        let cell = |column: &usize| {
            let cell = record.cell(*column).unwrap_or_default();
            match self.columns.separator() {
                Some(separator) => cell.split(separator).next().unwrap_or_default(),
                None => cell,
            }
        };
        match group {
            [column] => Cow::Borrowed(cell(column)),
            columns => {
                let cells = columns.iter().map(|column| cell(column).trim()).filter(|cell| !cell.is_empty());
                Cow::Owned(cells.collect::<Vec<_>>().join(" "))
            }
        }
    }

    /// Formats an item. A field without a value is left out, or cleared if that was asked for.
    fn item(&self, fields: &[(&'static str, Cow<'_, str>)]) -> String {
        let mut json = String::from("{");
        for (name, value) in fields {
            let value = match (value.as_ref(), *name) {
                ("", "contact_email" | "contact_desc") if self.empty_clears => "null".to_owned(),
                ("", _) => continue,
                (value, _) => Value::from(value).to_string(),
            };
            let separator = if json.len() > 1 { "," } else { "" };
            json.extend([separator, "\"", name, "\":", &value]);
        }
        json.push('}');
        json
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use encoding_rs::UTF_8;
    use proptest::prelude::*;

    use super::{
        super::{
            csv_records::CsvRecords,
            row::test_support::{Parts, parts},
            text_stream::TextStream,
        },
        *,
    };

    fn open_with(
        text: &str,
        skipped: &[&str],
        delimiter: u8,
        empty_clears: bool,
    ) -> Result<TableRows, String> {
        let skipped: Vec<String> = skipped.iter().map(|name| (*name).to_owned()).collect();
        let columns = ColumnOptions { skipped: &skipped, mappings: &[] };
        let text = TextStream::new(Box::new(Cursor::new(text.as_bytes().to_vec())), "people.csv", UTF_8);
        let records = Box::new(CsvRecords::new(text, delimiter));
        let options = TableOptions { columns, delimiter, empty_clears };
        let tenant = TenantName::parse("zegoal").unwrap();
        TableRows::open(records, options, &tenant, "people.csv").map_err(|error| error.to_string())
    }

    fn open(text: &str, skipped: &[&str], empty_clears: bool) -> Result<TableRows, String> {
        open_with(text, skipped, b',', empty_clears)
    }

    fn only_row(mut rows: TableRows) -> Parts {
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
        let json = r#"{"contact_name":"An \"n\"","contact_mobile_num":"067_1"}"#;
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
    fn a_row_with_broken_quoting_is_rejected_as_it_is_written() {
        let text = "rejected_line,rejected_because,contact_name\n7,why,\"Ann\"x\n";
        let (reason, original) = only_row(open(text, &[], false).unwrap()).unwrap_err();
        assert!(reason.contains("text follows a closing quote"), "{reason}");
        assert_eq!(original, "\"Ann\"x");
    }

    #[test]
    fn a_repeated_header_is_rejected() {
        let text = "contact_name,contact_mobile_num\ncontact_name, contact_mobile_num\n";
        let (reason, _) = only_row(open(text, &[], false).unwrap()).unwrap_err();
        assert_eq!(reason, "the row repeats the header");
    }

    #[test]
    fn rows_of_delimiters_only_are_blank() {
        let mut rows = open("contact_name,contact_type\n,\n\n,\n", &[], false).unwrap();
        assert!(rows.next_row().unwrap().is_none());
    }

    #[test]
    fn a_table_without_a_header_is_an_error() {
        assert_eq!(open("\n\n", &[], false).err().unwrap(), "people.csv is empty");
    }

    proptest! {
        #[test]
        fn a_rejected_csv_row_can_be_imported(cells in prop::collection::vec("[\\PC\n\r\";]{0,9}", 1..5)) {
            prop_assume!(cells.iter().any(|cell| !cell.is_empty()));
            let cells = csv_line(cells.iter().map(String::as_str), b';');
            let header = "contact_name;contact_desc\n";
            let mut rows = open_with(&format!("{header}{cells}\n"), &[], b';', false).unwrap();
            let format = rows.rejected_format(false);
            let row = parts(rows.next_row().unwrap().unwrap());
            let original = match &row {
                Ok((_, original)) => original.as_ref().unwrap(),
                Err((_, original)) => original,
            };
            let rejected = format!("{}{}", format.header(), format.row(2, "of \"this\"; and that", original));
            let mut rows_again = open_with(&rejected, &[], b';', false).unwrap();
            prop_assert_eq!(parts(rows_again.next_row().unwrap().unwrap()), row);
            prop_assert!(rows_again.next_row().unwrap().is_none());
        }
    }
}
