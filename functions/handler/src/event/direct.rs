//! Direct invokes. The payload is a body that names its tenant; IAM decides who may invoke.

use contacts_core::store::Store;
use lambda_http::Context;
use serde_json::value::RawValue;

use super::function_error::{FunctionError, to_json};
use crate::{
    operation::Operation,
    pipeline::{OperationResult, deadline_of, run_and_report},
    telemetry::{Source, Trigger},
};

/// Returns the result of the operation, or a function error in the contract's words.
pub(super) async fn handle(
    store: &Store,
    operation: Operation,
    body: &RawValue,
    context: &Context,
) -> Result<Box<RawValue>, FunctionError> {
    let source = Source { trigger: Trigger::Direct, operation, context, message_id: None };
    match run_and_report(store, source, deadline_of(context), None, body.get().as_bytes()).await? {
        OperationResult::Upsert(answer) => Ok(to_json(&answer)),
        OperationResult::Delete(answer) if answer.is_success() => Ok(to_json(&answer)),
        OperationResult::Delete(answer) => Err(FunctionError::of_refused_delete(answer)),
    }
}
