//! What the columns of a table hold, by its header, the command line and the presets.

use contacts_core::json::ITEM_FIELDS;

use super::{
    column_mapping::{ColumnMapping, all_columns, field_named, find_column, simplified},
    preset::Preset,
};
use crate::{
    error::CliError,
    import::report::{REJECTED_BECAUSE, REJECTED_LINE},
};

/// The minimum similarity of two names that a message shows beside each other, from 0 to 1.
const MIN_SIMILARITY: f64 = 0.75;

/// The fields that are ids of this service.
const IDS: [&str; 3] = ["contact_id", "link_id", "account_id"];

/// How the command line changes what columns hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct ColumnOptions<'o> {
    /// Columns that are not imported.
    pub(super) skipped: &'o [String],
    pub(super) mappings: &'o [ColumnMapping],
}

/// What the columns of a table hold.
#[derive(Debug)]
pub(super) struct Columns {
    /// For each field: the groups of columns that may give it. The first with a value counts.
    pub(super) fields: Vec<(&'static str, Vec<Vec<usize>>)>,
    /// The columns with the line and the reason of an earlier rejection.
    rejection: Vec<usize>,
    /// The columns that the command line skips.
    skipped: Vec<usize>,
    /// The product that wrote the table, if it was recognised.
    preset: Option<&'static Preset>,
    /// The names of the other columns, which are not imported.
    ignored: Vec<String>,
}

impl Columns {
    /// Reads a header. A column's meaning is that of the command line, or else of its exact name, or else of
    /// the product that is recognised, or else of a similar name. Fails if a column has none.
    pub(super) fn new(header: &[&str], options: ColumnOptions<'_>, file: &str) -> Result<Self, CliError> {
        let errors = HeaderErrors { header, file };
        let is_rejection = |index: &usize| [REJECTED_LINE, REJECTED_BECAUSE].contains(&header[*index]);
        let rejection = (0..header.len()).filter(is_rejection).collect();
        let skipped = errors.skipped_columns(options.skipped)?;
        let mut columns = Self { fields: Vec::new(), rejection, skipped, preset: None, ignored: Vec::new() };
        for mapping in options.mappings {
            let group = mapping.columns_in(header).map_err(|name| errors.missing("to map", name))?;
            columns.add(mapping.field, group);
        }
        columns.add_exact_names(&errors)?;
        if !columns.unknown(header).is_empty() {
            columns.preset = Preset::recognise(header);
        }
        match columns.preset {
            Some(preset) => columns.add_preset(preset, header),
            None => columns.add_similar_names(header, !options.mappings.is_empty()),
        }
        let unknown = columns.unknown(header);
        if columns.preset.is_none() && options.mappings.is_empty() && !unknown.is_empty() {
            return Err(errors.unknown(&unknown));
        }
        columns.ignored = unknown.into_iter().map(|index| header[index].to_owned()).collect();
        Ok(columns)
    }

    /// Adds the columns that have the name of a field.
    fn add_exact_names(&mut self, errors: &HeaderErrors<'_>) -> Result<(), CliError> {
        for field in ITEM_FIELDS {
            let mut named = (0..errors.header.len()).filter(|index| errors.header[*index] == field);
            let column = named.next().filter(|column| self.is_free(*column));
            if column.is_some() && named.next().is_some() {
                return Err(errors.of(&format!("the column `{field}` is there twice")));
            }
            self.add(field, column.into_iter().collect());
        }
        Ok(())
    }

    /// Adds the columns that a product's exports have.
    fn add_preset(&mut self, preset: &Preset, header: &[&str]) {
        for mapping in &preset.map {
            let mut group = mapping.present_columns_in(header);
            group.retain(|column| !self.skipped.contains(column));
            self.add(mapping.field, group);
        }
    }

    /// Adds the columns with a name like that of a field. In a table of another product, an `Account ID` is not
    /// this service's.
    fn add_similar_names(&mut self, header: &[&str], is_of_another_product: bool) {
        for field in ITEM_FIELDS {
            let is_foreign_id = is_of_another_product && IDS.contains(&field);
            let column = find_column(header, field).filter(|column| self.is_free(*column) && !is_foreign_id);
            self.add(field, column.into_iter().collect());
        }
    }

    /// Returns the columns that have no meaning yet.
    fn unknown(&self, header: &[&str]) -> Vec<usize> {
        (0..header.len()).filter(|column| self.is_free(*column)).collect()
    }

