//! The request of a delete. It is sent again after a transient error, with the same idempotency key and body, so that
//! the response is that of the first attempt that took effect.

use std::{cell::RefCell, time::Duration};

use backon::Retryable;
use bytes::Bytes;
use contacts_core::domain::{AccountReference, ContactId, LinkId, TenantName};
use serde::Serialize;
use uuid::Uuid;

use super::response::{self, DeletedContact};
use crate::{
    api::{AccountParams, ApiClient, ApiError, RetryBudget, RetryCause, RetryReason, retry_delays},
    error::CliError,
    output::note,
};

/// How long to retry. The service ends a request after 29 seconds.
const RETRY_LIMIT: Duration = Duration::from_mins(2);

/// A request with its idempotency key.
pub(super) struct Deletion {
    key: String,
    body: Bytes,
}

/// What a delete did.
pub(super) struct Outcome {
    /// The contacts that are reported as deleted.
    pub(super) deleted: Vec<DeletedContact>,
    /// Why it did not delete all; `None` if it did.
    pub(super) error: Option<CliError>,
}

impl Deletion {
    /// Creates the request, with a new key.
    pub(super) fn new(
        tenant: &TenantName,
        account: &AccountReference,
        contact_ids: &[ContactId],
        link_ids: &[LinkId],
    ) -> Self {
        #[derive(Serialize)]
        struct DeleteRequest<'a> {
            tenant: &'a str,
            #[serde(flatten)]
            account: AccountParams<'a>,
            contacts: Vec<ContactKey>,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "snake_case")]
        enum ContactKey {
            ContactId(u64),
            LinkId(String),
        }
        let by_contact_id = contact_ids.iter().map(|id| ContactKey::ContactId(id.get()));
        let by_link_id = link_ids.iter().map(|id| ContactKey::LinkId(id.to_string()));
        let request = DeleteRequest {
            tenant: tenant.as_str(),
            account: AccountParams::new(Some(account)),
            contacts: by_contact_id.chain(by_link_id).collect(),
        };
        let body = serde_json::to_vec(&request).expect("numbers and text serialise");
        Self { key: Uuid::new_v4().to_string(), body: body.into() }
    }
}

/// Sends the request, and retries while the error is transient.
pub(super) async fn send(client: &ApiClient, deletion: &Deletion) -> Outcome {
    let budget = RetryBudget::new(RETRY_LIMIT);
    let mut retries = budget.start_request();
    let deleted = RefCell::default();
    let result = (|| attempt(client, deletion, &deleted))
        .retry(retry_delays())
        .sleep(tokio::time::sleep)
        .adjust(|error, delay| match error {
            ApiError::Transient(reason) => retries.next_delay(reason, delay?),
            ApiError::Fatal(_) => None,
        })
        .notify(|error, delay| {
            if let ApiError::Transient(reason) = error {
                note(&format!("{}; retrying in {:.1} s", reason.description, delay.as_secs_f32()));
            }
        })
        .await;
    let error = match result {
        Ok(()) => None,
        Err(ApiError::Fatal(error)) => Some(error),
        Err(ApiError::Transient(reason)) => Some(final_error(reason)),
    };
    Outcome { deleted: deleted.into_inner(), error }
}

/// Sends the request once. Stores the contacts that the response reports as deleted; a response without any
/// leaves those of an earlier attempt.
async fn attempt(
    client: &ApiClient,
    deletion: &Deletion,
    deleted: &RefCell<Vec<DeletedContact>>,
) -> Result<(), ApiError> {
    let request = client.request(deletion.body.clone()).header("idempotency-key", &deletion.key);
    let response = client.send(request).await?;
    let reported = response::deleted_contacts(&response);
    if !reported.is_empty() {
        deleted.replace(reported);
    }
    response::result(&response)
}

/// Converts the reason of a retry into the error of a request that is not retried any more.
fn final_error(reason: RetryReason) -> CliError {
    let description = reason.description;
    match reason.cause {
        RetryCause::Unreachable => {
            CliError::unavailable(format!("the service can't be reached ({description})"))
                .advice("Check the URL. If it is right, run the same command again later")
        }
        RetryCause::Overloaded => CliError::unavailable(format!("the service is overloaded ({description})"))
            .advice(
                "Run the same command again later. If it does not find the contacts then, they are deleted",
            ),
        RetryCause::InternalError => CliError::other(format!("the service fails ({description})"))
            .advice("Its log has the cause. `contacts contact show` shows whether a contact exists"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorClass;

    #[test]
    fn an_unreachable_or_overloaded_service_is_unavailable() {
        for (cause, class) in [
            (RetryCause::Unreachable, ErrorClass::Unavailable),
            (RetryCause::Overloaded, ErrorClass::Unavailable),
            (RetryCause::InternalError, ErrorClass::Other),
        ] {
            let reason = RetryReason { cause, description: String::new(), retry_after: None };
            assert_eq!(final_error(reason).class(), class, "{cause:?}");
        }
    }
}
