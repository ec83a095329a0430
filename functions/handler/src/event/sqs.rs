//! Batches of messages of a standard queue, with a body each. A message succeeds if every contact in it was stored or
//! deleted. Any other is reported as failed, even if it can never succeed: SQS delivers it again, and after five deliveries
//! moves it to the dead-letter queue, where an operator finds it.
//!
//! The tenants of a batch are processed concurrently, so that a slow one takes no time away from the others. The upserts of
//! one tenant are processed as one list, in the order of the batch. That saves round trips, and messages for the same contact
//! are applied in order. A delete checks its whole list first, so those of one tenant are processed one after the other.

use contacts_core::{
    context::{Deadline, OperationId},
    domain::{IdempotencyKey, Tenant},
    json::{self, Object},
    store::Store,
};
use futures_util::future::join_all;
use lambda_http::Context;
use serde::{Deserialize, Serialize};
use tracing::warn;

use crate::{
    body::InvalidBody,
    error::{Interruption, OperationError},
    operation::Operation,
    pipeline::{Caller, KeyedList, OperationResult, OperationRun, Summary, deadline_of, run_and_report},
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
    /// Reads a batch; `None` if it has no records, or they aren't of SQS.
    pub(super) fn read(text: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Records {
            #[serde(rename = "Records")]
            records: Vec<Message>,
        }
        let Records { records } = serde_json::from_str(text).ok()?;
        let is_batch = !records.is_empty() && records.iter().all(|message| message.source == "aws:sqs");
        is_batch.then_some(Self(records))
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
    let run = BatchRun { store, operation, context, deadline: deadline_of(context) };
    let tenants = by_named_tenant(&batch.0);
    let failed = join_all(tenants.into_iter().map(|messages| run.process_tenant(messages))).await;
    let failed = failed.into_iter().flatten();
    BatchFailures {
        batch_item_failures: failed
            .map(|message| FailedMessage { item_identifier: message.id.clone() })
            .collect(),
    }
}

/// The messages of each tenant, in their order. Those that name none are together.
fn by_named_tenant(messages: &[Message]) -> Vec<Vec<&Message>> {
    let mut tenants: Vec<(Option<String>, Vec<&Message>)> = Vec::new();
    for message in messages {
        let name = named_tenant(&message.body);
        match tenants.iter_mut().find(|(tenant, _)| *tenant == name) {
            Some((_, messages)) => messages.push(message),
            None => tenants.push((name, vec![message])),
        }
    }
    tenants.into_iter().map(|(_, messages)| messages).collect()
}

fn named_tenant(body: &str) -> Option<String> {
    let body = Object::read(body)?;
    json::string(body.get("tenant")?, |name| Ok(name.to_owned())).ok()
}

/// A batch in progress.
struct BatchRun<'b> {
    store: &'b Store,
    operation: Operation,
    context: &'b Context,
    deadline: Deadline,
}

