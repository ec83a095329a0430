//! The path of an operation that all triggers share: set-up, tenant, body, use case, report. A trigger decides what it
//! passes in, and what the result looks like on its way back.

use std::time::{Duration, Instant, SystemTime};

use contacts_core::{
    context::{Deadline, Mode, OperationContext, OperationId, Phase},
    delete::{DeleteError, Deleted, Deletion, DeletionKey, delete},
    domain::{
        BodyDigest, Contact, IdempotencyKey, Tenant, TenantName, TimeZone, Token, TokenGrant, ValidationError,
    },
    store::{Kept, KeyBinding, Store},
    upsert::{Section, upsert_sections},
};
use lambda_http::Context;

use crate::{
    body::{
        DeleteAnswer, DeleteBody, DeleteProblem, DeletedContacts, InvalidBody, UpsertAnswer, UpsertBody,
        UpsertList, estimated_json_len,
    },
    counts::ContactCounts,
    error::{Interruption, OperationError},
    operation::Operation,
    telemetry::{CompletedEvent, Source, emit},
};

/// The time between an operation's deadline and the moment at which Lambda stops the invocation: one second in which the
/// caller can rely on an answer, and 300 ms to write and send it.
const MARGIN: Duration = Duration::from_millis(1_300);

/// The time limit of an invocation whose context has a deadline in the past, as `cargo lambda watch` sets it. The same as
/// `Timeout` in template.yaml.
const DEFAULT_TIME_LIMIT: Duration = Duration::from_secs(29);

/// The deadline of the operations of an invocation.
pub(crate) fn deadline_of(context: &Context) -> Deadline {
    let left = context.deadline().duration_since(SystemTime::now());
    Deadline::after(left.unwrap_or(DEFAULT_TIME_LIMIT).saturating_sub(MARGIN))
}

/// The kind of caller, which decides where the tenant is read from.
pub(crate) enum Caller {
    /// An HTTP caller. Authenticated before anything else is read.
    Token {
        /// The token, if there is one.
        token: Option<Token>,
        /// The key, if there is one, or why the header is invalid.
        key: Result<Option<IdempotencyKey>, ValidationError>,
    },
    /// A caller that IAM has authorized. The body names the tenant.
    Iam {
        /// The key that the message or the event has.
        key: Option<IdempotencyKey>,
    },
}

/// The list of an upsert, with its idempotency key.
pub(crate) struct KeyedList {
    list: UpsertList,
    key: Option<KeyBinding>,
}

/// The result of an operation.
pub(crate) enum OperationResult<'b> {
    Upsert(UpsertAnswer),
    Delete(DeleteAnswer<'b>),
}

impl OperationResult<'_> {
    /// Why not every contact of the request was stored or deleted; `None` if all were.
    pub(crate) fn incomplete_reason(&self) -> Option<&'static str> {
        match self {
            Self::Upsert(answer) => (answer.counts().rejected > 0).then_some("not all contacts went through"),
            Self::Delete(answer) => (!answer.is_success()).then_some(answer.text()),
        }
    }

    /// The contacts by effect.
    pub(crate) fn counts(&self) -> ContactCounts {
        match self {
            Self::Upsert(answer) => answer.counts(),
            Self::Delete(answer) => answer.counts(),
        }
    }
}

/// What a report says about the end of an operation.
#[derive(Default)]
pub(crate) struct Summary {
    /// The HTTP status of the response, for HTTP requests.
    pub(crate) status: Option<u16>,
    /// The contacts by effect.
    pub(crate) counts: ContactCounts,
    /// The cause of an interruption.
    pub(crate) cause: Option<String>,
}

impl From<&OperationError> for Summary {
    fn from(error: &OperationError) -> Self {
        let deleted = error.deleted().map_or(0, |deleted| deleted.0.len());
        let counts = ContactCounts { deleted, ..ContactCounts::default() };
        Self { counts, cause: error.interruption().map(Interruption::cause), status: None }
    }
}

impl From<&Result<OperationResult<'_>, OperationError>> for Summary {
    fn from(result: &Result<OperationResult<'_>, OperationError>) -> Self {
        match result {
            Ok(result) => Self { counts: result.counts(), ..Self::default() },
            Err(error) => error.into(),
        }
    }
}

/// A message or an event asks to be validated only.
struct NothingToApply;

/// An operation in progress, for one event or message.
pub(crate) struct OperationRun<'e> {
    store: &'e Store,
    /// The event that the report will name.
    pub(crate) source: Source<'e>,
    context: OperationContext,
    start: Instant,
    start_time: SystemTime,
    tenant: Option<TenantName>,
}

