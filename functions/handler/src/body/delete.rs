//! The body of a delete.

use contacts_core::{
    context::Mode,
    delete::Deletion,
    domain::{ContactId, ContactReference, LinkId, TenantName},
    json::{self, ACCOUNT_PARAMS, List, MAX_ELEMENTS, Object, ValueError},
};
use serde_json::value::RawValue;

use super::{
    delete_problem::{ACCOUNT, DeleteProblem, Detail, ProblemCode},
    error_code::ErrorCode,
    mode::read_mode,
};

/// The params of the body.
const PARAMS: [&str; 6] =
    ["tenant", ACCOUNT_PARAMS[0], ACCOUNT_PARAMS[1], ACCOUNT_PARAMS[2], "contacts", "validate_only"];

/// [`PARAMS`], in the text of an error.
const KNOWN: &str = "tenant, account_id, account_code, account_name, contacts and validate_only";

/// The most details of an answer.
const MAX_DETAILS: usize = 100;

/// The most bytes of a request that an answer repeats. 10,000 contacts take less than half of it.
const MAX_ECHO_LEN: usize = 2 * 1024 * 1024;

/// The deepest nesting of a request that an answer repeats. A valid request nests 3 deep; most JSON parsers stop at 128.
const MAX_ECHO_DEPTH: usize = 64;

/// The most bytes of an answer, half a megabyte below the limit of a function's response (6 MB, "Lambda quotas").
const MAX_ANSWER_LEN: usize = 5_500_000;

/// The body of a delete, with values that are not parsed yet.
pub struct DeleteBody<'a> {
    object: Option<Object<'a>>,
    json: Option<&'a RawValue>,
}

impl<'a> DeleteBody<'a> {
    /// Reads the params. A body that isn't a JSON object is an error of [`Self::deletion`].
    #[must_use]
    pub fn read(body: &'a [u8]) -> Self {
        match str::from_utf8(body) {
            Ok(text) => Self { object: Object::read(text), json: serde_json::from_str(text).ok() },
            Err(_) => Self { object: None, json: None },
        }
    }

    /// The tenant that the body names; `None` if it is missing or not a string.
    #[must_use]
    pub fn tenant(&self) -> Option<String> {
        let value = self.object.as_ref()?.get("tenant")?;
        json::string(value, |text| Ok(text.to_owned())).ok()
    }

    /// Whether the request is to be carried out. An invalid `validate_only` is an error of [`Self::deletion`].
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.object.as_ref().and_then(|object| read_mode(object).ok()).unwrap_or_default()
    }

    /// The request, for the answer; `None` if it isn't JSON, is too long or too deep, or has half of a surrogate pair, with
    /// which many parsers could not read the answer.
    #[must_use]
    pub fn echo(&self) -> Option<&'a RawValue> {
        self.json.filter(|json| {
            let text = json.get();
            text.len() <= MAX_ECHO_LEN && depth(text) <= MAX_ECHO_DEPTH && !has_half_of_a_surrogate_pair(text)
        })
    }

    /// The bytes that the answer has for deleted contacts, as [`estimated_json_len`](super::estimated_json_len) counts.
    #[must_use]
    pub fn response_budget(&self) -> usize {
        let echo = self.echo().map_or(0, |json| escaped_len(json.get()));
        MAX_ANSWER_LEN.saturating_sub(echo)
    }

    /// The problems of values that can't be parsed; `None` if all can. The number of contacts isn't checked: in the contract's
    /// order, that comes after the tenant.
    #[must_use]
    pub fn malformation(&self) -> Option<DeleteProblem> {
        self.deletion().err().filter(DeleteProblem::is_validation_failure)
    }

    /// Parses the values.
    ///
    /// # Errors
    /// Returns all problems of the values, up to 100.
    pub fn deletion(&self) -> Result<Deletion, DeleteProblem> {
        let Some(object) = &self.object else {
            let detail = Detail::new("body", ErrorCode::WrongType, "must be a JSON object");
            return Err(DeleteProblem::new(ProblemCode::ValidationFailed, vec![detail]));
        };
        let mut details: Vec<_> = object
            .unexpected_params(&PARAMS, KNOWN)
            .take(MAX_DETAILS)
            .map(|(name, error)| Detail::of(name, &error))
            .collect();
        match object.get("tenant") {
            None => details.push(Detail::of("tenant", &ValueError::Missing)),
            Some(value) => {
                let error = json::string(value, TenantName::parse).err();
                details.extend(error.map(|error| Detail::of("tenant", &error)));
            }
        }
        let account = json::account_reference(object).unwrap_or_else(|errors| {
            details.extend(errors.into_iter().map(|(name, error)| Detail::of(name, &error)));
            None
        });
        if !ACCOUNT_PARAMS.iter().any(|param| object.get(param).is_some()) {
            details.push(Detail::new(ACCOUNT, ErrorCode::Missing, "one of them must be given"));
        }
        details.extend(read_mode(object).err().map(|error| Detail::of("validate_only", &error)));
        let list = object.get("contacts").map(json::list).transpose().unwrap_or_else(|error| {
            details.push(Detail::of("contacts", &error));
            None
        });
        let contacts = contact_references(list.as_ref(), &mut details);
        details.truncate(MAX_DETAILS);
        match (account, list) {
            _ if !details.is_empty() => Err(DeleteProblem::new(ProblemCode::ValidationFailed, details)),
            (_, Some(list)) if list.count > MAX_ELEMENTS => {
                let detail = Detail::new(
                    "contacts",
                    ErrorCode::InvalidValue,
                    format!("must hold 1 to {MAX_ELEMENTS} contacts"),
                );
                Err(DeleteProblem::new(ProblemCode::TooManyContacts, vec![detail]))
            }
            (Some(account), Some(list)) if list.count > 0 => Ok(Deletion { account, contacts, key: None }),
            _ => Err(DeleteProblem::new(ProblemCode::NoContacts, Vec::new())),
        }
    }
}

