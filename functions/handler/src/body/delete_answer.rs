//! The answer to a delete: the contract's envelope.

use contacts_core::{
    delete::Completed,
    domain::{Contact, TimeZone},
};
use lambda_http::http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    delete_problem::{DeleteProblem, Detail},
    deleted_contacts::DeletedContacts,
};
use crate::counts::ContactCounts;

/// The answer to a delete: the contract's envelope.
#[derive(Serialize)]
pub struct DeleteAnswer<'a> {
    processing_result: ProcessingResult,
    processing_date: String,
    #[serde(rename = "DeleteAccountContacts")]
    operation: Envelope<'a>,
    #[serde(skip)]
    status: StatusCode,
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
struct Envelope<'a> {
    response: Response,
    request: Option<&'a RawValue>,
    #[serde(rename = "TZ")]
    time_zone: String,
}

#[derive(Serialize)]
struct Response {
    deleted_contacts: ContactList,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ContactList {
    Contacts(DeletedContacts),
    Ids(Vec<ContactWithoutContent>),
}

#[derive(Serialize)]
struct ContactWithoutContent {
    contact_id: u64,
}

impl<'a> DeleteAnswer<'a> {
    /// The answer to a delete, as of now, or as of the date with which it was complete.
    #[must_use]
    pub fn new(
        result: Result<Completed, DeleteProblem>,
        deleted: Vec<Contact>,
        request: Option<&'a RawValue>,
        time_zone: &TimeZone,
    ) -> Self {
        let ((text, code, status), details, date) = match result {
            Ok(completed) => (("success", 0, StatusCode::OK), Vec::new(), completed.processing_date),
            Err(problem) => {
                let (code, details) = problem.into_parts();
                (code.row(), details, None)
            }
        };
        Self {
            processing_result: ProcessingResult {
                text,
                status: if code == 0 { "ok" } else { "error" },
                code,
                details,
            },
            processing_date: date.unwrap_or_else(|| time_zone.local_time()),
            operation: Envelope {
                response: Response { deleted_contacts: ContactList::Contacts(DeletedContacts(deleted)) },
                request,
                time_zone: time_zone.name().to_owned(),
            },
            status,
        }
    }

    /// Removes the request, to make the answer shorter.
    pub fn omit_request(&mut self) {
        self.operation.request = None;
    }

    /// Removes the details, to make the answer shorter.
    pub fn omit_details(&mut self) {
        self.processing_result.details.clear();
    }

    /// Keeps only the ids of the deleted contacts, to make the answer shorter.
    pub fn omit_content(&mut self) {
        let list = &mut self.operation.response.deleted_contacts;
        if let ContactList::Contacts(DeletedContacts(contacts)) = list {
            let ids = contacts.iter().map(|contact| ContactWithoutContent { contact_id: contact.id.get() });
            *list = ContactList::Ids(ids.collect());
        }
    }

    /// The HTTP status (docs/api.md, "Delete contacts of an account").
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The contract's text of the result; `success` if all contacts were deleted.
    #[must_use]
    pub fn text(&self) -> &'static str {
        self.processing_result.text
    }

    /// Whether all contacts were deleted.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.processing_result.code == 0
    }

    /// The number of deleted contacts.
    #[must_use]
    pub fn counts(&self) -> ContactCounts {
        let deleted = match &self.operation.response.deleted_contacts {
            ContactList::Contacts(DeletedContacts(contacts)) => contacts.len(),
            ContactList::Ids(ids) => ids.len(),
        };
        ContactCounts { deleted, ..ContactCounts::default() }
    }
}

#[cfg(test)]
mod tests {
    use contacts_core::delete::DeleteError;

    use super::*;
    use crate::test_support::contact;

    #[test]
    fn answer_has_the_status_and_the_counts_of_its_result() {
        for (result, status, deleted) in [
            (Ok(Completed { processing_date: None }), StatusCode::OK, vec![contact(1), contact(2)]),
            (Err(DeleteError::UnknownAccount), StatusCode::BAD_REQUEST, vec![]),
            (Err(DeleteError::NotAllFound), StatusCode::NOT_FOUND, vec![contact(1)]),
        ] {
            let expected = ContactCounts { deleted: deleted.len(), ..ContactCounts::default() };
            let result = result.map_err(|error| DeleteProblem::of(error).unwrap());
            let answer = DeleteAnswer::new(result, deleted, None, &TimeZone::utc());
            assert_eq!((answer.status(), answer.counts()), (status, expected));
        }
    }
}
