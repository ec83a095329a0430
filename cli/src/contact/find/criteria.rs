//! What a contact must match to be found.

use contacts_core::domain::{Contact, comparison_form};

use crate::error::CliError;

/// The texts that a contact's fields must contain. A contact must match all of them.
pub(super) struct Criteria {
    name: Option<String>,
    number: Option<NumberPart>,
    email: Option<String>,
}

/// A part of a number.
enum NumberPart {
    Digits(String),
    /// A text without digits.
    Text(String),
}

impl Criteria {
    /// Creates criteria from texts of the command line; fails with a usage error if one of them is empty.
    pub(super) fn new(
        name: Option<&str>,
        number: Option<&str>,
        email: Option<&str>,
    ) -> Result<Self, CliError> {
        let text = |option: &str, text: Option<&str>| match text.map(folded) {
            Some(text) if text.is_empty() => Err(CliError::usage(format!("{option} must not be empty"))),
            text => Ok(text),
        };
        let number = text("--number", number)?.map(|text| match digits(&text) {
            digits if digits.is_empty() => NumberPart::Text(text),
            digits => NumberPart::Digits(digits),
        });
        Ok(Self { name: text("--name", name)?, number, email: text("--email", email)? })
    }

    /// Whether the contact matches all criteria.
    pub(super) fn matches(&self, contact: &Contact) -> bool {
        let number = contact.mobile_number.as_str();
        let email = contact.email.as_ref().map(|email| folded(email.as_str()));
        self.name.as_ref().is_none_or(|name| folded(contact.name.as_str()).contains(name))
            && self.number.as_ref().is_none_or(|part| part.is_in(number))
            && self.email.as_ref().is_none_or(|part| email.is_some_and(|email| email.contains(part)))
    }
}

impl NumberPart {
    fn is_in(&self, number: &str) -> bool {
        match self {
            Self::Digits(part) => digits(number).contains(part),
            Self::Text(part) => folded(number).contains(part),
        }
    }
}

/// Returns the text in the form in which the service compares texts, in lower case.
fn folded(text: &str) -> String {
    comparison_form(text.trim()).to_lowercase()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use contacts_core::domain::{
        AccountId, ContactId, ContactName, ContactType, Email, LinkId, MobileNumber, TenantName,
    };

    use super::*;

    fn contact(name: &str, number: &str, email: Option<&str>) -> Contact {
        let link_id = LinkId::parse("91c615e3-1040-4815-8ecb-039a18b756b5").unwrap();
        Contact {
            id: ContactId::derive(&TenantName::parse("zegoal").unwrap(), link_id),
            link_id,
            account: AccountId::parse("3").unwrap(),
            name: ContactName::parse(name).unwrap(),
            mobile_number: MobileNumber::parse(number).unwrap(),
            contact_type: ContactType::default(),
            email: email.map(|email| Email::parse(email).unwrap()),
            description: None,
        }
    }

    #[track_caller]
    fn assert_matches(expected: bool, [name, number, email]: [Option<&str>; 3]) {
        let contact = contact("Zoe\u{301} ГАННА", "38067123 ext", Some("Zoe@Example.com"));
        let criteria = Criteria::new(name, number, email).unwrap();
        assert_eq!(criteria.matches(&contact), expected, "{name:?} {number:?} {email:?}");
    }

    #[test]
    fn names_and_emails_are_compared_in_any_case_and_spelling() {
        for name in ["zo\u{e9}", "ZOE\u{301}", "ганна", " zo"] {
            assert_matches(true, [Some(name), None, None]);
        }
        assert_matches(true, [None, None, Some("@example")]);
        assert_matches(false, [Some("ann"), None, None]);
        assert_matches(false, [None, None, Some("example.org")]);
    }

    #[test]
    fn numbers_are_compared_by_their_digits() {
        for number in ["+38 067-123", "067", "(38)", "EXT"] {
            assert_matches(true, [None, Some(number), None]);
        }
        assert_matches(false, [None, Some("+38 067-124"), None]);
        assert_matches(false, [None, Some("-"), None]);
    }

    #[test]
    fn a_contact_must_match_all_criteria() {
        assert_matches(true, [Some("zo"), Some("067"), Some("zoe@")]);
        assert_matches(false, [Some("zo"), Some("067"), Some("ann@")]);
        let without_email = contact("Zoe", "067", None);
        assert!(!Criteria::new(None, None, Some("a")).unwrap().matches(&without_email));
    }

    #[test]
    fn an_empty_text_is_a_usage_error() {
        for texts in [[Some(" "), None, None], [None, Some(""), None], [None, None, Some("\u{200b}")]] {
            let [name, number, email] = texts;
            assert!(Criteria::new(name, number, email).is_err(), "{texts:?}");
        }
    }
}
