//! The metric names in `template.yaml` and in the code that emits the metrics. A dashboard or an alarm on a metric
//! that is never emitted stays empty, without an error.

use std::{collections::BTreeSet, fs};

use contacts_handler::telemetry::METRICS;
use serde_json::Value;

/// The functions' namespace in the template: the name of the deployed stack.
const NAMESPACE: &str = "${AWS::StackName}";

#[test]
fn template_names_only_metrics_that_the_code_emits() {
    let path = format!("{}/../template.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("the template");
    let template: Value = serde_saphyr::from_str(&text).expect("the template is YAML");
    let mut named = BTreeSet::new();
    collect(&template, &mut named);
    assert!(!named.is_empty(), "the template names no metric");
    let emitted: BTreeSet<_> = METRICS.iter().map(|metric| metric.name.to_owned()).collect();
    let unknown: Vec<_> = named.difference(&emitted).collect();
    assert!(unknown.is_empty(), "the code does not emit {unknown:?}");
}

/// Collects the metrics of [`NAMESPACE`] that a part of the template names.
fn collect(part: &Value, named: &mut BTreeSet<String>) {
    match part {
        Value::Object(fields) => {
            if part["Namespace"] == NAMESPACE {
                named.extend(part["MetricName"].as_str().map(str::to_owned));
            }
            if let Some(rows) = part["metrics"].as_array() {
                collect_rows(rows, named);
            }
            fields.values().for_each(|field| collect(field, named));
        }
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, named)),
        // The body of a dashboard is JSON in a string.
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner) if inner.is_object() => collect(&inner, named),
            // In a string within that JSON, quotation marks are escaped.
            _ => collect_searches(&text.replace('\\', ""), named),
        },
        _ => {}
    }
}

/// Collects from the rows of a widget, `[namespace, metric, …]`, in which `.` repeats the cell of the row above.
fn collect_rows(rows: &[Value], named: &mut BTreeSet<String>) {
    let mut above = (String::new(), String::new());
    for row in rows {
        let cell = |place: usize, above: &str| match row[place].as_str() {
            None | Some(".") => above.to_owned(),
            Some(text) => text.to_owned(),
        };
        if !row[1].is_string() {
            continue;
        }
        above = (cell(0, &above.0), cell(1, &above.1));
        if above.0 == NAMESPACE {
            named.insert(above.1.clone());
        }
    }
}

/// Collects from `SEARCH('{"…",operation,trigger} MetricName="…"', …)`, and `MetricName=("…" OR "…")`.
fn collect_searches(text: &str, named: &mut BTreeSet<String>) {
    for search in text.split(&format!("{{\"{NAMESPACE}\",")).skip(1) {
        let (dimensions, rest) = search.split_once('}').expect("a search has its dimensions in braces");
        let dimensions: BTreeSet<_> = dimensions.split(',').map(str::trim).collect();
        assert_eq!(dimensions, BTreeSet::from(["operation", "trigger"]), "{text}");
        let terms = rest.split('\'').next().unwrap_or_default();
        for term in terms.split("MetricName=").skip(1) {
            let value = match term.strip_prefix('(') {
                Some(several) => several.split(')').next().unwrap_or_default(),
                None => term.split(' ').next().unwrap_or_default(),
            };
            let words = value.split(|character: char| !character.is_ascii_alphanumeric());
            named.extend(words.filter(|word| !word.is_empty() && *word != "OR").map(str::to_owned));
        }
    }
}

#[test]
fn metric_names_are_found_in_every_part_of_a_template() {
    let template = serde_json::json!({"Resources": {
        "Alarm": {"Properties": {"Namespace": NAMESPACE, "MetricName": "A"}},
        "Other": {"Properties": {"Namespace": "AWS/Lambda", "MetricName": "Errors"}},
        "Math": {"Properties": {"Metrics": [{"MetricStat": {"Metric": {"Namespace": NAMESPACE, "MetricName": "B"}}}]}},
        "Dashboard": {"Properties": {"DashboardBody": serde_json::json!({"widgets": [{"properties": {"metrics": [
            [NAMESPACE, "C", "operation", "upsert", "trigger", "http", {"stat": "Sum"}],
            [".", "D", ".", ".", ".", "."],
            ["AWS/DynamoDB", "E"],
            [".", "F"],
            [{"expression": "SUM(SEARCH('{\"${AWS::StackName}\",operation,trigger} MetricName=\"G\"', 'Sum', 60))"}],
            [{"expression": "SEARCH('{\"${AWS::StackName}\",trigger,operation} MetricName=(\"H\" OR \"I\") operation=upsert', 'Sum')"}],
            [{"expression": "SEARCH('{AWS/Lambda,FunctionName} MetricName=\"J\"', 'Sum')"}],
        ]}}]}).to_string()}},
    }});
    let mut named = BTreeSet::new();
    collect(&template, &mut named);
    let expected = ["A", "B", "C", "D", "G", "H", "I"].map(str::to_owned);
    assert_eq!(named, BTreeSet::from(expected));
}
