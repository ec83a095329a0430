//! `POST /contacts/delete` and `DELETE /contacts`.

use std::convert::Infallible;

use lambda_http::{Body, Request, Response};

use super::{
    Call, access,
    answer::{Answer, ApiError},
    serve,
};
use crate::{
    body::{DeleteAnswer, DeleteBody, DeleteProblem},
    delete as use_case,
    domain::{Contact, Right},
    store::Store,
    telemetry::Counts,
};

/// Answers what is routed to the delete function.
pub async fn delete(store: &Store, request: Request) -> Result<Response<Body>, Infallible> {
    serve(store, Right::Delete, request, carry_out).await
}

async fn carry_out(call: Call<'_>) -> Result<Answer, ApiError> {
    let body = DeleteBody::read(call.body);
    access::agree(&call.tenant, body.tenant())?;
    let mut deleted = Vec::new();
    let result = match body.deletion() {
        Err(problem) => Err(problem),
        Ok(deletion) => {
            let work = use_case::delete(call.store, &call.tenant.name, &deletion, &mut deleted);
            match call.limit.keep(work).await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => match DeleteProblem::of(error) {
                    Ok(problem) => Err(problem),
                    Err(error) => return Err(in_part(error.into(), deleted)),
                },
                Err(error) => return Err(in_part(error, deleted)),
            }
        }
    };
    let answer = DeleteAnswer::new(result, &deleted, body.echo(), &call.tenant.time_zone);
    let counts = Counts { deleted: deleted.len(), ..Counts::default() };
    Ok(Answer::new(answer.status(), counts, &answer))
}

/// An error, with what was deleted before it came.
fn in_part(error: ApiError, deleted: Vec<Contact>) -> ApiError {
    match error {
        ApiError::OutOfTime if !deleted.is_empty() => ApiError::DeletedInPart(deleted),
        other => other,
    }
}
