//! The body of an upsert, and its answer.

use contacts_core::{
    context::Mode,
    domain::ContactTypes,
    json::{self, ACCOUNT_PARAMS, InvalidItem, MAX_ELEMENTS, Object, ValueError},
    upsert::{Effect, Item, Outcome},
};
use serde::Serialize;

use super::{
    error_code::ErrorCode,
    mode::{NO_ANSWER_TO_VALIDATE, read_mode},
};
use crate::counts::ContactCounts;

/// The params of the body.
const PARAMS: [&str; 6] =
    ["tenant", ACCOUNT_PARAMS[0], ACCOUNT_PARAMS[1], ACCOUNT_PARAMS[2], "list_items", "validate_only"];

/// Why a body was rejected as a whole, in the contract's words (docs/api.md, "Create or update contacts").
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBody {
    /// There is no body, or it isn't a JSON object.
    #[error("Wrong JSON body")]
    NotAnObject,
    /// A required param is missing.
    #[error("Wrong JSON body: no value for `{0}`")]
    Missing(&'static str),
    /// A param is of the wrong type.
    #[error("Wrong JSON body: value `{0}` was of the wrong type")]
    WrongType(&'static str),
    /// A param is not declared.
    #[error("Wrong JSON body: unknown param `{0}`")]
    Unknown(String),
    /// A param is given twice.
    #[error("Wrong JSON body: more than one value for `{0}`")]
    Duplicate(String),
    /// There are too few or too many items.
    #[error("Wrong JSON body: value `list_items` must hold 1 to {MAX_ELEMENTS} items")]
    Count,
    /// The tenant doesn't exist, for callers without a token.
    #[error("Wrong JSON body: value `tenant` must name a tenant that exists")]
    UnknownTenant,
    /// A message or an event asks to be validated only.
    #[error("Wrong JSON body: value `validate_only` {NO_ANSWER_TO_VALIDATE}")]
    NothingToApply,
    /// A param breaks a rule of its domain type.
    #[error("Wrong JSON body: value `{0}` {1}")]
    InvalidValue(&'static str, #[source] ValueError),
}

impl InvalidBody {
    fn of_value(param: &'static str, error: ValueError) -> Self {
        match error {
            ValueError::WrongType(_) => Self::WrongType(param),
            other => Self::InvalidValue(param, other),
        }
    }
}

/// The body of an upsert, with values that are not parsed yet.
pub struct UpsertBody<'a>(Object<'a>);

impl<'a> UpsertBody<'a> {
    /// Reads the params.
    ///
    /// # Errors
    /// Fails if the body isn't a JSON object.
    pub fn read(body: &'a [u8]) -> Result<Self, InvalidBody> {
        let text = str::from_utf8(body).map_err(|_| InvalidBody::NotAnObject)?;
        Object::read(text).map(Self).ok_or(InvalidBody::NotAnObject)
    }

    /// Checks that the params are declared and given once, and that the tenant, if there is one, is a string.
    ///
    /// # Errors
    /// Returns the first problem.
    pub fn check_params(&self) -> Result<(), InvalidBody> {
        match self.0.unexpected_params(&PARAMS, "").next() {
            None => self.tenant().map(|_| ()),
            Some((name, ValueError::Duplicate)) => Err(InvalidBody::Duplicate(name)),
            Some((name, _)) => Err(InvalidBody::Unknown(name)),
        }
    }

    /// The tenant that the body names; `None` if the param is missing.
    ///
    /// # Errors
    /// Fails if the param isn't a string.
    pub fn tenant(&self) -> Result<Option<String>, InvalidBody> {
        let tenant = self.0.get("tenant").map(|value| json::string(value, |text| Ok(text.to_owned())));
        tenant.transpose().map_err(|error| InvalidBody::of_value("tenant", error))
    }

    /// Whether the request is to be carried out.
    ///
    /// # Errors
    /// Fails if `validate_only` isn't a boolean.
    pub fn mode(&self) -> Result<Mode, InvalidBody> {
        read_mode(&self.0).map_err(|error| InvalidBody::of_value("validate_only", error))
    }

    /// Parses the values. An item that can't be parsed is a rejected item, not an error.
    ///
    /// # Errors
    /// Fails if a param other than an item is missing or invalid.
    pub fn list(&self, dictionary: &ContactTypes) -> Result<UpsertList, InvalidBody> {
        let items = self.0.get("list_items").ok_or(InvalidBody::Missing("list_items"))?;
        let items = json::list(items).map_err(|error| InvalidBody::of_value("list_items", error))?;
        let account = json::account_reference(&self.0).map_err(|errors| {
            let (name, error) = errors.into_iter().next().expect("an error has at least one param");
            InvalidBody::of_value(name, error)
        })?;
        if !(1..=MAX_ELEMENTS).contains(&items.count) {
            return Err(InvalidBody::Count);
        }
        let mut list =
            UpsertList { items: Vec::with_capacity(items.count), invalid: InvalidItems::default() };
        for (position, value) in items.elements.into_iter().enumerate() {
            match json::read_item(value, dictionary, account.as_ref()) {
                Ok(item) => list.items.push(item),
                Err(invalid) => list.invalid.0.push((position, invalid)),
            }
        }
        Ok(list)
    }
}

/// The items of an upsert.
pub struct UpsertList {
    /// The items that could be parsed, in list order.
    pub items: Vec<Item>,
    /// The others.
    pub invalid: InvalidItems,
}

/// The items of a list that could not be parsed, with their positions in it.
#[derive(Default)]
pub struct InvalidItems(Vec<(usize, InvalidItem)>);

impl InvalidItems {
    /// The answer to a list, from its other items and their outcomes.
    #[must_use]
    pub fn answer(self, items: &[Item], outcomes: &[Outcome]) -> UpsertAnswer {
        let counts = self.count(outcomes);
        let mut valid = items.iter().zip(outcomes).map(|(item, outcome)| result_of(item, outcome));
        let mut invalid = self.0.into_iter().peekable();
        let mut result = Vec::with_capacity(items.len() + invalid.len());
        loop {
            let next = match invalid.next_if(|(position, _)| *position == result.len()) {
                Some((_, item)) => Some(unreadable(item)),
                None => valid.next(),
            };
            match next {
                Some(item) => result.push(item),
                None => return UpsertAnswer { result, counts },
            }
        }
    }

    fn count(&self, outcomes: &[Outcome]) -> ContactCounts {
        let mut counts = ContactCounts { rejected: self.0.len(), ..ContactCounts::default() };
        for outcome in outcomes {
            match outcome.as_ref().map(|applied| applied.effect) {
                Ok(Effect::Created) => counts.created += 1,
                Ok(Effect::Updated) => counts.updated += 1,
                Ok(Effect::Unchanged) => counts.unchanged += 1,
                Err(_) => counts.rejected += 1,
            }
        }
        counts
    }
}

/// The answer to an upsert: one result per item, in list order.
#[derive(Serialize)]
pub struct UpsertAnswer {
    result: Vec<ItemResult>,
    #[serde(skip)]
    counts: ContactCounts,
}

impl UpsertAnswer {
    /// The items by effect.
    #[must_use]
    pub fn counts(&self) -> ContactCounts {
        self.counts
    }
}

#[derive(Serialize)]
struct ItemResult {
    link_id: Option<String>,
    success: bool,
    extended_info: &'static str,
    #[serde(flatten)]
    details: Details,
}

/// The fields of a result besides `link_id`, `success` and `extended_info`.
#[derive(Serialize)]
#[serde(untagged)]
enum Details {
    Applied { contact_id: u64, account_id: u64, changed: bool },
    Rejected { error: String, code: ErrorCode, param: Option<String> },
}

fn result_of(item: &Item, outcome: &Outcome) -> ItemResult {
    match outcome {
        Ok(applied) => ItemResult {
            link_id: Some(applied.link_id.to_string()),
            success: true,
            extended_info: match applied.effect {
                Effect::Created => "created",
                Effect::Updated | Effect::Unchanged => "updated",
            },
            details: Details::Applied {
                contact_id: applied.contact_id.get(),
                account_id: applied.account_id.get(),
                changed: applied.effect != Effect::Unchanged,
            },
        },
        Err(error) => ItemResult {
            link_id: item.contact.and_then(|contact| contact.link_id()).map(|link_id| link_id.to_string()),
            success: false,
            extended_info: if error.is_not_found() { "entity_not_found" } else { "invalid_entity_data" },
            details: Details::Rejected {
                code: ErrorCode::from(error),
                param: error.field().map(str::to_owned),
                error: error.to_string(),
            },
        },
    }
}

/// The result of an item that can't be read.
fn unreadable(item: InvalidItem) -> ItemResult {
    ItemResult {
        link_id: item.link_id.map(|link_id| link_id.to_string()),
        success: false,
        extended_info: "invalid_entity_data",
        details: Details::Rejected {
            code: ErrorCode::from(&item.error),
            error: item.to_string(),
            param: item.param,
        },
    }
}

#[cfg(test)]
mod tests {
    use contacts_core::{
        domain::{AccountId, ContactId},
        upsert::{AppliedItem, ItemError},
    };
    use serde_json::json;

    use super::*;
    use crate::test_support::{link_id, tenant};

    /// The largest response of a function, in bytes (6 MB, "Lambda quotas").
    const LAMBDA_LIMIT: usize = 6 * 1024 * 1024;

    /// Checks that the answer to 10,000 such items fits into a response, where it is a JSON string.
    fn assert_fits(item: &serde_json::Value, dictionary: &ContactTypes, outcome: Option<&Outcome>) {
        let body = json!({"list_items": vec![item; MAX_ELEMENTS]}).to_string();
        let list = UpsertBody::read(body.as_bytes()).unwrap().list(dictionary).unwrap();
        let outcomes: Vec<_> =
            list.items.iter().map(|_| outcome.expect("the item can't be read").clone()).collect();
        let answer = list.invalid.answer(&list.items, &outcomes);
        assert_eq!(answer.result.len(), MAX_ELEMENTS);
        let answer = serde_json::to_string(&answer).unwrap();
        let size = serde_json::to_string(&answer).unwrap().len();
        // A kilobyte for headers and what Lambda adds.
        assert!(size < LAMBDA_LIMIT - 1024, "{size} bytes of {}", &answer[..400]);
    }

    #[test]
    fn results_and_counts_follow_the_items_in_their_order() {
        let item = |number: u128| json!({"link_id": link_id(number).to_string()});
        let items = json!([1, item(1), item(2), {"contact_name": 1}, item(3), item(4)]);
        let body = json!({"list_items": items}).to_string();
        let list = UpsertBody::read(body.as_bytes()).unwrap().list(&ContactTypes::default()).unwrap();
        let id = ContactId::parse("6").unwrap();
        let applied = |number, effect| {
            Ok(AppliedItem {
                effect,
                link_id: link_id(number),
                contact_id: id,
                account_id: AccountId::parse("3").unwrap(),
            })
        };
        let outcomes = [
            applied(1, Effect::Created),
            applied(2, Effect::Updated),
            applied(3, Effect::Unchanged),
            Err(ItemError::AccountMissing),
        ];
        let answer = list.invalid.answer(&list.items, &outcomes);
        let expected = ContactCounts { created: 1, updated: 1, unchanged: 1, rejected: 3, deleted: 0 };
        assert_eq!(answer.counts(), expected);
        let answer = serde_json::to_value(answer).unwrap();
        let of = |name: &str| {
            answer["result"].as_array().unwrap().iter().map(|result| result[name].clone()).collect::<Vec<_>>()
        };
        let links = [None, Some(1), Some(2), None, Some(3), Some(4)];
        assert_eq!(
            of("link_id"),
            links.map(|number| json!(number.map(|number| link_id(number).to_string())))
        );
        assert_eq!(
            of("changed"),
            [json!(null), json!(true), json!(true), json!(null), json!(false), json!(null)]
        );
    }

    #[test]
    fn list_is_carried_out_unless_validate_only_is_true() {
        let mode = |body: &str| UpsertBody::read(body.as_bytes()).unwrap().mode();
        assert_eq!(mode(r#"{"validate_only": true}"#), Ok(Mode::ValidateOnly));
        assert_eq!(mode(r#"{"validate_only": false}"#), Ok(Mode::Apply));
        assert_eq!(mode("{}"), Ok(Mode::Apply));
        assert_eq!(mode(r#"{"validate_only": null}"#), Err(InvalidBody::WrongType("validate_only")));
    }

    #[test]
    fn answer_to_10_000_of_the_worst_items_fits_the_lambda_limit() {
        let link = link_id(1).to_string();
        let dictionaries = ["\"", "\\", "\u{1f642}", "x"].map(|character| {
            let words = (1..60).map(|len| character.repeat(len));
            ContactTypes::parse(&words.chain(["main_contact".to_owned()]).collect::<Vec<_>>()).unwrap()
        });
        for name in ["\"", "\\", "\u{1}", "\u{1f642}", "x", "\u{7f}", "\\\u{1f642}"] {
            assert_fits(&json!({"link_id": link, name.repeat(70): 1}), &dictionaries[0], None);
        }
        for dictionary in &dictionaries {
            assert_fits(&json!({"link_id": link, "contact_type": "boss"}), dictionary, None);
        }
        for field in json::ITEM_FIELDS {
            assert_fits(&json!({"link_id": link, field: {}}), &dictionaries[0], None);
        }
        let applied = AppliedItem {
            effect: Effect::Unchanged,
            link_id: link_id(1),
            contact_id: ContactId::parse("9007199254740991").unwrap(),
            account_id: AccountId::parse("9007199254740991").unwrap(),
        };
        for outcome in [
            Ok(applied),
            Err(ItemError::ContactNotFound),
            Err(ItemError::AccountNotFound),
            Err(ItemError::IdsDisagree),
            Err(ItemError::AccountsDisagree),
            Err(ItemError::AccountIdTaken),
            Err(ItemError::FieldMissing("contact_mobile_num")),
            Err(ItemError::AccountMissing),
            Err(ItemError::LinkIdCollides),
        ] {
            assert_fits(&json!({"link_id": link}), &tenant().contact_types, Some(&outcome));
        }
    }
}
