//! The records of a file of vCards (`.vcf`), of any version.

use std::mem;

use calcard::{
    Entry, Parser,
    vcard::{
        VCard, VCardEntry, VCardParameterName, VCardParameterValue, VCardProperty, VCardType, VCardValue,
    },
};

use super::{
    record::{Defect, Record, Records},
    row::MAX_ROW_BYTES,
    text_stream::TextStream,
};
use crate::{error::CliError, import::report::csv_line};

/// The columns of the records: what is imported of a vCard.
const HEADER: [&str; 5] =
    ["contact_name", "contact_mobile_num", "contact_email", "account_name", "contact_desc"];

/// Reads vCards as the records of a table.
pub(super) struct VcardRecords {
    text: TextStream,
    line: u64,
    /// The first line of the next card, if the current one ended without END:VCARD.
    ahead: Vec<u8>,
    has_header: bool,
}

impl VcardRecords {
    pub(super) fn new(text: TextStream) -> Self {
        Self { text, line: 0, ahead: Vec::new(), has_header: false }
    }

    /// Reads the text of the next card and the line that it begins on; `None` at the end of the file. A card
    /// ends with END:VCARD, or before the next BEGIN:VCARD.
    fn next_card(&mut self) -> Result<Option<(u64, String)>, CliError> {
        let mut card = mem::take(&mut self.ahead);
        let mut first_line = self.line;
        loop {
            let start = card.len();
            let is_end_of_file = self.text.read_line(&mut card, MAX_ROW_BYTES)? == 0;
            self.line += 1;
            let line = card[start..].trim_ascii();
            let begins = line.eq_ignore_ascii_case(b"BEGIN:VCARD");
            let ends = line.eq_ignore_ascii_case(b"END:VCARD");
            if start == 0 {
                first_line = self.line;
                if line.is_empty() {
                    card.clear();
                }
            } else if begins {
                self.ahead = card.split_off(start);
            }
            if card.len() > MAX_ROW_BYTES {
                let advice = "Check it for a missing END:VCARD, or remove its photo";
                return Err(self.text.error_at_line(first_line, "begins a vCard of more than 1 MB", advice));
            }
            if ends || !self.ahead.is_empty() || (is_end_of_file && !card.is_empty()) {
                return Ok(Some((first_line, self.text.validate(&card, first_line)?.to_owned())));
            }
            if is_end_of_file {
                return Ok(None);
            }
        }
    }
}

impl Records for VcardRecords {
    fn next_record(&mut self) -> Result<Option<Record>, CliError> {
        if !self.has_header {
            self.has_header = true;
            return Ok(Some(Record::of_cells(1, HEADER)));
        }
        let Some((line, text)) = self.next_card()? else { return Ok(None) };
        let is_complete = text.trim_end().to_ascii_uppercase().ends_with("END:VCARD");
        let cells = match Parser::new(&text).entry() {
            Entry::VCard(card) if is_complete => cells(&card),
            _ => {
                return Ok(Some(defect(
                    line,
                    &text,
                    "this is not a complete vCard, from BEGIN:VCARD to END:VCARD",
                )));
            }
        };
        if cells.iter().all(String::is_empty) {
            return Ok(Some(defect(line, &text, "the vCard has no name and no number")));
        }
        Ok(Some(Record::of_cells(line, cells.iter().map(String::as_str))))
    }
}

/// Makes a record of a card that can't be imported. Its text is the last cell.
fn defect(line: u64, card: &str, reason: &str) -> Record {
    let mut record = Record::of_cells(line, []);
    record.defect = Some(Defect {
        reason: reason.to_owned(),
        text: csv_line(["", "", "", "", card.trim_end()], b','),
        cell_starts: Vec::new(),
    });
    record
}

/// Returns the cells of a card, in the order of [`HEADER`].
fn cells(card: &VCard) -> [String; HEADER.len()] {
    let first = |property| card.property(&property).map(text).unwrap_or_default();
    let name = Some(first(VCardProperty::Fn)).filter(|name| !name.trim().is_empty());
    let mut numbers: Vec<&VCardEntry> = card.properties(&VCardProperty::Tel).collect();
    // Stable, so the first mobile number comes first, or else the first number.
    numbers.sort_by_key(|number| !is_mobile(number));
    let number = numbers.first().map(|number| text(number)).unwrap_or_default();
    let number = number.strip_prefix("tel:").unwrap_or(&number).to_owned();
    let organisation = card.property(&VCardProperty::Org).and_then(|entry| texts(entry).next());
    [
        name.unwrap_or_else(|| structured_name(card)),
        number,
        first(VCardProperty::Email),
        organisation.unwrap_or_default(),
        first(VCardProperty::Note),
    ]
}

