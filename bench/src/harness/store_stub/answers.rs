//! The answers in DynamoDB's JSON protocol to the operations that a warm upsert calls.

use std::time::Instant;

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{
    recording::Recording,
    settings::Counts,
    throttle::{Access, Partitions},
};

/// Part of an operation's answer: its status and its body.
pub(super) type Answer = (StatusCode, Value);

/// What the answers depend on, and what they change.
pub(super) struct Table<'a> {
    pub(super) recording: &'a Recording,
    pub(super) partitions: &'a mut Partitions,
    pub(super) counts: &'a mut Counts,
}

impl Table<'_> {
    /// Answers a request. An operation that no measurement needs is refused, so that none is measured by
    /// accident.
    pub(super) fn answer(&mut self, operation: &str, request: &Value) -> Answer {
        match operation {
            "BatchGetItem" => self.batch_get_item(request),
            "BatchExecuteStatement" => self.batch_execute_statement(request),
            _ => refusal("UnknownOperationException", "the stub does not know the operation"),
        }
    }

    /// Returns the recorded items. Throttled keys are returned as unprocessed; if all are, the request fails.
    fn batch_get_item(&mut self, request: &Value) -> Answer {
        let mut tables = request["RequestItems"].as_object().into_iter().flatten();
        let Some((table, Some(keys))) = tables.next().map(|(table, of)| (table, of["Keys"].as_array()))
        else {
            return refusal("ValidationException", "there are no keys");
        };
        let now = Instant::now();
        let (accepted, throttled): (Vec<_>, Vec<_>) = keys.iter().partition(|key| {
            let partition_key = key["pk"]["S"].as_str().unwrap_or_default();
            self.partitions.take_unit(Access::Read, partition_key, now)
        });
        self.count_throttled(throttled.len());
        if accepted.is_empty() {
            return throttling();
        }
        let items: Vec<_> = accepted.iter().filter_map(|key| self.recording.item(key)).collect();
        self.counts.items_found += u32::try_from(items.len()).expect("a request has at most 100 keys");
        let mut response = json!({ "Responses": { table: items }, "UnprocessedKeys": {} });
        if !throttled.is_empty() {
            response["UnprocessedKeys"] = json!({ table: { "Keys": throttled, "ConsistentRead": true } });
        }
        (StatusCode::OK, with_capacity(response, request, table, accepted.len()))
    }

    /// Executes every statement with a partition key that is not throttled.
    fn batch_execute_statement(&mut self, request: &Value) -> Answer {
        let now = Instant::now();
        let mut written = 0;
        let responses: Vec<_> = request["Statements"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|statement| {
                if self.partitions.take_unit(Access::Write, partition_key(statement), now) {
                    written += 1;
                    json!({})
                } else {
                    json!({ "Error": { "Code": "ThrottlingError", "Message": "the partition key is throttled" } })
                }
            })
            .collect();
        self.count_throttled(responses.len() - written);
        self.counts.items_written += u32::try_from(written).expect("a request has at most 25 statements");
        (StatusCode::OK, with_capacity(json!({ "Responses": responses }), request, "table", written))
    }

    fn count_throttled(&mut self, number: usize) {
        self.counts.throttled += u32::try_from(number).expect("a request has at most 100 parts");
    }
}

/// Returns the partition key of a statement: the parameter of the question mark that follows the attribute's
/// name.
fn partition_key(statement: &Value) -> &str {
    let text = statement["Statement"].as_str().unwrap_or_default();
    let before = ["'pk'", "\"pk\""].into_iter().find_map(|name| text.split_once(name)).map(|parts| parts.0);
    let position = before.unwrap_or_default().matches('?').count();
    statement["Parameters"][position]["S"].as_str().unwrap_or_default()
}

/// Adds `ConsumedCapacity` if the request has `ReturnConsumedCapacity`. Each item of the benchmark consumes one unit.
fn with_capacity(mut response: Value, request: &Value, table: &str, units: usize) -> Value {
    if request["ReturnConsumedCapacity"].is_string() {
        response["ConsumedCapacity"] = json!([{ "TableName": table, "CapacityUnits": units }]);
    }
    response
}

fn throttling() -> Answer {
    refusal("ThrottlingException", "every partition key of the request is throttled")
}

fn refusal(exception: &str, message: &str) -> Answer {
    let kind = format!("com.amazonaws.dynamodb.v20120810#{exception}");
    (StatusCode::BAD_REQUEST, json!({ "__type": kind, "message": message }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::store_stub::throttle::Rates;

    fn answer(recording: &Recording, burst: f64, operation: &str, request: &Value) -> (Answer, Counts) {
        let rates = Rates { write_units: burst, read_units: burst, burst_seconds: 1.0 };
        let (mut partitions, mut counts) = (Partitions::new(rates), Counts::default());
        let mut table = Table { recording, partitions: &mut partitions, counts: &mut counts };
        (table.answer(operation, request), counts)
    }

    fn key(partition: &str, sort: &str) -> Value {
        json!({ "pk": { "S": partition }, "sk": { "S": sort } })
    }

    #[test]
    fn read_returns_recorded_items_and_unprocessed_keys() {
        let item = json!({ "pk": { "S": "a" }, "sk": { "S": "1" }, "name": { "S": "Olena" } });
        let mut recording = Recording::default();
        recording.keep(&json!({ "Responses": { "contacts": [item] } }));
        let keys = json!({ "Keys": [key("a", "1"), key("b", "2"), key("a", "3")] });
        let request = json!({ "RequestItems": { "contacts": keys }, "ReturnConsumedCapacity": "TOTAL" });
        let ((status, response), counts) = answer(&recording, 1.0, "BatchGetItem", &request);
        assert_eq!(status, StatusCode::OK);
        let expected = json!({
            "Responses": { "contacts": [item] },
            "UnprocessedKeys": { "contacts": { "Keys": [key("a", "3")], "ConsistentRead": true } },
            "ConsumedCapacity": [{ "TableName": "contacts", "CapacityUnits": 2 }],
        });
        assert_eq!(response, expected);
        assert_eq!((counts.items_found, counts.throttled), (1, 1));
    }

    #[test]
    fn read_of_throttled_keys_alone_fails() {
        let request = json!({ "RequestItems": { "contacts": { "Keys": [key("a", "1")] } } });
        let ((status, response), _) = answer(&Recording::default(), 0.0, "BatchGetItem", &request);
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(response["__type"], "com.amazonaws.dynamodb.v20120810#ThrottlingException");
    }

    #[test]
    fn statements_are_throttled_one_by_one() {
        let insert = |partition: &str| {
            json!({
                "Statement": "INSERT INTO \"contacts\" VALUE {'pk': ?, 'sk': ?}",
                "Parameters": [{ "S": partition }, { "S": "1" }],
            })
        };
        let update = json!({
            "Statement": "UPDATE \"contacts\" SET \"revision\" = ? WHERE \"pk\" = ? AND \"sk\" = ?",
            "Parameters": [{ "S": "revision" }, { "S": "a" }, { "S": "2" }],
        });
        let request = json!({ "Statements": [insert("a"), insert("b"), update] });
        let ((_, response), counts) = answer(&Recording::default(), 1.0, "BatchExecuteStatement", &request);
        let codes: Vec<_> =
            response["Responses"].as_array().unwrap().iter().map(|one| &one["Error"]["Code"]).collect();
        assert_eq!(codes, [&Value::Null, &Value::Null, &json!("ThrottlingError")]);
        assert_eq!((counts.items_written, counts.throttled), (2, 1));
    }
}
