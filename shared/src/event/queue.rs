//! Batches of SQS messages, each a request's body. A message is done when every contact in it went
//! through; any other is reported as failed, stays in the queue, and ends in the dead-letter queue.
//!
//! The upserts of a batch are worked on together, a tenant's messages as one list in the order of the
//! batch: that saves round trips, and applies messages about the same contact one after the other.
//! Deletes are all or nothing each, so they go one by one.

use std::time::Instant;

use lambda_http::Context;
use serde::{Deserialize, Serialize};
use tracing::warn;

use super::direct;
use crate::{
    body::{UpsertBody, UpsertList, WrongBody},
    domain::Tenant,
    operation::{Call, Failure, Operation, TimeLimit},
    store::{OperationId, Store},
    telemetry::{self, Report},
};

/// The messages that Lambda hands over at once.
pub struct Batch(Vec<Message>);

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "messageId")]
    id: String,
    #[serde(default)]
    body: String,
    #[serde(rename = "eventSource")]
    source: String,
}

impl Batch {
    /// Reads a batch; `None` if its records aren't SQS's.
    pub(super) fn read(text: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Records {
            #[serde(rename = "Records")]
            records: Vec<Message>,
        }
        let Records { records } = serde_json::from_str(text).ok()?;
        records.iter().all(|message| message.source == "aws:sqs").then_some(Self(records))
    }
}

/// The messages that have to be delivered again (`ReportBatchItemFailures`).
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failures {
    batch_item_failures: Vec<FailedMessage>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailedMessage {
    item_identifier: String,
}

impl Failures {
    /// Reports a message as failed; the log says why, without a word of what is in it.
    fn add(&mut self, message: &Message, reason: &str, cause: Option<&str>) {
        warn!(message_id = message.id, reason, cause, "message failed");
        self.batch_item_failures.push(FailedMessage { item_identifier: message.id.clone() });
    }
}

/// Works off a batch, and returns the messages that failed.
pub(super) async fn work_off(
    store: &Store,
    operation: Operation,
    batch: Batch,
    context: &Context,
) -> Failures {
    let limit = TimeLimit::of(context);
    let mut failures = Failures::default();
    match operation {
        Operation::Upsert => upsert_all(store, &batch.0, limit, &mut failures, context).await,
        Operation::Delete => {
            for message in &batch.0 {
                one_by_one(store, operation, message, limit, &mut failures).await;
            }
        }
    }
    failures
}

/// Carries out a message by itself.
async fn one_by_one(
    store: &Store,
    operation: Operation,
    message: &Message,
    limit: TimeLimit,
    failures: &mut Failures,
) {
    let body = message.body.as_bytes();
    match direct::reported("sqs", store, operation, body, &message.id, limit).await {
        Ok(outcome) if outcome.is_complete() => {}
        Ok(_) => failures.add(message, "not all contacts went through", None),
        Err(failure) => failures.add(message, reason(&failure), failure.cause().as_deref()),
    }
}

/// The upserts of one tenant that a batch holds.
struct Together<'m> {
    tenant: Tenant,
    parts: Vec<(&'m Message, UpsertList)>,
}

async fn upsert_all(
    store: &Store,
    messages: &[Message],
    limit: TimeLimit,
    failures: &mut Failures,
    context: &Context,
) {
    let mut tenants: Vec<Together<'_>> = Vec::new();
    for message in messages {
        match read(store, message, limit).await {
            Ok((tenant, list)) => match tenants.iter_mut().find(|of| of.tenant.name == tenant.name) {
                Some(of) => of.parts.push((message, list)),
                None => tenants.push(Together { tenant, parts: vec![(message, list)] }),
            },
            Err(failure) => failures.add(message, reason(&failure), failure.cause().as_deref()),
        }
    }
    for together in tenants {
        upsert_together(store, together, limit, failures, context).await;
    }
}

async fn read(store: &Store, message: &Message, limit: TimeLimit) -> Result<(Tenant, UpsertList), Failure> {
    let body = UpsertBody::read(message.body.as_bytes())?;
    let tenant = direct::tenant_of(store, &body, limit).await?;
    let list = body.list(&tenant.contact_types)?;
    Ok((tenant, list))
}

async fn upsert_together(
    store: &Store,
    together: Together<'_>,
    limit: TimeLimit,
    failures: &mut Failures,
    context: &Context,
) {
    let begun = Instant::now();
    let store = store.counting();
    let mut report = Report::new("sqs", &context.request_id, Operation::Upsert);
    report.tenant = Some(together.tenant.name.clone());
    let id = OperationId::new(&context.request_id);
    let call = Call { store: &store, tenant: &together.tenant, id: &id, limit };
    let (messages, lists): (Vec<_>, Vec<_>) = together.parts.into_iter().unzip();
    match call.upsert_lists(lists).await {
        Ok(answers) => {
            for (message, answer) in messages.into_iter().zip(answers) {
                let counts = answer.counts();
                report.counts += counts;
                if counts.rejected > 0 {
                    failures.add(message, "not all contacts went through", None);
                }
            }
        }
        // One message can be the reason why none gets through; by itself, it fails alone.
        Err(Failure::Store(error)) if messages.len() > 1 => {
            report.cause = Some(error.to_string());
            for message in messages {
                one_by_one(&store, Operation::Upsert, message, limit, failures).await;
            }
        }
        Err(failure) => {
            report.cause = failure.cause();
            for message in messages {
                failures.add(message, reason(&failure), failure.cause().as_deref());
            }
        }
    }
    telemetry::log(&report, &store.usage(), begun.elapsed());
}

/// Why a message failed, for the log: no word of it is the caller's.
fn reason(failure: &Failure) -> &'static str {
    match failure {
        Failure::WrongBody(WrongBody::UnknownTenant) => "unknown tenant",
        Failure::WrongBody(_) => "wrong JSON body",
        Failure::Busy => "the store was not available in time",
        Failure::Store(_) => "the store failed",
        Failure::DeletedInPart(..) => "not all contacts were deleted",
    }
}