impl<'e> OperationRun<'e> {
    /// Starts an operation.
    pub(crate) fn start(store: &'e Store, source: Source<'e>, id: OperationId, deadline: Deadline) -> Self {
        let context = OperationContext::new(id, deadline);
        Self { store, source, context, start: Instant::now(), start_time: SystemTime::now(), tenant: None }
    }

    /// Carries out the operation of a body.
    pub(crate) async fn run<'b>(
        &mut self,
        caller: Caller,
        body: &'b [u8],
    ) -> Result<OperationResult<'b>, OperationError> {
        match self.source.operation {
            Operation::Upsert => {
                let (tenant, list) = self.read_upsert(caller, body).await?;
                let mut answers = self.upsert(&tenant, vec![list]).await?;
                let answer = answers.pop().expect("each list has an answer");
                Ok(OperationResult::Upsert(answer))
            }
            Operation::Delete => self.delete(caller, body).await.map(OperationResult::Delete),
        }
    }

    /// Reads the body of an upsert, and finds its tenant.
    pub(crate) async fn read_upsert(
        &mut self,
        caller: Caller,
        body: &[u8],
    ) -> Result<(Tenant, KeyedList), OperationError> {
        let bytes = body;
        let (tenant, key, body) = match caller {
            Caller::Token { token, key } => {
                let access = self.authenticate(token).await?;
                let body = self.context.phases().run(Phase::Parse, || UpsertBody::read(bytes));
                let named = body.as_ref().ok().and_then(|body| body.tenant().ok()?);
                let (tenant, key) = self.authorize(access, named, key)?;
                let body = body?;
                body.check_params()?;
                (tenant, key, body)
            }
            Caller::Iam { key } => {
                let body = self.context.phases().run(Phase::Parse, || UpsertBody::read(bytes))?;
                body.check_params()?;
                let name = body.tenant()?.ok_or(InvalidBody::Missing("tenant"))?;
                let tenant = self.find_tenant(&name).await?.ok_or(InvalidBody::UnknownTenant)?;
                (tenant, key, body)
            }
        };
        let list = self.context.phases().run(Phase::Parse, || body.list(&tenant.contact_types))?;
        self.set_mode(body.mode()?).map_err(|NothingToApply| InvalidBody::NothingToApply)?;
        let key = key.map(|key| KeyBinding { key, body: BodyDigest::of(bytes) });
        Ok((tenant, KeyedList { list, key }))
    }

    /// Creates or updates the contacts of several lists as if they were one list; returns an answer for each list. All lists
    /// must be of this tenant.
    pub(crate) async fn upsert(
        &self,
        tenant: &Tenant,
        lists: Vec<KeyedList>,
    ) -> Result<Vec<UpsertAnswer>, OperationError> {
        let mut items = Vec::new();
        let mut sections = Vec::with_capacity(lists.len());
        let mut parts = Vec::with_capacity(lists.len());
        for KeyedList { mut list, key } in lists {
            parts.push((list.items.len(), list.invalid));
            // A single list, which may be long, is not copied.
            if items.is_empty() {
                items = list.items;
            } else {
                items.append(&mut list.items);
            }
            sections.push(Section { end: items.len(), key });
        }
        let work = upsert_sections(self.store, tenant, &self.context, &items, &sections);
        let outcomes = self.context.deadline().run(work).await??;
        let (mut items, mut outcomes) = (items.as_slice(), outcomes.as_slice());
        let mut answers = Vec::with_capacity(parts.len());
        for (len, invalid) in parts {
            let (own_items, own_outcomes);
            (own_items, items) = items.split_at(len);
            (own_outcomes, outcomes) = outcomes.split_at(len);
            answers.push(invalid.answer(own_items, own_outcomes));
        }
        Ok(answers)
    }

    /// Adds the usage and the phases of another run, which has read a list that this run upserts.
    pub(crate) fn merge(&self, other: &Self) {
        self.context.merge(&other.context);
    }

    /// Ends the run: writes its log line, metrics and trace.
    pub(crate) fn finish(self, summary: Summary) {
        let counts = match self.context.mode() {
            Mode::Apply => summary.counts,
            Mode::ValidateOnly => ContactCounts::default(),
        };
        emit(&CompletedEvent {
            source: self.source,
            start: self.start,
            start_time: self.start_time,
            duration: self.start.elapsed(),
            tenant: self.tenant,
            status: summary.status,
            mode: self.context.mode(),
            counts,
            cause: summary.cause,
            usage: self.context.usage(),
            spans: self.context.phases().spans(),
        });
    }

    /// Deletes the contacts of a body. An invalid body is an answer and not an error, unlike an invalid body of an upsert:
    /// the contract has an envelope for it. Without a tenant, the time in the envelope is in UTC.
    async fn delete<'b>(
        &mut self,
        caller: Caller,
        body: &'b [u8],
    ) -> Result<DeleteAnswer<'b>, OperationError> {
        let bytes = body;
        let (tenant, key, body) = match caller {
            Caller::Token { token, key } => {
                let access = self.authenticate(token).await?;
                let body = self.context.phases().run(Phase::Parse, || DeleteBody::read(bytes));
                let (tenant, key) = self.authorize(access, body.tenant(), key)?;
                (tenant, key, body)
            }
            Caller::Iam { key } => {
                let body = self.context.phases().run(Phase::Parse, || DeleteBody::read(bytes));
                let found = match body.tenant() {
                    Some(name) => self.find_tenant(&name).await?,
                    None => None,
                };
                let Some(tenant) = found else {
                    let problem = body.malformation().unwrap_or_else(DeleteProblem::unknown_tenant);
                    return Ok(DeleteAnswer::new(Err(problem), Vec::new(), body.echo(), &TimeZone::utc()));
                };
                (tenant, key, body)
            }
        };
        if self.set_mode(body.mode()).is_err() {
            let problem = body.malformation().unwrap_or_else(DeleteProblem::nothing_to_apply);
            return Ok(DeleteAnswer::new(Err(problem), Vec::new(), body.echo(), &tenant.time_zone));
        }
        let kept = if self.source.trigger.has_answer() { Kept::Contacts } else { Kept::Ids };
        let key =
            key.map(|key| DeletionKey { binding: KeyBinding { key, body: BodyDigest::of(bytes) }, kept });
        self.delete_contacts(&tenant, &body, key).await
    }

    /// Sets whether the operation writes. Fails for a validation if the trigger returns no answer.
    fn set_mode(&mut self, mode: Mode) -> Result<(), NothingToApply> {
        if mode == Mode::ValidateOnly && !self.source.trigger.has_answer() {
            return Err(NothingToApply);
        }
        self.context.set_mode(mode);
        Ok(())
    }

    async fn delete_contacts<'b>(
        &self,
        tenant: &Tenant,
        body: &DeleteBody<'b>,
        key: Option<DeletionKey>,
    ) -> Result<DeleteAnswer<'b>, OperationError> {
        let answer = |result, deleted: Deleted| {
            DeleteAnswer::new(result, deleted.into_values().collect(), body.echo(), &tenant.time_zone)
        };
        let mut deleted = Deleted::new();
        let deletion = match self.context.phases().run(Phase::Parse, || body.deletion()) {
            Ok(deletion) => Deletion { key, ..deletion },
            Err(problem) => return Ok(answer(Err(problem), deleted)),
        };
        let budget = body.response_budget();
        let fits_answer = |contacts: &[&Contact]| {
            contacts.iter().map(|one| estimated_json_len(one)).sum::<usize>() <= budget
        };
        // Boxed, because its state is large.
        let work = Box::pin(delete(self.store, &self.context, tenant, &deletion, fits_answer, &mut deleted));
        let interruption = match self.context.deadline().run(work).await {
            Ok(Ok(completed)) => return Ok(answer(Ok(completed), deleted)),
            Ok(Err(error)) => match DeleteProblem::of(error) {
                Ok(problem) => return Ok(answer(Err(problem), deleted)),
                Err(DeleteError::Store(error)) => error.into(),
                Err(_) => return Err(OperationError::KeyReused),
            },
            Err(error) => error.into(),
        };
        Err(OperationError::of_delete(DeletedContacts(deleted.into_values().collect()), interruption))
    }

    /// The tenant and the grant of a token.
    async fn authenticate(&mut self, token: Option<Token>) -> Result<(Tenant, TokenGrant), OperationError> {
        let token = token.ok_or(OperationError::Unauthorized)?;
        let authentication = self.store.authenticate(&self.context, token);
        let work = self.context.phases().run_async(Phase::Access, authentication);
        let found = self.context.deadline().run(work).await??;
        let (tenant, grant) = found.ok_or(OperationError::Unauthorized)?;
        self.tenant = Some(tenant.name.clone());
        Ok((tenant, grant))
    }

    /// Checks, in the contract's order, that the body names no other tenant than the token's (401), that the token has the
    /// operation's right (403), and that the key is valid (400).
    fn authorize(
        &self,
        (tenant, grant): (Tenant, TokenGrant),
        named: Option<String>,
        key: Result<Option<IdempotencyKey>, ValidationError>,
    ) -> Result<(Tenant, Option<IdempotencyKey>), OperationError> {
        if named.is_some_and(|name| name != tenant.name.as_str()) {
            return Err(OperationError::Unauthorized);
        }
        let right = self.source.operation.right();
        if !grant.rights.contains(&right) {
            return Err(OperationError::RightMissing(right));
        }
        Ok((tenant, key.map_err(OperationError::InvalidKey)?))
    }

    /// The tenant of this name; `None` if there is no such tenant, or the name can't be one.
    async fn find_tenant(&mut self, name: &str) -> Result<Option<Tenant>, OperationError> {
        let Ok(name) = TenantName::parse(name) else { return Ok(None) };
        let lookup = self.context.phases().run_async(Phase::Access, self.store.tenant(&self.context, &name));
        let tenant = self.context.deadline().run(lookup).await??;
        self.tenant = tenant.as_ref().map(|tenant| tenant.name.clone());
        Ok(tenant)
    }
}

