//! The HTTP side of both functions: who may do what ([`access`]), where ([`route`]), for how long
//! ([`time_limit`]), and every way an answer can look ([`answer`]).
//!
//! Each function has one entry here, [`upsert`] or [`delete`], which takes whatever API Gateway routes
//! to it and always has an answer of the contract's.

mod access;
mod answer;
mod delete;
mod route;
mod time_limit;
mod upsert;

use std::{convert::Infallible, time::Instant};

use lambda_http::{Body, Request, RequestExt, Response};

use crate::{
    domain::{Right, Tenant},
    store::{OperationId, Store},
    telemetry::{self, Report},
};
use answer::{Answer, ApiError};
use time_limit::TimeLimit;

pub use delete::delete;
pub use upsert::upsert;

/// A request that was let in.
struct Call<'r> {
    store: &'r Store,
    tenant: Tenant,
    operation: OperationId,
    body: &'r [u8],
    limit: TimeLimit,
}

/// Lets a request in, has it carried out, and answers it.
async fn serve(
    store: &Store,
    right: Right,
    request: Request,
    carry_out: impl AsyncFnOnce(Call<'_>) -> Result<Answer, ApiError>,
) -> Result<Response<Body>, Infallible> {
    let begun = Instant::now();
    let store = store.counting();
    let request_id = request.lambda_context_ref().map_or("", |context| &context.request_id);
    let mut report = Report::new(request_id, right.as_str());
    let answered = async {
        route::check(&request, right)?;
        let limit = TimeLimit::of(request.lambda_context_ref());
        let tenant = limit.keep(access::admit(&store, &request, right)).await??;
        report.tenant = Some(tenant.name.clone());
        let operation = OperationId::new(request_id);
        carry_out(Call { store: &store, tenant, operation, body: request.body().as_ref(), limit }).await
    }
    .await;
    let answer = answered.unwrap_or_else(|error| {
        report.cause = error.cause();
        Answer::from(error)
    });
    report.status = answer.status;
    report.counts = answer.counts;
    telemetry::log(&report, &store.usage(), begun.elapsed());
    Ok(answer.into_response(request_id))
}
