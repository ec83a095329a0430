//! `POST /contacts`.

use std::convert::Infallible;

use lambda_http::{Body, Request, Response};

use super::{
    Call, access,
    answer::{Answer, ApiError},
    serve,
};
use crate::{body::UpsertBody, domain::Right, store::Store, telemetry::Counts, upsert as use_case};

/// Answers what is routed to the upsert function.
pub async fn upsert(store: &Store, request: Request) -> Result<Response<Body>, Infallible> {
    serve(store, Right::Upsert, request, carry_out).await
}

async fn carry_out(call: Call<'_>) -> Result<Answer, ApiError> {
    let body = UpsertBody::read(call.body)?;
    access::agree(&call.tenant, body.tenant()?)?;
    let list = body.list(&call.tenant.contact_types)?;
    let work = use_case::upsert(call.store, &call.tenant, &call.operation, &list.items);
    let outcomes = call.limit.keep(work).await??;
    let answer = list.answer(outcomes);
    let (created, updated, rejected) = answer.counts();
    Ok(Answer::new(200, Counts { created, updated, rejected, ..Counts::default() }, &answer))
}