/// Carries out the operation of a body whose caller IAM has authorized, and reports it.
///
/// Without a key, each delivery is a new operation with a new id: its body can have another effect by then.
pub(crate) async fn run_and_report<'b>(
    store: &Store,
    source: Source<'_>,
    deadline: Deadline,
    key: Option<IdempotencyKey>,
    body: &'b [u8],
) -> Result<OperationResult<'b>, OperationError> {
    let id = OperationId::for_delivery(source.message_id.unwrap_or(&source.context.request_id));
    let mut run = OperationRun::start(store, source, id, deadline);
    let result = run.run(Caller::Iam { key }, body).await;
    run.finish(Summary::from(&result));
    result
}

#[cfg(test)]
mod tests {
    use embedded_dynamodb::{Fault, Faults, TABLE, in_process_client_with};
    use serde_json::json;

    use super::*;
    use crate::{
        telemetry::Trigger,
        test_support::{TestStore, link_id, tenant},
    };

    fn list_of(number: u128) -> KeyedList {
        let item =
            json!({"link_id": link_id(number).to_string(), "contact_name": "Ann", "contact_mobile_num": "1"});
        let body = json!({"account_code": "ACME", "list_items": [item]}).to_string();
        let list = UpsertBody::read(body.as_bytes()).unwrap().list(&tenant().contact_types).unwrap();
        KeyedList { list, key: None }
    }

