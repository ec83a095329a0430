//! The HTTP side of both functions: where ([`route`]), who may do what ([`access`]), and every way an
//! answer can look ([`answer`]). Whatever API Gateway routes to a function, the answer is the contract's.

mod access;
mod answer;
mod route;

use std::convert::Infallible;

use lambda_http::{Body, Request, RequestExt, Response};

use crate::{
    body::{DeleteBody, UpsertBody},
    domain::Tenant,
    operation::{Call, Operation, TimeLimit},
    phases::Phase,
    store::{OperationId, Store},
    telemetry::{Report, Source, Trigger},
};
use answer::{Answer, ApiError};

/// Answers a request that came to the function of an operation.
pub async fn answer(
    store: &Store,
    operation: Operation,
    request: Request,
) -> Result<Response<Body>, Infallible> {
    let store = store.counting();
    let context = request.lambda_context();
    let source = Source { trigger: Trigger::Http, operation, context: &context, message_id: None };
    let mut report = Report::new(source);
    let answered = async {
        route::check(&request, operation.right())?;
        let limit = TimeLimit::of(&context);
        let admission = access::admit(&store, &request, operation.right());
        let tenant = limit.keep(store.phases().during(Phase::Access, admission)).await??;
        report.tenant = Some(tenant.name.clone());
        let id = OperationId::new(&context.request_id);
        let call = Call { store: &store, tenant: &tenant, id: &id, limit };
        match operation {
            Operation::Upsert => upsert(call, &tenant, request.body()).await,
            Operation::Delete => delete(call, &tenant, request.body()).await,
        }
    }
    .await;
    let answer = answered.unwrap_or_else(|error| {
        report.cause = error.cause();
        Answer::from(error)
    });
    report.status = Some(answer.status);
    report.counts = answer.counts;
    report.end(&store);
    Ok(answer.into_response(&context.request_id))
}

async fn upsert(call: Call<'_>, tenant: &Tenant, body: &[u8]) -> Result<Answer, ApiError> {
    let body = call.store.phases().run(Phase::Parse, || UpsertBody::read(body))?;
    access::agree(tenant, body.tenant()?)?;
    let answer = call.upsert(&body).await?;
    Ok(Answer::new(200, answer.counts(), &answer))
}

async fn delete(call: Call<'_>, tenant: &Tenant, body: &[u8]) -> Result<Answer, ApiError> {
    let body = call.store.phases().run(Phase::Parse, || DeleteBody::read(body));
    access::agree(tenant, body.tenant())?;
    let answer = call.delete(&body).await?;
    Ok(Answer::new(answer.status(), answer.counts(), &answer))
}
