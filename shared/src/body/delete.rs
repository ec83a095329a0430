//! The body of a delete, and its answer: the contract's envelope.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{
    account::{self, ACCOUNT_PARAMS},
    json::{self, Fault, List, MAX_ELEMENTS, Object},
};
use crate::{
    delete::{DeleteError, Deletion, Selector},
    domain::{Contact, ContactId, Description, Email, LinkId, TenantName, TimeZone},
    telemetry::Counts,
};

/// What the body may hold.
const PARAMS: [&str; 5] = ["tenant", ACCOUNT_PARAMS[0], ACCOUNT_PARAMS[1], ACCOUNT_PARAMS[2], "contacts"];

/// [`PARAMS`], for a caller to read.
const KNOWN: &str = "tenant, account_id, account_code, account_name and contacts";

/// The most problems that an answer lists.
const MAX_DETAILS: usize = 100;

/// The most bytes of a request that an answer repeats. 10,000 contacts take less than half of it.
const MAX_ECHO: usize = 2 * 1024 * 1024;

/// How deep a request may nest that an answer repeats. One that fits nests 3 deep; most readers of JSON
/// give up at 128.
const MAX_ECHO_DEPTH: usize = 64;

/// The bytes that an answer has for everything, half a megabyte short of what Lambda lets a function
/// answer (6 MB, "Lambda quotas").
const ANSWER_ROOM: usize = 5_500_000;

/// Why a delete was not carried out, with what there is to say about single params.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteProblem {
    kind: Kind,
    details: Vec<Detail>,
}

/// A row of the contract's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    ValidationFailed,
    NoContacts,
    TooManyContacts,
    NotFound,
    NotAllFound,
}

