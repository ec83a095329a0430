//! Batches of which DynamoDB does only a part, or claims to.

use embedded_dynamodb::TABLE;
use serde_json::{Value, json};

use crate::{rng::SeededRng, store_call::StoreOperation};

/// The part of a batch that is left undone.
pub(crate) enum PartialBatch {
    /// Keys of a `BatchGetItem`.
    Keys(Vec<Value>),
    /// Positions of statements of a `BatchExecuteStatement`.
    Statements(Vec<usize>),
}

/// What is left of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    Empty,
    NotEmpty,
}

impl PartialBatch {
    /// Takes a random part out of a call's body.
    pub(crate) fn take_out(rng: &mut SeededRng, operation: StoreOperation, body: &mut Value) -> (Self, Rest) {
        let is_read = operation == StoreOperation::BatchGetItem;
        let list = if is_read { &mut body["RequestItems"][TABLE]["Keys"] } else { &mut body["Statements"] };
        let Value::Array(mut all) = list.take() else { panic!("a batch of {operation:?} has a list") };
        if is_read {
            // The order of keys is the function's own; what is drawn must not depend on it.
            all.sort_by_key(ToString::to_string);
        }
        let positions = rng.subset(all.len());
        let (mut kept, mut keys) = (Vec::new(), Vec::new());
        for (position, one) in all.into_iter().enumerate() {
            if positions.contains(&position) { keys.push(one) } else { kept.push(one) }
        }
        let rest = if kept.is_empty() { Rest::Empty } else { Rest::NotEmpty };
        *list = Value::Array(kept);
        (if is_read { Self::Keys(keys) } else { Self::Statements(positions) }, rest)
    }

    /// Adds to the answer that the part was left undone. The answer of a batch with nothing else is `{}`.
    pub(crate) fn add_to_answer(self, rng: &mut SeededRng, answer: &mut Value) {
        match self {
            Self::Keys(keys) => {
                answer["UnprocessedKeys"] = json!({TABLE: {"Keys": keys, "ConsistentRead": true}});
                if answer["Responses"].is_null() {
                    answer["Responses"] = json!({TABLE: []});
                }
            }
            Self::Statements(positions) => {
                let code = rng.pick(&[
                    "ThrottlingError",
                    "ProvisionedThroughputExceeded",
                    "TransactionConflict",
                    "RequestLimitExceeded",
                ]);
                if answer["Responses"].is_null() {
                    answer["Responses"] = json!([]);
                }
                let responses = statement_responses(answer);
                for position in positions {
                    responses.insert(position, failed_statement(code));
                }
            }
        }
    }
}

/// Replaces the success of some statements by a failure.
pub(crate) fn deny_some(rng: &mut SeededRng, answer: &mut Value) {
    let responses = statement_responses(answer);
    for position in rng.subset(responses.len()) {
        responses[position] = failed_statement("InternalServerError");
    }
}

fn statement_responses(answer: &mut Value) -> &mut Vec<Value> {
    answer["Responses"].as_array_mut().expect("a batch of statements has a response for each")
}

fn failed_statement(code: &str) -> Value {
    json!({"Error": {"Code": code, "Message": ""}, "TableName": TABLE})
}