fn contact_references(list: Option<&List<'_>>, details: &mut Vec<Detail>) -> Vec<ContactReference> {
    let mut contacts = Vec::with_capacity(list.map_or(0, |list| list.elements.len()));
    for (position, value) in list.into_iter().flat_map(|list| list.elements.iter().enumerate()) {
        match contact_reference(value) {
            Ok(contact) => contacts.push(contact),
            Err((name, error)) => details.push(Detail::of(format!("contacts[{position}]{name}"), &error)),
        }
    }
    contacts
}

fn contact_reference(value: &RawValue) -> Result<ContactReference, (String, ValueError)> {
    const NEITHER: ValueError = ValueError::WrongType("an object with a contact_id or a link_id");
    let object = Object::read(value.get()).ok_or((String::new(), NEITHER))?;
    let unexpected = object.unexpected_params(&["contact_id", "link_id"], "contact_id and link_id").next();
    if let Some((name, error)) = unexpected {
        return Err((format!(".{name}"), error));
    }
    let contact_id = object.get("contact_id").map(|value| json::id(value, ContactId::parse));
    let contact_id = contact_id.transpose().map_err(|error| (".contact_id".to_owned(), error))?;
    let link_id = object.get("link_id").map(|value| json::string(value, LinkId::parse));
    let link_id = link_id.transpose().map_err(|error| (".link_id".to_owned(), error))?;
    ContactReference::new(contact_id, link_id).ok_or((String::new(), NEITHER))
}

/// The length of a text as part of a JSON string.
fn escaped_len(text: &str) -> usize {
    text.len() + text.bytes().filter(|byte| matches!(byte, b'"' | b'\\' | b'\n' | b'\r' | b'\t')).count()
}

/// Whether a JSON text has an escape of one surrogate without the other.
fn has_half_of_a_surrogate_pair(json: &str) -> bool {
    let mut rest = json;
    while let Some((_, escape)) = rest.split_once('\\') {
        let unit = escape.strip_prefix('u').map(|digits| (unit_of(digits), &digits[4..]));
        rest = match unit {
            None => &escape[1..],
            Some((0xd800..=0xdbff, next)) => match next.strip_prefix("\\u") {
                Some(digits) if (0xdc00..=0xdfff).contains(&unit_of(digits)) => &digits[4..],
                _ => return true,
            },
            Some((0xdc00..=0xdfff, _)) => return true,
            Some((_, next)) => next,
        };
    }
    false
}

/// The UTF-16 code unit of an escape.
fn unit_of(digits: &str) -> u16 {
    u16::from_str_radix(&digits[..4], 16).expect("an escape in JSON has four hexadecimal digits")
}