/// Returns given and family name of the property N, for cards of version 2.1 without FN.
fn structured_name(card: &VCard) -> String {
    let parts: Vec<String> =
        card.property(&VCardProperty::N).map(|entry| texts(entry).collect()).unwrap_or_default();
    let part = |index: usize| parts.get(index).map(String::as_str).filter(|part| !part.is_empty());
    [part(1), part(0)].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Returns the text of a property with one value.
fn text(entry: &VCardEntry) -> String {
    texts(entry).collect::<Vec<_>>().join(", ")
}

/// Returns the texts of a property's values or components.
fn texts(entry: &VCardEntry) -> impl Iterator<Item = String> {
    entry.values.iter().filter_map(|value| match value {
        VCardValue::Text(text) => Some(text.clone()),
        VCardValue::Component(parts) => Some(parts.join(" ")),
        VCardValue::Integer(number) => Some(number.to_string()),
        _ => None,
    })
}

/// Whether a number is a mobile number. In version 2.1, the type is a parameter without a name.
fn is_mobile(number: &VCardEntry) -> bool {
    number.params.iter().any(|param| {
        matches!(&param.value, VCardParameterValue::Type(VCardType::Cell))
            || matches!(&param.name, VCardParameterName::Other(name) if name.eq_ignore_ascii_case("cell"))
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use encoding_rs::UTF_8;

    use super::*;

    fn records(text: &str) -> Vec<Record> {
        let text = TextStream::new(Box::new(Cursor::new(text.as_bytes().to_vec())), "people.vcf", UTF_8);
        let mut records = VcardRecords::new(text);
        std::iter::from_fn(|| records.next_record().unwrap()).skip(1).collect()
    }

    fn cells_of(text: &str) -> Vec<String> {
        let records = records(text);
        assert_eq!((records.len(), &records[0].defect), (1, &None), "{records:?}");
        records[0].cells().map(str::to_owned).collect()
    }

    #[test]
    fn cards_of_all_versions_are_read() {
        let old = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=86=D0=B2=D0=B0=D0=BD;=D0=9E=D0=BB=D1=8F;;;\r\n\
                   TEL;HOME:044 1\r\nTEL;CELL:067 1\r\nEND:VCARD\r\n";
        assert_eq!(cells_of(old), ["Оля Іван", "067 1", "", "", ""]);
        let phone = "BEGIN:VCARD\nVERSION:3.0\nFN:Ann O\\, Neil\nN:O\\, Neil;Ann;;;\nORG:Acme\\; Ltd;Sales\n\
                     TEL;TYPE=WORK:044 1\nTEL;TYPE=CELL,VOICE:067 1\nEMAIL;TYPE=INTERNET:ann@example.com\n\
                     NOTE:a long\n  note\nEND:VCARD\n";
        assert_eq!(cells_of(phone), ["Ann O, Neil", "067 1", "ann@example.com", "Acme; Ltd", "a long note"]);
        let new =
            "BEGIN:VCARD\nVERSION:4.0\nFN:Ann\nTEL;VALUE=uri;TYPE=\"voice,home\":tel:+380671\nEND:VCARD";
        assert_eq!(cells_of(new), ["Ann", "+380671", "", "", ""]);
    }

    #[test]
    fn a_card_that_is_cut_off_is_a_defect_with_its_text() {
        let records = records(
            "\nBEGIN:VCARD\nFN:Ann\nEND:VCARD\n\nBEGIN:VCARD\nFN:\"Bob\"\nBEGIN:VCARD\nFN:Cid\nEND:VCARD\n\
             BEGIN:VCARD\nADR:x\nEND:VCARD\nBEGIN:VCARD\n",
        );
        let found: Vec<_> = records.iter().map(|record| (record.line, record.defect.is_some())).collect();
        assert_eq!(found, [(2, false), (6, true), (8, false), (11, true), (14, true)]);
        assert_eq!(records[2].cell(0), Some("Cid"));
        assert_eq!(records[1].defect.as_ref().unwrap().text, ",,,,\"BEGIN:VCARD\nFN:\"\"Bob\"\"\"");
    }
}