    #[tokio::test]
    async fn lists_that_are_processed_together_share_round_trips() {
        let test = TestStore::start().await;
        let context = Context::default();
        let source = Source {
            trigger: Trigger::Sqs,
            operation: Operation::Upsert,
            context: &context,
            message_id: None,
        };
        let start = |id| OperationRun::start(&test.store, source, OperationId::new(id), Deadline::NONE);
        start("create the account").upsert(&tenant(), vec![list_of(0)]).await.unwrap();
        let run = start("ten lists");
        let answers = run.upsert(&tenant(), (0..10).map(list_of).collect()).await.unwrap();
        assert_eq!(answers.len(), 10);
        assert_eq!(run.context.usage().round_trips, 2, "one read, one write");
    }

    #[tokio::test]
    async fn interrupted_operation_leaves_a_second_to_answer() {
        let faults = Faults::default();
        let store = Store::new(in_process_client_with(&faults).unwrap(), TABLE);
        let end = SystemTime::now() + Duration::from_millis(1_800);
        let mut context = Context::default();
        let since_epoch = end.duration_since(SystemTime::UNIX_EPOCH).unwrap();
        context.deadline = since_epoch.as_millis().try_into().unwrap();
        let source = Source {
            trigger: Trigger::Direct,
            operation: Operation::Upsert,
            context: &context,
            message_id: None,
        };
        let start = |deadline| OperationRun::start(&store, source, OperationId::new("upsert"), deadline);

        faults.add_for_every_call(Fault::Throttle);
        let result = start(deadline_of(&context)).upsert(&tenant(), vec![list_of(1)]).await;

        assert!(matches!(result, Err(OperationError::Interrupted(Interruption::DeadlineExceeded(_)))));
        let left = end.duration_since(SystemTime::now()).unwrap();
        assert!(left >= Duration::from_secs(1), "{left:?}");
        faults.clear();
        let answers = start(Deadline::NONE).upsert(&tenant(), vec![list_of(1)]).await.unwrap();
        assert_eq!(answers[0].counts().created, 1);
    }
}
