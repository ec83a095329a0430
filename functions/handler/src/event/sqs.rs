//! Batches of messages of a standard queue, with a body each. A message succeeds if every contact in it was stored or
//! deleted. Any other is reported as failed, even if it can never succeed: SQS delivers it again, and after five deliveries
//! moves it to the dead-letter queue, where an operator finds it.
//!
//! The upserts of one tenant in a batch are processed as one list, in the order of the batch. That saves round trips, and
//! messages for the same contact are applied in order. A delete checks its whole list first, so each is processed by itself.

use contacts_core::{
    context::{Deadline, OperationId},
    domain::Tenant,
    store::Store,
};
use lambda_http::Context;
use serde::{Deserialize, Serialize};
use tracing::warn;

use crate::{
    body::{InvalidBody, UpsertList},
    error::{Interruption, OperationError},
    operation::Operation,
    pipeline::{Caller, OperationRun, Summary, deadline_of, run_and_report},
    telemetry::{Source, Trigger},
};

/// The messages of one invocation.
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
    /// Reads a batch; `None` if its records aren't of SQS.
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
pub struct BatchFailures {
    batch_item_failures: Vec<FailedMessage>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailedMessage {
    item_identifier: String,
}

/// Processes a batch and returns the messages that failed.
pub(super) async fn process_batch(
    store: &Store,
    operation: Operation,
    batch: Batch,
    context: &Context,
) -> BatchFailures {
    let failures = BatchFailures::default();
    let mut run = BatchRun { store, operation, context, deadline: deadline_of(context), failures };
    match operation {
        Operation::Upsert => run.upsert_all(&batch.0).await,
        Operation::Delete => {
            for message in &batch.0 {
                run.process_message(message).await;
            }
        }
    }
    run.failures
}

/// A batch in progress.
struct BatchRun<'b> {
    store: &'b Store,
    operation: Operation,
    context: &'b Context,
    deadline: Deadline,
    failures: BatchFailures,
}

/// The upserts of one tenant in a batch.
struct TenantBatch<'b> {
    tenant: Tenant,
    run: OperationRun<'b>,
    messages: Vec<&'b Message>,
    lists: Vec<UpsertList>,
}

impl<'b> BatchRun<'b> {
    fn source(&self, message_id: Option<&'b str>) -> Source<'b> {
        Source { trigger: Trigger::Sqs, operation: self.operation, context: self.context, message_id }
    }

    /// Records a message as failed, and logs why. The log line has nothing of the message's content.
    fn fail(&mut self, message: &Message, reason: &str, cause: Option<&str>) {
        let request_id = &self.context.request_id;
        warn!(request_id, message_id = message.id, reason, cause, "message failed");
        self.failures.batch_item_failures.push(FailedMessage { item_identifier: message.id.clone() });
    }

    fn fail_with(&mut self, message: &Message, error: &OperationError) {
        let cause = error.interruption().map(Interruption::cause);
        self.fail(message, reason(error), cause.as_deref());
    }

    /// Processes a message by itself.
    async fn process_message(&mut self, message: &'b Message) {
        let (source, body) = (self.source(Some(&message.id)), message.body.as_bytes());
        match run_and_report(self.store, source, self.deadline, body).await {
            Ok(result) if result.is_complete() => {}
            Ok(_) => self.fail(message, INCOMPLETE, None),
            Err(error) => self.fail_with(message, &error),
        }
    }

    async fn upsert_all(&mut self, messages: &'b [Message]) {
        let mut tenants: Vec<TenantBatch<'b>> = Vec::new();
        for message in messages {
            // One operation for the whole batch, which Lambda delivers under one request id.
            let id = OperationId::new(&self.context.request_id);
            let mut run = OperationRun::start(self.store, self.source(None), id, self.deadline);
            match run.read_upsert(Caller::Iam, message.body.as_bytes()).await {
                Ok((tenant, list)) => {
                    if let Some(batch) = tenants.iter_mut().find(|batch| batch.tenant.name == tenant.name) {
                        batch.run.merge(&run);
                        batch.messages.push(message);
                        batch.lists.push(list);
                    } else {
                        tenants.push(TenantBatch { tenant, run, messages: vec![message], lists: vec![list] });
                    }
                }
                Err(error) => {
                    run.source.message_id = Some(&message.id);
                    run.finish(Summary::from(&error));
                    self.fail_with(message, &error);
                }
            }
        }
        for batch in tenants {
            self.upsert_of_tenant(batch).await;
        }
    }

    async fn upsert_of_tenant(&mut self, batch: TenantBatch<'b>) {
        let TenantBatch { tenant, run, messages, lists } = batch;
        let mut summary = Summary::default();
        match run.upsert(&tenant, lists).await {
            Ok(answers) => {
                for (message, answer) in messages.into_iter().zip(answers) {
                    let counts = answer.counts();
                    summary.counts += counts;
                    if counts.rejected > 0 {
                        self.fail(message, INCOMPLETE, None);
                    }
                }
            }
            Err(error) => {
                summary.cause = error.interruption().map(Interruption::cause);
                let one_message_may_be_the_cause =
                    matches!(error, OperationError::Interrupted(Interruption::StoreFailed(_)));
                for message in &messages {
                    if one_message_may_be_the_cause && messages.len() > 1 {
                        // One message can be the reason why all fail; by itself, it fails alone.
                        self.process_message(message).await;
                    } else {
                        self.fail_with(message, &error);
                    }
                }
            }
        }
        run.finish(summary);
    }
}

/// The reason of a message that was processed in part.
const INCOMPLETE: &str = "not all contacts went through";

/// The reason of a failed message, for the log. Errors of routes and tokens only occur for HTTP requests.
fn reason(error: &OperationError) -> &'static str {
    match error {
        OperationError::InvalidBody(InvalidBody::UnknownTenant) => "unknown tenant",
        OperationError::InvalidBody(_) => "wrong JSON body",
        OperationError::Interrupted(Interruption::StoreFailed(_)) => "the store failed",
        OperationError::Interrupted(_) => "the store was not available in time",
        OperationError::PartialDelete { .. } => "not all contacts were deleted",
        OperationError::NoSuchRoute | OperationError::NoSuchMethod { .. } => "no such route",
        OperationError::Unauthorized | OperationError::RightMissing(_) => "not authorized",
    }
}
