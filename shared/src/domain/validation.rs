//! Validation errors of single values, in the words that a caller reads, and the checks that several types share. An error
//! doesn't know the name of its field: the code that reads the field adds it.

use super::spelling::has_visible_character;

/// The largest id: the largest integer that every JSON parser reads exactly (docs/api.md: `2^53-1`).
pub(super) const MAX_ID: u64 = (1 << 53) - 1;

/// The rule that a value breaks. The text follows the name of a field: "`contact_name` must be …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValidationError {
    /// Text that is empty or too long after trimming.
    #[error("must be 1 to {max} characters after trimming")]
    TrimmedLength {
        /// The most characters that are allowed.
        max: usize,
    },
    /// Text that is too long.
    #[error("must be at most {max} characters")]
    Length {
        /// The most characters that are allowed.
        max: usize,
    },
    /// Text with a control character, including line breaks and tabs.
    #[error("must not contain control characters")]
    ControlCharacter,
    /// An e-mail address without text on both sides of exactly one `@`.
    #[error("must have text on both sides of one `@`")]
    Email,
    /// A word that isn't in the tenant's dictionary.
    #[error("must be one of {words}")]
    Dictionary {
        /// The words of the dictionary, as a list to read.
        words: String,
    },
    /// An id outside its range, or text that isn't an integer's digits.
    #[error("must be an integer from 1 to {MAX_ID}")]
    Id,
    /// Not a UUID in its hyphenated form, or the nil UUID, which many callers send for "none".
    #[error("must be a UUID like 91c615e3-1040-4815-8ecb-039a18b756b5, and not the nil UUID")]
    Uuid,
    /// Not a tenant's name.
    #[error("must be 1 to 63 of a-z, 0-9 and `-`, and not begin with `-`")]
    TenantName,
    /// Not a name of the IANA time zone database.
    #[error("must be a time zone's IANA name, like Europe/Kiev")]
    TimeZone,
    /// A dictionary of contact types without the default type.
    #[error("must hold `main_contact`, which a contact is by default")]
    DefaultContactType,
    /// Not an idempotency key.
    #[error("must be 1 to 255 visible ASCII characters")]
    IdempotencyKey,
    /// A right that doesn't exist.
    #[error("must be `upsert` or `delete`")]
    Right,
}

/// Trims white space at both ends; fails unless 1 to `max` characters are left, of which one can be seen.
pub(super) fn trimmed(raw: &str, max: usize) -> Result<String, ValidationError> {
    let text = trimmed_of_table(raw, max)?;
    if !has_visible_character(&text) {
        return Err(ValidationError::TrimmedLength { max });
    }
    Ok(text)
}

/// [`trimmed`] for a text of the table, which may have been stored before visible characters were demanded.
pub(super) fn trimmed_of_table(raw: &str, max: usize) -> Result<String, ValidationError> {
    without_control_characters(raw)?;
    let text = raw.trim();
    if text.is_empty() || exceeds(text, max) {
        return Err(ValidationError::TrimmedLength { max });
    }
    Ok(text.to_owned())
}

/// Returns the text unchanged; fails if it has more than `max` characters.
pub(super) fn bounded(raw: &str, max: usize) -> Result<String, ValidationError> {
    without_control_characters(raw)?;
    if exceeds(raw, max) {
        return Err(ValidationError::Length { max });
    }
    Ok(raw.to_owned())
}

/// Reads an id from its decimal digits, without sign and leading zeros.
pub(super) fn id(digits: &str) -> Result<u64, ValidationError> {
    let canonical = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    match digits.parse() {
        Ok(id) if canonical && id <= MAX_ID => Ok(id),
        _ => Err(ValidationError::Id),
    }
}

/// Lists words as `a, b, c`, up to about 120 bytes of an answer: 10,000 such lists must fit into one.
pub(super) fn listed(words: &[String]) -> String {
    const MAX_BYTES: usize = 120;
    let mut list = String::new();
    for word in words {
        if !list.is_empty() {
            list.push_str(", ");
        }
        if bytes_in_answer(&list) + bytes_in_answer(word) > MAX_BYTES {
            list.push('…');
            break;
        }
        list.push_str(word);
    }
    list
}

/// The bytes that a text without control characters takes in an answer. A function's response holds the answer as a JSON
/// string, so each quotation mark and backslash is escaped twice.
#[must_use]
pub fn bytes_in_answer(text: &str) -> usize {
    text.len() + 3 * text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count()
}

fn exceeds(text: &str, max: usize) -> bool {
    // No text has more characters than bytes.
    text.len() > max && text.chars().nth(max).is_some()
}

fn without_control_characters(raw: &str) -> Result<(), ValidationError> {
    // Most texts are printable ASCII, which needs no decoding.
    let is_printable_ascii = raw.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if !is_printable_ascii && raw.chars().any(char::is_control) {
        return Err(ValidationError::ControlCharacter);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_listed_up_to_120_bytes_of_an_answer() {
        let words = |lens: &[usize]| lens.iter().map(|len| "x".repeat(*len)).collect::<Vec<_>>();
        assert_eq!(listed(&words(&[3, 2])), "xxx, xx");
        assert_eq!(listed(&words(&[100, 18])).len(), 120);
        assert_eq!(listed(&words(&[100, 19])), format!("{}, …", "x".repeat(100)));
        assert_eq!(listed(&words(&[2, 200, 3])), "xx, …", "the rest is not listed");
        assert_eq!(bytes_in_answer("a\"\\é"), 1 + 4 + 4 + 2);
    }
}
