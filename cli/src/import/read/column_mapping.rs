//! Mappings of columns to fields, as `--map` and presets write them.

use contacts_core::json::ITEM_FIELDS;
use serde::Deserialize;

/// Columns that give a field. Several columns are joined by spaces.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ColumnMapping {
    columns: String,
    pub(super) field: Field,
}

/// The name of a field of an item.
pub(super) type Field = &'static str;

impl ColumnMapping {
    /// Parses `COLUMN[+COLUMN…]=FIELD`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (columns, field) = text
            .rsplit_once('=')
            .filter(|(columns, _)| !columns.trim().is_empty())
            .ok_or("must be COLUMN=FIELD, or COLUMN+COLUMN=FIELD to join columns")?;
        let field = field_named(field.trim())
            .ok_or_else(|| format!("`{field}` is not a field; the fields are {}", ITEM_FIELDS.join(", ")))?;
        Ok(Self { columns: columns.trim().to_owned(), field })
    }

    /// Returns the positions of its columns in the header, or the name of one that is missing there.
    pub(super) fn columns_in(&self, header: &[&str]) -> Result<Vec<usize>, &str> {
        // The name of a column may contain a plus sign.
        if let Some(column) = find_column(header, &self.columns) {
            return Ok(vec![column]);
        }
        let columns = self.columns.split('+').map(str::trim);
        columns.map(|column| find_column(header, column).ok_or(column)).collect()
    }

    /// Returns the positions of those of its columns that the header has.
    pub(super) fn present_columns_in(&self, header: &[&str]) -> Vec<usize> {
        match self.columns_in(header) {
            Ok(columns) => columns,
            Err(_) => {
                self.columns.split('+').filter_map(|column| find_column(header, column.trim())).collect()
            }
        }
    }
}

impl TryFrom<String> for ColumnMapping {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

/// Returns the field with exactly this name.
pub(super) fn field_named(name: &str) -> Option<&'static str> {
    ITEM_FIELDS.into_iter().find(|field| *field == name)
}

/// Returns the position of the column with this name, or of the only one with a [`simplified`] name like it.
pub(super) fn find_column(header: &[&str], name: &str) -> Option<usize> {
    match all_columns(header, name)[..] {
        [column] => Some(column),
        [first, ..] if header[first] == name => Some(first),
        _ => None,
    }
}

/// Returns the positions of all columns with this name, or else of those with a [`simplified`] name like it.
pub(super) fn all_columns(header: &[&str], name: &str) -> Vec<usize> {
    let positions = |matches: &dyn Fn(&str) -> bool| {
        (0..header.len()).filter(|index| matches(header[*index])).collect::<Vec<_>>()
    };
    let exact = positions(&|column| column == name);
    if !exact.is_empty() {
        return exact;
    }
    let wanted = simplified(name);
    positions(&|column| simplified(column) == wanted)
}

/// Returns a name in lower case, without spaces, underscores and hyphens.
pub(super) fn simplified(name: &str) -> String {
    let is_ignored = |character: &char| character.is_whitespace() || matches!(character, '_' | '-');
    name.chars().filter(|character| !is_ignored(character)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_joins_columns_and_finds_names_with_plus_and_equals_signs() {
        let header = ["First Name", "last_name", "a+b", "x=y"];
        for (text, expected) in [
            ("First Name+Last Name=contact_name", Ok(vec![0, 1])),
            ("a+b=contact_name", Ok(vec![2])),
            ("x=y=contact_name", Ok(vec![3])),
            ("First Name+Middle Name=contact_name", Err("Middle Name")),
        ] {
            assert_eq!(ColumnMapping::parse(text).unwrap().columns_in(&header), expected, "{text}");
        }
    }

    #[test]
    fn invalid_mappings_are_rejected() {
        for text in ["", "phone", "=contact_name", "phone=number", "phone="] {
            assert!(ColumnMapping::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_ambiguous_simplified_name_is_no_match() {
        assert_eq!(find_column(&["E-Mail", "email"], "Email"), None);
        assert_eq!(find_column(&["E-Mail", "Email"], "Email"), Some(1));
    }
}
