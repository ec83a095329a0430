//! The rules that raw input can break, in the words a caller reads, and the checks that several types
//! share. A rule doesn't know which field it was broken in; whoever reads the field says so.

/// The largest integer that every JSON parser reads exactly; no id is larger (contract: `2^53-1`).
pub(super) const MAX_ID: u64 = (1 << 53) - 1;

/// What a value must be and isn't. Reads on after a field's name: "`contact_name` must be …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    /// Text that is empty or too long once white space is trimmed off both ends.
    #[error("must be 1 to {max} characters after trimming")]
    TrimmedLength {
        /// The most characters it may have.
        max: usize,
    },
    /// Text that is too long as it stands.
    #[error("must be at most {max} characters")]
    Length {
        /// The most characters it may have.
        max: usize,
    },
    /// Text with a control character anywhere, line breaks and tabs among them.
    #[error("must not contain control characters")]
    ControlCharacter,
    /// An e-mail address without text on both sides of exactly one `@`.
    #[error("must have text on both sides of one `@`")]
    Email,
    /// A word that the tenant's dictionary doesn't hold.
    #[error("must be one of {words}")]
    Dictionary {
        /// The words it does hold, ready to read.
        words: String,
    },
    /// An id outside its range, or text that isn't an integer's digits.
    #[error("must be an integer from 1 to {MAX_ID}")]
    Id,
    /// Not a UUID in its hyphenated form, or the nil UUID, with which many callers mean "none".
    #[error("must be a UUID like 91c615e3-1040-4815-8ecb-039a18b756b5, and not the nil UUID")]
    Uuid,
    /// Not a tenant's slug.
    #[error("must be 1 to 63 of a-z, 0-9 and `-`, and not begin with `-`")]
    TenantName,
    /// Not a name of the IANA time zone database.
    #[error("must be a time zone's IANA name, like Europe/Kiev")]
    TimeZone,
    /// A dictionary of contact types without the one that contacts get by default.
    #[error("must hold `main_contact`, which a contact is by default")]
    DefaultContactType,
    /// A right that doesn't exist.
    #[error("must be `upsert` or `delete`")]
    Right,
}

/// Trims white space off both ends and holds the rest against `max` characters.
pub(super) fn trimmed(raw: &str, max: usize) -> Result<String, Rule> {
    without_control_characters(raw)?;
    let text = raw.trim();
    if text.is_empty() || exceeds(text, max) {
        return Err(Rule::TrimmedLength { max });
    }
    Ok(text.to_owned())
}

/// Keeps the text as it is, if it has at most `max` characters.
pub(super) fn bounded(raw: &str, max: usize) -> Result<String, Rule> {
    without_control_characters(raw)?;
    if exceeds(raw, max) {
        return Err(Rule::Length { max });
    }
    Ok(raw.to_owned())
}

/// Reads an id from an integer's digits, in the one form that an integer has: no sign, no leading zero.
pub(super) fn id(digits: &str) -> Result<u64, Rule> {
    let canonical = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    match digits.parse() {
        Ok(id) if canonical && id <= MAX_ID => Ok(id),
        _ => Err(Rule::Id),
    }
}

/// Lists words for a sentence: `a, b, c`, and no more of them than a sentence bears; ten thousand such
/// sentences have to fit into one answer.
pub(super) fn listed(words: &[String]) -> String {
    const MAX_BYTES: usize = 120;
    let mut list = String::new();
    for word in words {
        if !list.is_empty() {
            list.push_str(", ");
        }
        if list.len() + word.len() > MAX_BYTES {
            list.push('…');
            break;
        }
        list.push_str(word);
    }
    list
}

fn exceeds(text: &str, max: usize) -> bool {
    text.chars().nth(max).is_some()
}

fn without_control_characters(raw: &str) -> Result<(), Rule> {
    if raw.chars().any(char::is_control) {
        return Err(Rule::ControlCharacter);
    }
    Ok(())
}
