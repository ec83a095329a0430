//! How ids are derived from what a caller sent.
//!
//! The contract demands that equal requests name equal contacts (contract: "Which contact an item means",
//! rule 4) and that ids are unique in the tenant (contract: "Words"). The formulas are the service's own
//! (`docs/architecture.md`). Stored ids depend on them, so they must never change.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

/// The largest id (contract: "Words", 2^53-1).
pub const MAX_ID: u64 = (1 << 53) - 1;

/// The namespace of derived `link_id`s.
const LINK_ID_NAMESPACE: Uuid = Uuid::from_u128(0x5f0c_2a63_9d1b_4f1e_8a57_3be0_64c1_d92a);

/// Derives the `link_id` of a contact whose caller gave none: a `UUIDv5` over tenant, account, name and number.
#[must_use]
pub fn link_id(tenant: &str, account_id: u64, name: &str, mobile_number: &str) -> Uuid {
    let (name, mobile_number) = (comparison_form(name), comparison_form(mobile_number));
    let text = format!("{tenant}\0{account_id}\0{name}\0{mobile_number}");
    Uuid::new_v5(&LINK_ID_NAMESPACE, text.as_bytes())
}

/// Derives a contact's id from its tenant and its `link_id`.
#[must_use]
pub fn contact_id(tenant: &str, link_id: Uuid) -> u64 {
    hash(&[tenant.as_bytes(), b"\0", link_id.as_bytes()])
}

/// Derives the id of an account that an upsert creates by its code.
#[must_use]
pub fn account_id_by_code(tenant: &str, code: &str) -> u64 {
    hash(&[tenant.as_bytes(), b"\0CODE\0", comparison_form(code).as_bytes()])
}

/// Derives the id of an account that an upsert creates by its name alone.
#[must_use]
pub fn account_id_by_name(tenant: &str, name: &str) -> u64 {
    hash(&[tenant.as_bytes(), b"\0NAME\0", comparison_form(name).as_bytes()])
}

/// The form in which texts are compared: NFC without invisible format characters (contract: "Spelling"). The space that
/// such a character kept from being trimmed is trimmed too.
#[must_use]
pub fn comparison_form(text: &str) -> String {
    let visible: String = text.chars().filter(|one| !is_invisible_format(*one)).collect();
    visible.trim().nfc().collect()
}

/// Whether a character is of the general category Cf and has no glyph (`Default_Ignorable_Code_Point`), U+200C and
/// U+200D aside: from `DerivedCoreProperties.txt` and `UnicodeData.txt` of Unicode 17.
fn is_invisible_format(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}'
    )
}

/// The first 53 bits of the SHA-256 over `parts`. Ids begin at 1.
fn hash(parts: &[&[u8]]) -> u64 {
    let digest = Sha256::digest(parts.concat());
    let first_56_bits = digest[..7].iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    (first_56_bits >> 3).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_contacts_that_are_already_stored() {
        let link_id = link_id("zegoal", 3, "Ann", "067_1");
        assert_eq!(link_id.to_string(), "4f8f7826-0518-5c8e-b9e3-3e4ed886987b");
        assert_eq!(contact_id("zegoal", link_id), 5_715_809_846_321_249);
    }

    #[test]
    fn equal_text_as_code_and_as_name_gives_two_accounts() {
        assert_ne!(account_id_by_code("zegoal", "ACME"), account_id_by_name("zegoal", "ACME"));
    }
}