impl<'b> BatchRun<'b> {
    /// Processes the messages of one tenant and returns those that failed.
    async fn process_tenant(&self, messages: Vec<&'b Message>) -> Vec<&'b Message> {
        match self.operation {
            Operation::Upsert => self.upsert_together(messages).await,
            Operation::Delete => self.process_one_by_one(messages).await,
        }
    }

    async fn process_one_by_one(&self, messages: Vec<&'b Message>) -> Vec<&'b Message> {
        let mut failed = Vec::new();
        for message in messages {
            if !self.process_message(message).await {
                failed.push(message);
            }
        }
        failed
    }

    /// Processes one message, not together with others; false if it failed.
    async fn process_message(&self, message: &Message) -> bool {
        let (source, body) = (self.source(Some(&message.id)), message.body.as_bytes());
        let key = Some(IdempotencyKey::of_message(&message.id));
        match run_and_report(self.store, source, self.deadline, key, body).await {
            Ok(result) => match result.incomplete_reason() {
                None => return true,
                Some(reason) => self.log_failure(message, reason, None),
            },
            Err(error) => self.log_error(message, &error),
        }
        false
    }

    /// Processes the upserts of one tenant as one list.
    async fn upsert_together(&self, messages: Vec<&'b Message>) -> Vec<&'b Message> {
        let mut failed = Vec::new();
        let mut valid = Vec::new();
        let mut lists = Vec::new();
        let mut whole: Option<(Tenant, OperationRun<'_>)> = None;
        for message in messages {
            // One operation for the whole batch, which Lambda delivers under one request id.
            let id = OperationId::new(&self.context.request_id);
            let mut run = OperationRun::start(self.store, self.source(None), id, self.deadline);
            let caller = Caller::Iam { key: Some(IdempotencyKey::of_message(&message.id)) };
            match run.read_upsert(caller, message.body.as_bytes()).await {
                Ok((tenant, list)) => {
                    valid.push(message);
                    lists.push(list);
                    match &whole {
                        Some((_, first)) => first.merge(&run),
                        None => whole = Some((tenant, run)),
                    }
                }
                Err(error) => {
                    run.source.message_id = Some(&message.id);
                    run.finish(Summary::from(&error));
                    self.log_error(message, &error);
                    failed.push(message);
                }
            }
        }
        if let Some((tenant, run)) = whole {
            failed.extend(self.upsert_lists(&tenant, run, valid, lists).await);
        }
        failed
    }

    async fn upsert_lists(
        &self,
        tenant: &Tenant,
        run: OperationRun<'_>,
        messages: Vec<&'b Message>,
        lists: Vec<KeyedList>,
    ) -> Vec<&'b Message> {
        let mut failed = Vec::new();
        let mut summary = Summary::default();
        match run.upsert(tenant, lists).await {
            Ok(answers) => {
                for (message, answer) in messages.into_iter().zip(answers) {
                    let result = OperationResult::Upsert(answer);
                    summary.counts += result.counts();
                    if let Some(reason) = result.incomplete_reason() {
                        self.log_failure(message, reason, None);
                        failed.push(message);
                    }
                }
            }
            Err(error) => {
                summary.cause = error.interruption().map(Interruption::cause);
                let one_message_may_be_the_cause = matches!(
                    error,
                    OperationError::KeyReused | OperationError::Interrupted(Interruption::StoreFailed(_))
                );
                if one_message_may_be_the_cause && messages.len() > 1 {
                    // One message can be the reason why all fail. Processed separately, only that one fails.
                    failed = self.process_one_by_one(messages).await;
                } else {
                    for message in messages {
                        self.log_error(message, &error);
                        failed.push(message);
                    }
                }
            }
        }
        run.finish(summary);
        failed
    }

    fn source<'s>(&'s self, message_id: Option<&'s str>) -> Source<'s> {
        Source { trigger: Trigger::Sqs, operation: self.operation, context: self.context, message_id }
    }

    /// Logs why a message failed. The line has nothing of its content.
    fn log_failure(&self, message: &Message, reason: &str, cause: Option<&str>) {
        let request_id = &self.context.request_id;
        warn!(request_id, message_id = message.id, reason, cause, "message failed");
    }

    fn log_error(&self, message: &Message, error: &OperationError) {
        let cause = error.interruption().map(Interruption::cause);
        self.log_failure(message, reason(error), cause.as_deref());
    }
}

/// The reason of a failed message, for the log. Errors of routes and tokens only occur for HTTP requests.
fn reason(error: &OperationError) -> &'static str {
    match error {
        OperationError::InvalidBody(InvalidBody::UnknownTenant) => "unknown tenant",
        OperationError::InvalidBody(_) => "wrong JSON body",
        OperationError::InvalidKey(_) | OperationError::KeyReused => "another body under the same message id",
        OperationError::Interrupted(Interruption::StoreFailed(_)) => "the store failed",
        OperationError::Interrupted(_) => "the store was not available in time",
        OperationError::PartialDelete { .. } => "not all contacts were deleted",
        OperationError::NoSuchRoute | OperationError::NoSuchMethod { .. } => "no such route",
        OperationError::Unauthorized | OperationError::RightMissing(_) => "not authorized",
    }
}
