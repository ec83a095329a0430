//! Normalises cells: numbers that a spreadsheet has reformatted, and line breaks in descriptions.

use std::borrow::Cow;

/// Fields that spreadsheets take for numbers.
const NUMBERS: [&str; 3] = ["contact_mobile_num", "contact_id", "account_id"];

/// Returns the value of a field from the text of its cell. Line breaks and tabs of a description become
/// spaces. A whole number with a decimal part, like `380671234567.0`, gets its digits alone, as the service takes the same JSON
/// number. Fails for a number with lost digits, like `3.80671E+11`.
pub(super) fn cell_text<'c>(field: &str, cell: Cow<'c, str>) -> Result<Cow<'c, str>, String> {
    if field == "contact_desc" {
        return Ok(single_line(cell));
    }
    if !NUMBERS.contains(&field) {
        return Ok(cell);
    }
    let number = cell.trim();
    if has_lost_digits(number) {
        return Err(format!(
            "`{field}` is `{number}`: a spreadsheet has shortened the number. Format the column as text and \
             export the file again"
        ));
    }
    match number.split_once('.') {
        Some((digits, decimals)) if is_digits(digits) && is_zeros(decimals) => Ok(digits.to_owned().into()),
        Some(_) | None => Ok(cell),
    }
}

fn single_line(cell: Cow<'_, str>) -> Cow<'_, str> {
    const BREAKS: [char; 3] = ['\r', '\n', '\t'];
    if !cell.contains(BREAKS) {
        return cell;
    }
    let lines = cell.split(BREAKS).map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ").into()
}

/// Whether it is a number in scientific notation, with a decimal point or comma.
fn has_lost_digits(number: &str) -> bool {
    let Some((significand, exponent)) = number.split_once(['e', 'E']) else { return false };
    let (whole, decimals) = significand.split_once(['.', ',']).unwrap_or((significand, "0"));
    is_digits(whole) && is_digits(decimals) && exponent.strip_prefix('+').is_some_and(is_digits)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_zeros(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(cell: &str) -> Result<String, String> {
        cell_text("contact_mobile_num", cell.into()).map(Cow::into_owned)
    }

    #[test]
    fn a_whole_number_gets_its_digits() {
        for (cell, expected) in [
            ("380671234567.0", "380671234567"),
            ("380671234567.00", "380671234567"),
            ("067.1", "067.1"),
            ("+380.0", "+380.0"),
            ("67_1", "67_1"),
            (".0", ".0"),
        ] {
            assert_eq!(number(cell).unwrap(), expected);
        }
        assert_eq!(cell_text("contact_desc", "1.0".into()).unwrap(), "1.0");
    }

    #[test]
    fn line_breaks_become_spaces() {
        let cell = cell_text("contact_desc", "one\r\n two\n\tthree ".into());
        assert_eq!(cell.unwrap(), "one two three");
    }

    #[test]
    fn a_number_without_its_last_digits_is_rejected() {
        for cell in ["3.80671E+11", "3,80671E+11", "4e+10"] {
            assert!(number(cell).unwrap_err().contains("shortened the number"), "{cell}");
        }
        for cell in ["067E1", "E+1", "3.8E-11"] {
            assert_eq!(number(cell).unwrap(), cell);
        }
    }
}