    fn is_free(&self, column: usize) -> bool {
        let is_used =
            self.fields.iter().any(|(_, groups)| groups.iter().any(|group| group.contains(&column)));
        !is_used && !self.is_rejection(column) && !self.skipped.contains(&column)
    }

    fn add(&mut self, field: &'static str, group: Vec<usize>) {
        if group.is_empty() {
            return;
        }
        match self.fields.iter_mut().find(|(name, _)| *name == field) {
            Some((_, groups)) => groups.push(group),
            None => self.fields.push((field, vec![group])),
        }
    }

    /// Whether the column holds the line or the reason of an earlier rejection.
    pub(super) fn is_rejection(&self, column: usize) -> bool {
        self.rejection.contains(&column)
    }

    /// Returns how many columns at the left are those of an earlier rejection.
    pub(super) fn leading_rejection_columns(&self) -> usize {
        self.rejection.iter().zip(0..).take_while(|(column, left)| **column == *left).count()
    }

    /// Returns what separates several values in one cell.
    pub(super) fn separator(&self) -> Option<&str> {
        self.preset?.separator.as_deref()
    }

    /// Describes what is imported from which columns, and what is left out; nothing if every column is a
    /// field of the same name.
    pub(super) fn notes(&self, header: &[&str], file: &str) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(preset) = self.preset {
            notes.push(format!("{file} is an export of {}.", preset.name));
        }
        let is_own =
            |field: &str, groups: &[Vec<usize>]| matches!(groups, [group] if header[group[0]] == field);
        let sources = self.fields.iter().filter(|(field, groups)| !is_own(field, groups));
        notes.extend(sources.map(|(field, groups)| {
            let group = |group: &Vec<usize>| {
                group.iter().map(|column| header[*column]).collect::<Vec<_>>().join(" + ")
            };
            format!("  {field}: {}", groups.iter().map(group).collect::<Vec<_>>().join(", or else "))
        }));
        if !self.ignored.is_empty() {
            notes.push(format!("Not imported: {}.", self.ignored.join(", ")));
        }
        if let Some(separator) = self.separator() {
            notes.push(format!(
                "Of several values in a cell (`{}`), the first is imported.",
                separator.trim()
            ));
        }
        notes
    }
}

/// A header, for errors that name its columns.
struct HeaderErrors<'h> {
    header: &'h [&'h str],
    file: &'h str,
}

impl HeaderErrors<'_> {
    fn of(&self, problem: &str) -> CliError {
        CliError::usage(format!("{}: {problem}", self.file))
    }

    /// Returns the positions of the columns that the command line skips.
    fn skipped_columns(&self, names: &[String]) -> Result<Vec<usize>, CliError> {
        let mut skipped = Vec::new();
        for name in names {
            let columns = all_columns(self.header, name);
            if columns.is_empty() {
                return Err(self.missing("to skip", name));
            }
            skipped.extend(columns);
        }
        Ok(skipped)
    }

    fn missing(&self, purpose: &str, name: &str) -> CliError {
        let columns: Vec<String> = self.header.iter().map(|name| quoted(name)).collect();
        self.of(&format!("there is no column {} {purpose}", quoted(name)))
            .advice(format!("Its columns are {}", columns.join(", ")))
    }

    fn unknown(&self, columns: &[usize]) -> CliError {
        let described: Vec<String> = columns.iter().map(|column| described(self.header[*column])).collect();
        let columns = if described.len() == 1 { "an unknown column" } else { "unknown columns:" };
        self.of(&format!("the first line names {columns} {}", described.join(", "))).advice(format!(
            "It must name the columns, each one of {}. --map 'COLUMN=FIELD' imports a column of another name, \
             --skip-column leaves one out, --delimiter sets the delimiter, and `contacts import --template` \
             prints a file to start from",
            ITEM_FIELDS.join(", "),
        ))
    }
}

/// Formats the name of an unknown column, with the field of the most similar name.
fn described(name: &str) -> String {
    let simplified_name = simplified(name);
    let similarity = |field: &str| strsim::jaro_winkler(&simplified_name, &simplified(field));
    let closest = ITEM_FIELDS.into_iter().max_by(|one, other| similarity(one).total_cmp(&similarity(other)));
    let likely = closest.filter(|field| field_named(name).is_none() && similarity(field) >= MIN_SIMILARITY);
    match likely {
        Some(field) => format!("{} (like `{field}`)", quoted(name)),
        None => quoted(name),
    }
}