/// The nesting depth of objects and lists.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            // JSON has backslashes in strings only.
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn surrogates_must_come_in_pairs() {
        for whole in ["\"\"", r#""\ud83d\ude42""#, r#""\\ud83d""#, r#""\u0041\n\uD83D\uDE42\"""#, "\"🙂\""]
        {
            assert!(!has_half_of_a_surrogate_pair(whole), "{whole}");
        }
        for half in [
            r#""\ud83d""#,
            r#""\ud83d\u0041""#,
            r#""\ud83d\ud83d\ude42""#,
            r#""\\\udbff""#,
            r#""\ude42\ud83d""#,
        ] {
            assert!(has_half_of_a_surrogate_pair(half), "{half}");
        }
    }

    #[test]
    fn depth_counts_brackets_outside_of_strings() {
        assert_eq!(depth("1"), 0);
        assert_eq!(depth(r#"{"a": [1, {"[[[": "]\\\"[{"}], "b": []}"#), 3);
        assert_eq!(depth(r#"{"a": ["]", [1]]}"#), 3);
    }

    #[test]
    fn escaped_length_counts_each_escape() {
        assert_eq!(escaped_len(""), 0);
        assert_eq!(escaped_len("a\"b\\c\nd\re\tf"), 16);
    }

    fn is_repeated(body: &str) -> bool {
        DeleteBody::read(body.as_bytes()).echo().is_some()
    }

    #[test]
    fn request_is_repeated_up_to_2_mb_and_64_levels() {
        let long = |len: usize| format!("\"{}\"", "x".repeat(len - 2));
        assert!(is_repeated(&long(MAX_ECHO_LEN)) && is_repeated(&long(2_000_000)));
        assert!(!is_repeated(&long(MAX_ECHO_LEN + 1)) && !is_repeated(&long(2_200_000)));
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(is_repeated(&deep(MAX_ECHO_DEPTH)));
        assert!(!is_repeated(&deep(MAX_ECHO_DEPTH + 1)));
        assert!(!is_repeated("{"));
    }

    /// What is wrong with a body, as the code and the params of the answer.
    fn problem_of(body: &Value) -> Option<(ProblemCode, Vec<String>)> {
        let body = body.to_string();
        let problem = DeleteBody::read(body.as_bytes()).deletion().err()?;
        let (code, details) = problem.into_parts();
        let params = details.iter().map(|detail| serde_json::to_value(detail).unwrap()["param"].clone());
        Some((code, params.map(|param| param.as_str().unwrap().to_owned()).collect()))
    }

    #[test]
    fn number_of_contacts_is_checked_after_all_params() {
        let with = |count: usize| json!({"tenant": "zegoal", "account_id": 3, "contacts": vec![json!({"contact_id": 1}); count]});
        assert_eq!(problem_of(&with(0)), Some((ProblemCode::NoContacts, vec![])));
        assert_eq!(problem_of(&with(1)), None);
        assert_eq!(problem_of(&with(MAX_ELEMENTS)), None);
        let too_many = Some((ProblemCode::TooManyContacts, vec!["contacts".to_owned()]));
        assert_eq!(problem_of(&with(MAX_ELEMENTS + 1)), too_many);
        let mut invalid = with(MAX_ELEMENTS + 1);
        invalid["tenant"] = json!(1);
        assert_eq!(problem_of(&invalid), Some((ProblemCode::ValidationFailed, vec!["tenant".to_owned()])));
        let missing = json!({"tenant": "zegoal", "account_id": 3});
        assert_eq!(problem_of(&missing), Some((ProblemCode::NoContacts, vec![])));
    }

    #[test]
    fn first_100_invalid_params_are_listed() {
        let body = json!({"tenant": "zegoal", "account_id": 0, "contacts": vec![json!(1); 200]});
        let (code, params) = problem_of(&body).unwrap();
        assert_eq!((code, params.len()), (ProblemCode::ValidationFailed, MAX_DETAILS));
        assert_eq!((&*params[0], &*params[1], &*params[99]), ("account_id", "contacts[0]", "contacts[98]"));
    }

    #[test]
    fn request_is_carried_out_unless_validate_only_is_true() {
        for (body, mode) in [
            (r#"{"validate_only": true}"#, Mode::ValidateOnly),
            (r#"{"validate_only": false}"#, Mode::Apply),
            ("{}", Mode::Apply),
        ] {
            assert_eq!(DeleteBody::read(body.as_bytes()).mode(), mode);
        }
    }
}
