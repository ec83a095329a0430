//! A request's body by itself: what a direct invoke brings, and what is inside a message or an event.
//! The body names its tenant, since no token does; who may call is for IAM to say.

use lambda_http::Context;
use serde::Serialize;
use serde_json::value::RawValue;

use super::FunctionError;
use crate::{
    body::{DeleteAnswer, DeleteBody, DeleteProblem, UpsertAnswer, UpsertBody, WrongBody},
    domain::{Tenant, TenantName, TimeZone},
    operation::{Call, Failure, Operation, TimeLimit},
    phases::Phase,
    store::{OperationId, Store},
    telemetry::{Report, Source, Trigger},
};

/// The most bytes of a function error's message, apart from the ids of a partial delete.
///
/// When an asynchronous invoke fails, Lambda sends the request (at most 1 MB, "Lambda quotas") and the error in one
/// message to the dead-letter queue, which takes at most 1 MiB ("Amazon SQS message quotas"). Anything larger is
/// lost, so an error may not repeat a long request.
const MAX_ERROR_LEN: usize = 16 * 1024;

/// What came of a body.
pub(super) enum Outcome<'b> {
    Upsert(UpsertAnswer),
    Delete(DeleteAnswer<'b>),
}

impl Outcome<'_> {
    /// Whether everything that was asked for was done.
    pub(super) fn is_complete(&self) -> bool {
        match self {
            Self::Upsert(answer) => answer.counts().rejected == 0,
            Self::Delete(answer) => answer.is_success(),
        }
    }
}

/// Answers a direct invoke: with the operation's result, or with a function error of the contract's words.
pub(super) async fn carry_out(
    store: &Store,
    operation: Operation,
    body: &RawValue,
    context: &Context,
) -> Result<Box<RawValue>, FunctionError> {
    let limit = TimeLimit::of(context);
    let body = body.get().as_bytes();
    let source = Source { trigger: Trigger::Direct, operation, context, message_id: None };
    let result = reported(source, store, body, limit).await;
    match result.map_err(FunctionError::from)? {
        Outcome::Upsert(answer) => to_json(&answer),
        Outcome::Delete(answer) if answer.is_success() => to_json(&answer),
        Outcome::Delete(answer) => Err(refusal(answer)?),
    }
}

/// The function error of a refused delete: its envelope, without the request and then without the details where it
/// would be longer than [`MAX_ERROR_LEN`].
fn refusal(mut answer: DeleteAnswer<'_>) -> Result<FunctionError, FunctionError> {
    let mut message = to_json(&answer)?;
    for shorten in [DeleteAnswer::omit_request, DeleteAnswer::omit_details] {
        if message.get().len() > MAX_ERROR_LEN {
            shorten(&mut answer);
            message = to_json(&answer)?;
        }
    }
    Ok(FunctionError { error_type: answer.text().to_owned(), message: message.get().to_owned() })
}

/// Carries out a body and tells of it.
pub(super) async fn reported<'b>(
    source: Source<'_>,
    store: &Store,
    body: &'b [u8],
    limit: TimeLimit,
) -> Result<Outcome<'b>, Failure> {
    let store = store.counting();
    let mut report = Report::new(source);
    let operation_id = OperationId::attempt(source.message_id.unwrap_or(&source.context.request_id));
    let result = match source.operation {
        Operation::Upsert => upsert(&store, body, &operation_id, limit, &mut report).await,
        Operation::Delete => delete(&store, body, &operation_id, limit, &mut report).await,
    };
    match &result {
        Ok(Outcome::Upsert(answer)) => report.counts = answer.counts(),
        Ok(Outcome::Delete(answer)) => report.counts = answer.counts(),
        Err(failure) => {
            report.cause = failure.cause();
            report.counts.deleted = failure.deleted();
        }
    }
    report.end(&store);
    result
}

async fn upsert<'b>(
    store: &Store,
    body: &'b [u8],
    id: &OperationId,
    limit: TimeLimit,
    report: &mut Report<'_>,
) -> Result<Outcome<'b>, Failure> {
    let body = store.phases().run(Phase::Parse, || UpsertBody::read(body))?;
    let tenant = tenant_of(store, &body, limit).await?;
    report.tenant = Some(tenant.name.clone());
    Call { store, tenant: &tenant, id, limit }.upsert(&body).await.map(Outcome::Upsert)
}

async fn delete<'b>(
    store: &Store,
    body: &'b [u8],
    id: &OperationId,
    limit: TimeLimit,
    report: &mut Report<'_>,
) -> Result<Outcome<'b>, Failure> {
    let body = store.phases().run(Phase::Parse, || DeleteBody::read(body));
    let found = match body.tenant() {
        Some(name) => tenant(store, &name, limit).await?,
        None => None,
    };
    let Some(tenant) = found else {
        let problem = body.deletion().err().unwrap_or_else(DeleteProblem::unknown_tenant);
        let answer = DeleteAnswer::new(Err(problem), Vec::new(), body.echo(), &TimeZone::utc());
        return Ok(Outcome::Delete(answer));
    };
    report.tenant = Some(tenant.name.clone());
    Call { store, tenant: &tenant, id, limit }.delete(&body).await.map(Outcome::Delete)
}

/// The tenant that the body of an upsert names, as it must here.
pub(super) async fn tenant_of(
    store: &Store,
    body: &UpsertBody<'_>,
    limit: TimeLimit,
) -> Result<Tenant, Failure> {
    let name = body.tenant()?.ok_or(WrongBody::Missing("tenant"))?;
    Ok(tenant(store, &name, limit).await?.ok_or(WrongBody::UnknownTenant)?)
}

/// The tenant of this name, if the name is one and there is such a tenant.
async fn tenant(store: &Store, name: &str, limit: TimeLimit) -> Result<Option<Tenant>, Failure> {
    match TenantName::parse(name) {
        Ok(name) => Ok(limit.keep(store.phases().during(Phase::Access, store.tenant(&name))).await??),
        Err(_) => Ok(None),
    }
}

fn to_json(answer: &impl Serialize) -> Result<Box<RawValue>, FunctionError> {
    serde_json::value::to_raw_value(answer).map_err(|error| FunctionError {
        error_type: "internal error".to_owned(),
        message: error.to_string(),
    })
}

impl From<Failure> for FunctionError {
    fn from(failure: Failure) -> Self {
        let error_type = match &failure {
            Failure::WrongBody(_) => "Wrong JSON body",
            Failure::Busy(_) => "busy",
            Failure::Store(_) => "internal error",
            Failure::DeletedInPart(..) => "deleted in part",
        };
        let message = if let Failure::DeletedInPart(deleted, _) = &failure {
            let ids: Vec<_> = deleted.0.iter().map(|contact| contact.id.get()).collect();
            format!("{failure}: {ids:?}")
        } else {
            let mut message = failure.to_string();
            message.truncate(message.floor_char_boundary(MAX_ERROR_LEN));
            message
        };
        Self { error_type: error_type.to_owned(), message }
    }
}
