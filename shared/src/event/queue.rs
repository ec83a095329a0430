//! Batches of SQS messages, each a request's body. A message is done when every contact in it went
//! through; any other is reported as failed, stays in the queue, and ends in the dead-letter queue.
//!
//! The upserts of a batch are worked on together, a tenant's messages as one list in the order of the
//! batch: that saves round trips, and applies messages about the same contact one after the other.
//! Deletes are all or nothing each, so they go one by one.

use lambda_http::Context;
use serde::{Deserialize, Serialize};
use tracing::warn;

use super::direct;
use crate::{
    body::{UpsertBody, UpsertList, WrongBody},
    domain::Tenant,
    operation::{Call, Failure, Operation, TimeLimit},
    phases::Phase,
    store::{OperationId, Store},
    telemetry::{Report, Source, Trigger},
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

/// Works off a batch, and returns the messages that failed.
pub(super) async fn work_off(
    store: &Store,
    operation: Operation,
    batch: Batch,
    context: &Context,
) -> Failures {
    let limit = TimeLimit::of(context);
    let mut work = Work { store, operation, context, limit, failures: Failures::default() };
    match operation {
        Operation::Upsert => work.upsert_all(&batch.0).await,
        Operation::Delete => {
            for message in &batch.0 {
                work.one_by_one(message).await;
            }
        }
    }
    work.failures
}

/// A batch that is being worked off.
struct Work<'b> {
    store: &'b Store,
    operation: Operation,
    context: &'b Context,
    limit: TimeLimit,
    failures: Failures,
}

/// The upserts of one tenant that a batch holds.
struct Together<'b> {
    tenant: Tenant,
    store: Store,
    report: Report<'b>,
    parts: Vec<(&'b Message, UpsertList)>,
}

impl<'b> Work<'b> {
    fn source(&self, message_id: Option<&'b str>) -> Source<'b> {
        Source { trigger: Trigger::Sqs, operation: self.operation, context: self.context, message_id }
    }

    /// Notes a message as failed; the log says why, without a word of what is in it.
    fn fail(&mut self, message: &Message, reason: &str, cause: Option<&str>) {
        let request_id = &self.context.request_id;
        warn!(request_id, message_id = message.id, reason, cause, "message failed");
        self.failures.batch_item_failures.push(FailedMessage { item_identifier: message.id.clone() });
    }

    fn fail_of(&mut self, message: &Message, failure: &Failure) {
        self.fail(message, reason(failure), failure.cause().as_deref());
    }

    /// Carries out a message by itself.
    async fn one_by_one(&mut self, message: &'b Message) {
        let (source, body) = (self.source(Some(&message.id)), message.body.as_bytes());
        match direct::reported(source, self.store, body, self.limit).await {
            Ok(outcome) if outcome.is_complete() => {}
            Ok(_) => self.fail(message, INCOMPLETE, None),
            Err(failure) => self.fail_of(message, &failure),
        }
    }

    async fn upsert_all(&mut self, messages: &'b [Message]) {
        let mut tenants: Vec<Together<'b>> = Vec::new();
        for message in messages {
            let store = self.store.counting();
            let mut report = Report::new(self.source(None));
            match read(&store, message, self.limit).await {
                Ok((tenant, list)) => {
                    let parts = vec![(message, list)];
                    if let Some(of) = tenants.iter_mut().find(|of| of.tenant.name == tenant.name) {
                        of.store.absorb(&store);
                        of.parts.extend(parts);
                    } else {
                        report.tenant = Some(tenant.name.clone());
                        tenants.push(Together { tenant, store, report, parts });
                    }
                }
                Err(failure) => {
                    report.source.message_id = Some(&message.id);
                    report.cause = failure.cause();
                    report.end(&store);
                    self.fail_of(message, &failure);
                }
            }
        }
        for together in tenants {
            self.upsert_together(together).await;
        }
    }

    async fn upsert_together(&mut self, together: Together<'b>) {
        let Together { tenant, store, mut report, parts } = together;
        let id = OperationId::new(&self.context.request_id);
        let call = Call { store: &store, tenant: &tenant, id: &id, limit: self.limit };
        let (messages, lists): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        match call.upsert_lists(lists).await {
            Ok(answers) => {
                for (message, answer) in messages.into_iter().zip(answers) {
                    let counts = answer.counts();
                    report.counts += counts;
                    if counts.rejected > 0 {
                        self.fail(message, INCOMPLETE, None);
                    }
                }
            }
            // One message can be the reason why none gets through; by itself, it fails alone.
            Err(Failure::Store(error)) if messages.len() > 1 => {
                report.cause = Some(error.to_string());
                for message in messages {
                    self.one_by_one(message).await;
                }
            }
            Err(failure) => {
                report.cause = failure.cause();
                for message in messages {
                    self.fail_of(message, &failure);
                }
            }
        }
        report.end(&store);
    }
}

async fn read(store: &Store, message: &Message, limit: TimeLimit) -> Result<(Tenant, UpsertList), Failure> {
    let body = store.phases().run(Phase::Parse, || UpsertBody::read(message.body.as_bytes()))?;
    let tenant = direct::tenant_of(store, &body, limit).await?;
    let list = store.phases().run(Phase::Parse, || body.list(&tenant.contact_types))?;
    Ok((tenant, list))
}

/// Why a message failed that was carried out in part.
const INCOMPLETE: &str = "not all contacts went through";

/// Why a message failed, for the log: no word of it is the caller's.
fn reason(failure: &Failure) -> &'static str {
    match failure {
        Failure::WrongBody(WrongBody::UnknownTenant) => "unknown tenant",
        Failure::WrongBody(_) => "wrong JSON body",
        Failure::Busy(_) => "the store was not available in time",
        Failure::Store(_) => "the store failed",
        Failure::DeletedInPart(..) => "not all contacts were deleted",
    }
}
