//! Presets: how the exports of well-known products map to fields. They are data, in `presets.json`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::column_mapping::{ColumnMapping, simplified};

static PRESETS: LazyLock<Vec<Preset>> =
    LazyLock::new(|| serde_json::from_str(include_str!("presets.json")).expect("a test parses the presets"));

/// How the export of a product maps to fields.
#[derive(Debug, Deserialize)]
pub(super) struct Preset {
    /// Name of the product.
    pub(super) name: String,
    /// Columns that every export of this product has, and no other export.
    recognised_by: Vec<String>,
    /// The mappings; of several to the same field, the first with a value counts.
    pub(super) map: Vec<ColumnMapping>,
    /// What separates several values in one cell; the first value is imported.
    pub(super) separator: Option<String>,
}

impl Preset {
    /// Returns the preset that recognises this header; of several, the one with the most columns.
    pub(super) fn recognise(header: &[&str]) -> Option<&'static Self> {
        let header: Vec<String> = header.iter().map(|name| simplified(name)).collect();
        PRESETS
            .iter()
            .filter(|preset| preset.recognised_by.iter().all(|name| header.contains(&simplified(name))))
            .max_by_key(|preset| preset.recognised_by.len())
    }
}

#[cfg(test)]
mod tests {
    use contacts_core::json::ITEM_FIELDS;

    use super::*;

    #[test]
    fn presets_give_name_and_number_and_have_a_name() {
        for preset in PRESETS.iter() {
            assert_ne!(preset.name, "");
            for field in ["contact_name", "contact_mobile_num"] {
                assert!(preset.map.iter().any(|mapping| mapping.field == field), "{}", preset.name);
            }
        }
    }

    #[test]
    fn the_tools_own_header_is_no_preset() {
        assert!(Preset::recognise(&ITEM_FIELDS).is_none());
    }
}
