//! Spellings: texts that look the same can be written in several ways, for example with a composed or a decomposed accent, or
//! with an invisible character that came with a copy from a web page. Texts are stored as they were sent, and compared in one
//! form (docs/api.md, "Words and rules").

use std::{
    borrow::Cow,
    hash::{Hash, Hasher},
};

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory, WhiteSpace},
};

/// A text that is equal to all its spellings.
#[derive(Debug, Clone)]
pub(super) struct SpelledText {
    text: String,
    /// The form in which it is compared, where that differs from the text.
    form: Option<Box<str>>,
}

impl SpelledText {
    pub(super) fn new(text: String) -> Self {
        let form = match comparison_form(&text) {
            Cow::Owned(form) => Some(form.into_boxed_str()),
            Cow::Borrowed(_) => None,
        };
        Self { text, form }
    }

    /// The text as it was sent.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The form in which it is compared.
    pub(super) fn form(&self) -> &str {
        self.form.as_deref().unwrap_or(&self.text)
    }
}

impl PartialEq for SpelledText {
    fn eq(&self, other: &Self) -> bool {
        self.form() == other.form()
    }
}

impl Eq for SpelledText {}

impl Hash for SpelledText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.form().hash(state);
    }
}

/// The form in which a text is compared: Unicode's NFC, without invisible format characters, and trimmed. Owned only if it
/// differs from the text.
#[must_use]
pub fn comparison_form(text: &str) -> Cow<'_, str> {
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    if text.is_ascii() || (nfc.is_normalized(text) && !text.chars().any(is_invisible_format)) {
        let trimmed = text.trim();
        return if trimmed.len() == text.len() {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(trimmed.to_owned())
        };
    }
    let visible: String = text.chars().filter(|character| !is_invisible_format(*character)).collect();
    Cow::Owned(nfc.normalize(visible.trim()).into_owned())
}

/// Whether any character of a text can be seen.
pub(super) fn has_visible_character(text: &str) -> bool {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let white_space = CodePointSetData::new::<WhiteSpace>();
    text.chars().any(|character| !ignorable.contains(character) && !white_space.contains(character))
}

/// Whether a character has no glyph and only influences how others are formatted. U+200C and U+200D aside: in some scripts and
/// in emoji, they change what is read.
fn is_invisible_format(character: char) -> bool {
    !character.is_ascii()
        && !matches!(character, '\u{200c}' | '\u{200d}')
        && CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
        && CodePointMapData::<GeneralCategory>::new().get(character) == GeneralCategory::Format
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_text_have_one_form() {
        let composed = "J\u{e9}r\u{f4}me";
        for spelling in [
            "Je\u{301}ro\u{302}me",
            "Je\u{200b}\u{301}ro\u{302}me",
            "\u{feff}J\u{e9}r\u{f4}me",
            "\u{202a}J\u{e9}r\u{f4}me\u{202c}",
            "J\u{e9}\u{ad}r\u{f4}me",
            "\u{feff} J\u{e9}r\u{f4}me",
        ] {
            assert_eq!(comparison_form(spelling), composed, "{spelling:?}");
            assert_eq!(SpelledText::new(spelling.to_owned()), SpelledText::new(composed.to_owned()));
        }
        assert!(matches!(comparison_form(composed), Cow::Borrowed(_)));
        assert!(matches!(comparison_form("Ann"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_is_read_differently_differs() {
        // A Cyrillic A, upper and lower case, joiners, and a compatibility character.
        for (one, other) in [
            ("Anna", "\u{410}nna"),
            ("Anna", "anna"),
            ("\u{645}\u{6cc}\u{200c}\u{62e}", "\u{645}\u{6cc}\u{62e}"),
            ("\u{1f468}\u{200d}\u{1f469}", "\u{1f468}\u{1f469}"),
            ("\u{fb01}", "fi"),
            ("\u{600}1", "1"),
        ] {
            assert_ne!(comparison_form(one), comparison_form(other));
        }
    }

    #[test]
    fn text_of_format_characters_has_nothing_visible() {
        for text in ["\u{200b}", "\u{200d}", "\u{feff} \u{2060}", "\u{3164}", "\u{fe0f}", ""] {
            assert!(!has_visible_character(text), "{text:?}");
        }
        assert!(has_visible_character("\u{200b}x"));
    }

    /// The model has a list of the invisible characters, and another library for the NFC.
    #[test]
    fn every_character_has_the_form_that_the_model_gives_it() {
        for character in '\u{1}'..=char::MAX {
            let text = format!("a{character}\u{301}");
            assert_eq!(comparison_form(&text), contacts_model::ids::comparison_form(&text), "{text:?}");
        }
    }
}