/// Formats a column's name, shortened. Names the characters that may look like others: those that are not
/// ASCII in a name that has ASCII letters, and invisible ones.
fn quoted(name: &str) -> String {
    let shown: String = name.chars().take(60).collect();
    let has_ascii_letters = name.chars().any(|character| character.is_ascii_alphabetic());
    let is_unclear =
        |character: &char| !character.is_ascii() && (has_ascii_letters || !character.is_alphanumeric());
    let unclear: Vec<String> = name
        .chars()
        .filter(is_unclear)
        .take(3)
        .map(|character| format!("U+{:04X}", u32::from(character)))
        .collect();
    match &unclear[..] {
        [] => format!("`{shown}`"),
        unclear => format!("`{shown}` (with {})", unclear.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &[&str], skipped: &[&str], mappings: &[&str]) -> Result<Columns, String> {
        let skipped: Vec<String> = skipped.iter().map(|name| (*name).to_owned()).collect();
        let mappings: Vec<_> = mappings.iter().map(|text| ColumnMapping::parse(text).unwrap()).collect();
        let options = ColumnOptions { skipped: &skipped, mappings: &mappings };
        Columns::new(header, options, "people.csv").map_err(|error| error.report())
    }

    #[test]
    fn names_are_compared_without_case_spaces_and_underscores() {
        let columns = columns(&["Contact Name", "CONTACT_MOBILE_NUM", "contactEmail"], &[], &[]).unwrap();
        let expected = [("contact_name", 0), ("contact_mobile_num", 1), ("contact_email", 2)];
        assert_eq!(columns.fields, expected.map(|(field, column)| (field, vec![vec![column]])));
    }

    #[test]
    fn an_exact_name_takes_precedence_over_a_similar_one() {
        let error = columns(&["Contact Name", "contact_name"], &[], &[]).unwrap_err();
        assert!(error.contains("unknown column `Contact Name` (like `contact_name`)"), "{error}");
    }

    #[test]
    fn all_unknown_columns_are_named_with_the_closest_field() {
        let error = columns(&["contact_name", "phone", "contact_emial", ""], &[], &[]).unwrap_err();
        assert!(
            error.contains("unknown columns: `phone`, `contact_emial` (like `contact_email`), ``"),
            "{error}"
        );
    }

    #[test]
    fn characters_that_look_like_others_are_named() {
        let error = columns(&["\u{441}ontact_name", "Ім\u{2019}я"], &[], &[]).unwrap_err();
        assert!(error.contains("(with U+0441) (like `contact_name`)"), "{error}");
        assert!(error.contains("`Ім\u{2019}я` (with U+2019)"), "{error}");
    }

    #[test]
    fn mapped_columns_come_first_and_others_are_left_out() {
        let header = ["contact_name", "First", "Last", "Phone", "Cell", "Note"];
        let mappings = ["First+Last=contact_name", "Cell=contact_mobile_num", "Phone=contact_mobile_num"];
        let columns = columns(&header, &["Last"], &mappings[..1]).unwrap();
        assert_eq!(columns.fields, [("contact_name", vec![vec![1, 2], vec![0]])]);
        assert_eq!(columns.ignored, ["Phone", "Cell", "Note"]);
        let columns = super::tests::columns(&header, &[], &mappings).unwrap();
        assert_eq!(columns.fields[1], ("contact_mobile_num", vec![vec![4], vec![3]]));
        assert_eq!(
            columns.notes(&header, "people.csv"),
            [
                "  contact_name: First + Last, or else contact_name",
                "  contact_mobile_num: Cell, or else Phone",
                "Not imported: Note."
            ]
        );
    }

    #[test]
    fn missing_and_duplicate_columns_are_errors() {
        for (skipped, mappings, part) in [
            (&["note"][..], &[][..], "no column `note` to skip"),
            (&[], &["a+b=contact_name"], "no column `a` to map"),
        ] {
            let error = columns(&["contact_name"], skipped, mappings).unwrap_err();
            assert!(error.contains(part) && error.contains("Its columns are `contact_name`"), "{error}");
        }
        let error = columns(&["contact_name", "contact_name"], &[], &[]).unwrap_err();
        assert!(error.contains("the column `contact_name` is there twice"), "{error}");
    }
}
