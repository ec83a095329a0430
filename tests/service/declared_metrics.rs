//! Metrics are named in two places: in the code that emits them, and in the dashboard and the alarms of
//! `template.yaml`, which stay empty without a word if a name is none of those.

use std::{collections::BTreeSet, fs};

use contacts::telemetry::METRICS;
use serde_json::Value;

/// The namespace that the template gives the functions: the stack's name.
const NAMESPACE: &str = "${AWS::StackName}";

#[test]
fn the_dashboard_and_the_alarms_name_only_metrics_that_the_code_emits() {
    let path = format!("{}/../template.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("the template");
    let template: Value = serde_saphyr::from_str(&text).expect("the template is YAML");
    let mut named = BTreeSet::new();
    collect(&template, &mut named);
    assert!(!named.is_empty(), "no dashboard and no alarm names any metric");
    let emitted: BTreeSet<_> = METRICS.iter().map(|metric| metric.name.to_owned()).collect();
    let strange: Vec<_> = named.difference(&emitted).collect();
    assert!(strange.is_empty(), "nobody emits {strange:?}");
}

/// The metrics of our namespace that a part of the template names.
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
        // A dashboard is JSON in a string.
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner) if inner.is_object() => collect(&inner, named),
            // In a part of such a string, quotation marks are still escaped.
            _ => collect_searches(&text.replace('\\', ""), named),
        },
        _ => {}
    }
}

/// The rows of a dashboard's widget, `[namespace, metric, …]`, in which `.` means what stands above.
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

/// `SEARCH('{"…",operation,trigger} MetricName="…"', …)`, and `MetricName=("…" OR "…")`.
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
fn names_are_found_wherever_a_template_can_have_them() {
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