impl Kind {
    fn row(self) -> (&'static str, u8, u16) {
        match self {
            Self::ValidationFailed => ("validation failed", 1, 400),
            Self::NoContacts => ("no contacts in the request", 2, 400),
            Self::TooManyContacts => ("to many contacts in the request", 3, 400),
            Self::NotFound => ("contacts not found", 4, 404),
            Self::NotAllFound => ("not all contacts found", 5, 404),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Detail {
    param: String,
    error: String,
}

impl Detail {
    fn new(param: impl Into<String>, error: impl Into<String>) -> Self {
        Self { param: param.into(), error: error.into() }
    }
}

/// What names an account, in a detail.
const ACCOUNT: &str = "account_id, account_code, account_name";

const TOO_LARGE: &str = "must be fewer: what is stored about these does not fit into one answer";

impl DeleteProblem {
    fn new(kind: Kind, details: Vec<Detail>) -> Self {
        Self { kind, details }
    }

    /// The problem of a request that names no tenant there is.
    #[must_use]
    pub fn unknown_tenant() -> Self {
        let detail = Detail::new("tenant", "must name a tenant that exists");
        Self::new(Kind::ValidationFailed, vec![detail])
    }

    /// The problem that a failed delete is to its caller; a store's failure is none of the contract's.
    pub fn of(error: DeleteError) -> Result<Self, crate::store::StoreError> {
        let (kind, detail) = match error {
            DeleteError::Store(error) => return Err(error),
            DeleteError::UnknownAccount => {
                (Kind::ValidationFailed, Some((ACCOUNT, "must name an account that exists")))
            }
            DeleteError::AccountsDisagree => (
                Kind::ValidationFailed,
                Some((ACCOUNT, "must name the same account where several are given")),
            ),
            DeleteError::NamedTwice => {
                (Kind::TooManyContacts, Some(("contacts", "must name each contact only once")))
            }
            DeleteError::AnswerTooLarge => (Kind::TooManyContacts, Some(("contacts", TOO_LARGE))),
            DeleteError::OnOtherAccounts => (Kind::TooManyContacts, None),
            DeleteError::NoneFound => (Kind::NotFound, None),
            DeleteError::NotAllFound => (Kind::NotAllFound, None),
        };
        Ok(Self {
            kind,
            details: detail.map(|(param, error)| Detail::new(param, error)).into_iter().collect(),
        })
    }
}

/// The body of a delete, its values still text.
pub struct DeleteBody<'a> {
    object: Option<Object<'a>>,
    raw: Option<&'a RawValue>,
}

impl<'a> DeleteBody<'a> {
    /// Reads the body's params. A body that isn't a JSON object is read too; it just has none.
    #[must_use]
    pub fn read(body: &'a [u8]) -> Self {
        let text = str::from_utf8(body).unwrap_or_default();
        Self { object: Object::read(text), raw: serde_json::from_str(text).ok() }
    }

    /// The tenant that the body names, if it names one by a string.
    #[must_use]
    pub fn tenant(&self) -> Option<String> {
        let value = self.object.as_ref()?.get("tenant")?;
        json::string(value, |text| Ok(text.to_owned())).ok()
    }

    /// The request as it came, for the answer.
    #[must_use]
    pub fn echo(&self) -> Option<&'a RawValue> {
        self.raw.filter(|raw| raw.get().len() <= MAX_ECHO && json::depth(raw.get()) <= MAX_ECHO_DEPTH)
    }

    /// Reads the values.
    pub fn deletion(&self) -> Result<Deletion, DeleteProblem> {
        let Some(object) = &self.object else {
            let detail = Detail::new("body", "must be a JSON object");
            return Err(DeleteProblem::new(Kind::ValidationFailed, vec![detail]));
        };
        let mut details: Vec<_> = object
            .strays(&PARAMS, KNOWN)
            .take(MAX_DETAILS)
            .map(|(name, fault)| Detail::new(name, fault.to_string()))
            .collect();
        match object.get("tenant") {
            None => details.push(Detail::new("tenant", Fault::Missing.to_string())),
            Some(value) => {
                let fault = json::string(value, TenantName::parse).err();
                details.extend(fault.map(|fault| Detail::new("tenant", fault.to_string())));
            }
        }
        let account = account::reference(object).unwrap_or_else(|faults| {
            details.extend(faults.into_iter().map(|(name, fault)| Detail::new(name, fault.to_string())));
            None
        });
        if !ACCOUNT_PARAMS.iter().any(|param| object.get(param).is_some()) {
            details.push(Detail::new(ACCOUNT, "one of them must be given"));
        }
        let list = object.get("contacts").map(json::list).transpose().unwrap_or_else(|fault| {
            details.push(Detail::new("contacts", fault.to_string()));
            None
        });
        let contacts = selectors(list.as_ref(), &mut details);
        details.truncate(MAX_DETAILS);
        match (account, list) {
            (Some(account), Some(list)) if details.is_empty() && (1..=MAX_ELEMENTS).contains(&list.count) => {
                let echo = self.echo().map_or(0, |raw| escaped_len(raw.get()));
                Ok(Deletion { account, contacts, room: ANSWER_ROOM.saturating_sub(echo) })
            }
            _ if !details.is_empty() => Err(DeleteProblem::new(Kind::ValidationFailed, details)),
            (_, Some(list)) if list.count > MAX_ELEMENTS => {
                let detail = Detail::new("contacts", format!("must hold 1 to {MAX_ELEMENTS} contacts"));
                Err(DeleteProblem::new(Kind::TooManyContacts, vec![detail]))
            }
            _ => Err(DeleteProblem::new(Kind::NoContacts, Vec::new())),
        }
    }
}

fn selectors(list: Option<&List<'_>>, details: &mut Vec<Detail>) -> Vec<Selector> {
    let mut contacts = Vec::with_capacity(list.map_or(0, |list| list.elements.len()));
    for (place, value) in list.into_iter().flat_map(|list| list.elements.iter().enumerate()) {
        match selector(value) {
            Ok(selector) => contacts.push(selector),
            Err((name, error)) if details.len() < MAX_DETAILS => {
                details.push(Detail::new(format!("contacts[{place}]{name}"), error.to_string()));
            }
            Err(_) => {}
        }
    }
    contacts
}

fn selector(value: &RawValue) -> Result<Selector, (String, Fault)> {
    const NEITHER: Fault = Fault::WrongType("an object with a contact_id or a link_id");
    let object = Object::read(value.get()).ok_or((String::new(), NEITHER))?;
    if let Some((name, fault)) = object.strays(&["contact_id", "link_id"], "contact_id and link_id").next() {
        return Err((format!(".{name}"), fault));
    }
    let contact_id = object.get("contact_id").map(|value| json::id(value, ContactId::parse));
    let contact_id = contact_id.transpose().map_err(|fault| (".contact_id".to_owned(), fault))?;
    let link_id = object.get("link_id").map(|value| json::string(value, LinkId::parse));
    let link_id = link_id.transpose().map_err(|fault| (".link_id".to_owned(), fault))?;
    match (contact_id, link_id) {
        (Some(id), link_id) => Ok(Selector::ContactId(id, link_id)),
        (None, Some(link_id)) => Ok(Selector::LinkId(link_id)),
        (None, None) => Err((String::new(), NEITHER)),
    }
}

/// How long a text is as part of a JSON string.
fn escaped_len(text: &str) -> usize {
    text.len() + text.bytes().filter(|byte| matches!(byte, b'"' | b'\\' | b'\n' | b'\r' | b'\t')).count()
}

/// The contract's envelope.
#[derive(Serialize)]
pub struct DeleteAnswer<'a> {
    processing_result: ProcessingResult,
    processing_date: String,
    #[serde(rename = "DeleteAccountContacts")]
    operation: Operation<'a>,
    #[serde(skip)]
    status: u16,
}

#[derive(Serialize)]
struct ProcessingResult {
    text: &'static str,
    status: &'static str,
    code: u8,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<Detail>,
}

#[derive(Serialize)]
struct Operation<'a> {
    response: Response,
    request: Option<&'a RawValue>,
    #[serde(rename = "TZ")]
    time_zone: String,
}

#[derive(Serialize)]
struct Response {
    deleted_contacts: DeletedContacts,
}

/// Contacts as they were at the moment they were deleted, the way an answer tells about them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct DeletedContacts(pub Vec<Contact>);

impl Serialize for DeletedContacts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(DeletedContact::from))
    }
}

#[derive(Serialize)]
struct DeletedContact<'a> {
    contact_type: &'a str,
    contact_name: &'a str,
    contact_mobile_num: &'a str,
    contact_id: u64,
    contact_email: Option<&'a str>,
    contact_desc: Option<&'a str>,
    link_id: String,
}

impl<'a> From<&'a Contact> for DeletedContact<'a> {
    fn from(contact: &'a Contact) -> Self {
        Self {
            contact_type: contact.kind.as_str(),
            contact_name: contact.name.as_str(),
            contact_mobile_num: contact.mobile_number.as_str(),
            contact_id: contact.id.get(),
            contact_email: contact.email.as_ref().map(Email::as_str),
            contact_desc: contact.description.as_ref().map(Description::as_str),
            link_id: contact.link_id.to_string(),
        }
    }
}

impl<'a> DeleteAnswer<'a> {
    /// The answer to a delete that ended so.
    #[must_use]
    pub fn new(
        result: Result<(), DeleteProblem>,
        deleted: Vec<Contact>,
        request: Option<&'a RawValue>,
        time_zone: &TimeZone,
    ) -> Self {
        let (text, code, status, details) = match result {
            Ok(()) => ("success", 0, 200, Vec::new()),
            Err(problem) => {
                let (text, code, status) = problem.kind.row();
                (text, code, status, problem.details)
            }
        };
        Self {
            processing_result: ProcessingResult {
                text,
                status: if code == 0 { "ok" } else { "error" },
                code,
                details,
            },
            processing_date: time_zone.wall_clock(),
            operation: Operation {
                response: Response { deleted_contacts: DeletedContacts(deleted) },
                request,
                time_zone: time_zone.name().to_owned(),
            },
            status,
        }
    }

    /// Leaves the request out, for an answer that has to be short.
    pub fn omit_request(&mut self) {
        self.operation.request = None;
    }

    /// Leaves the problems of single params out, likewise.
    pub fn omit_details(&mut self) {
        self.processing_result.details.clear();
    }

    /// The HTTP status that goes with it (contract: the table under "Delete").
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The contract's word for how it ended; `success` if it did well.
    #[must_use]
    pub fn text(&self) -> &'static str {
        self.processing_result.text
    }

    /// Whether all contacts were deleted.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.processing_result.code == 0
    }

    /// How many contacts are gone.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts { deleted: self.operation.response.deleted_contacts.0.len(), ..Counts::default() }
    }
}
