//! What is told of events: held against the formats that CloudWatch and X-Ray take.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::UdpSocket,
    time::Duration,
};

use lambda_http::Context;
use serde_json::{Value, json};

use super::*;
use crate::{
    domain::{ContactId, TenantName},
    operation::Operation,
    phases::Phase,
    store::Usage,
    test_support::{TestStore, link_id, tenant},
};

/// What there is to tell of an event that read one contact.
async fn event<T>(context: &Context, operation: Operation, tell: impl FnOnce(&Told<'_>) -> T) -> T {
    let test = TestStore::start().await;
    let store = test.store.counting();
    let source = Source { trigger: Trigger::Sqs, operation, context, message_id: Some("a message") };
    let mut report = Report::new(source);
    let (tenant, id) = (tenant(), ContactId::derive(&tenant().name, link_id(1)));
    store.phases().during(Phase::Contacts, store.contacts(&tenant.name, [id])).await.unwrap();
    store.phases().run(Phase::Parse, || ());
    report.tenant = TenantName::parse("zegoal").ok();
    report.status = Some(200);
    report.counts = Counts { created: 1, updated: 2, unchanged: 3, rejected: 4, deleted: 5 };
    let told = Told::of(&report, &store);
    // How many units a call costs is up to the DynamoDB, and tested with the store.
    let usage = Usage { read_units: 1.0, write_units: 2.0, ..told.usage.clone() };
    tell(&Told { usage, ..told })
}

fn telemetry(level: Level, metrics: bool) -> Telemetry {
    // What a deployed function leaves out is checked here: that no name comes twice, that all are valid.
    let dimensions = metrics::DIMENSIONS.map(str::to_owned).to_vec();
    let emf = metrics.then(|| Mutex::new(Emf::all_validations("a-stack".to_owned(), vec![dimensions])));
    Telemetry { level, emf, daemon: None }
}

fn line(telemetry: &Telemetry, told: &Told<'_>) -> Option<Value> {
    let line = String::from_utf8(telemetry.line(told)?).unwrap();
    assert!(line.ends_with('\n') && line.lines().count() == 1, "one line, as Lambda takes it: {line}");
    Some(serde_json::from_str(&line).unwrap())
}

fn context() -> Context {
    let mut context = Context::default();
    context.request_id = "a request".to_owned();
    context
}

#[tokio::test]
async fn a_line_says_what_is_a_metric_and_of_which_operation_and_trigger_but_not_of_which_tenant() {
    let line = event(&context(), Operation::Upsert, |told| line(&telemetry(Level::INFO, true), told)).await;
    let line = line.unwrap();
    let directive = &line["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(directive["Namespace"], "a-stack");
    assert_eq!(directive["Dimensions"], json!([["operation", "trigger"]]));
    assert_eq!((&line["operation"], &line["trigger"]), (&json!("upsert"), &json!("sqs")));
    let units: BTreeMap<_, _> = directive["Metrics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|metric| (metric["Name"].as_str().unwrap(), metric["Unit"].as_str().unwrap_or("None")))
        .collect();
    assert!(units.keys().all(|name| line[*name].is_number()), "{line}");
    for (name, unit, value) in [
        ("ContactsCreated", "Count", 1),
        ("ContactsUpdated", "Count", 2),
        ("ContactsUnchanged", "Count", 3),
        ("ContactsRejected", "Count", 4),
        ("Failures", "Count", 0),
        ("RoundTrips", "Count", 1),
        ("ReadUnits", "None", 1),
        ("WriteUnits", "None", 2),
    ] {
        assert_eq!((units[name], line[name].as_f64()), (unit, Some(f64::from(value))), "{name}");
    }
    assert_eq!(units["Duration"], "Milliseconds");
    assert!(line["Duration"].as_f64() >= line["ContactsDuration"].as_f64());
    assert_eq!(line["AccessDuration"], Value::Null, "a phase that there wasn't has no time");
    for (name, value) in [
        ("level", json!("INFO")),
        ("message", json!("answered")),
        ("request_id", json!("a request")),
        ("message_id", json!("a message")),
        ("tenant", json!("zegoal")),
        ("status", json!(200)),
    ] {
        assert_eq!(line[name], value, "{name}");
        assert!(!units.contains_key(name), "{name} is no metric");
    }
    assert!(line["timestamp"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
}

#[tokio::test]
async fn every_metric_is_told_of_by_some_event() {
    let mut told_of = BTreeSet::new();
    for operation in [Operation::Upsert, Operation::Delete] {
        let context = context();
        let line = event(&context, operation, |told| {
            let spans = [Phase::Access, Phase::Parse, Phase::Accounts, Phase::Contacts]
                .map(|phase| crate::phases::Span { phase, ..told.spans[0] });
            let told =
                Told { spans: spans.to_vec(), usage: told.usage.clone(), report: told.report, ..*told };
            line(&telemetry(Level::INFO, true), &told).unwrap()
        })
        .await;
        let metrics = line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap().clone();
        told_of.extend(metrics.iter().map(|metric| metric["Name"].as_str().unwrap().to_owned()));
    }
    assert_eq!(told_of, METRICS.iter().map(|metric| metric.name.to_owned()).collect());
}

#[tokio::test]
async fn without_metrics_a_line_has_the_same_fields_and_follows_the_level() {
    let context = context();
    event(&context, Operation::Delete, |told| {
        let mut with = line(&telemetry(Level::ERROR, true), told).unwrap();
        let without = line(&telemetry(Level::INFO, false), told).unwrap();
        with.as_object_mut().unwrap().remove("_aws");
        let same = |line: &Value| -> BTreeMap<String, String> {
            let number =
                |value: &Value| value.as_f64().map_or(value.to_string(), |number| number.to_string());
            line.as_object().unwrap().iter().map(|(name, value)| (name.clone(), number(value))).collect()
        };
        assert_eq!(same(&with), same(&without));
        assert_eq!(line(&telemetry(Level::ERROR, false), told), None);
    })
    .await;
}

/// A daemon of our own, and the way to it.
fn daemon() -> (UdpSocket, Daemon) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let daemon = Daemon::at(&socket.local_addr().unwrap().to_string()).unwrap();
    (socket, daemon)
}

fn document(socket: &UdpSocket) -> Value {
    let mut datagram = vec![0; 65_536];
    let size = socket.recv(&mut datagram).unwrap();
    let text = str::from_utf8(&datagram[..size]).unwrap();
    let (header, document) = text.split_once('\n').unwrap();
    assert_eq!(header, r#"{"format": "json", "version": 1}"#);
    serde_json::from_str(document).unwrap()
}

fn traced(header: Option<&str>) -> Context {
    let mut context = context();
    context.xray_trace_id = header.map(str::to_owned);
    context
}

const ROOT: &str = "1-581cf771-a006649127e371903a2de979";

#[tokio::test]
async fn a_sampled_event_sends_one_datagram_with_its_phases_below_the_segment_of_its_invocation() {
    let (socket, daemon) = daemon();
    let context = traced(Some(&format!("Root={ROOT};Parent=70de5b6f19ff9a0b;Sampled=1;Lineage=1:2:3")));
    event(&context, Operation::Upsert, |told| daemon.tell(told)).await;
    let document = document(&socket);
    for (name, value) in [
        ("type", json!("subsegment")),
        ("name", json!("upsert")),
        ("trace_id", json!(ROOT)),
        ("parent_id", json!("70de5b6f19ff9a0b")),
        ("fault", json!(false)),
        (
            "annotations",
            json!({"operation": "upsert", "trigger": "sqs", "request_id": "a request", "tenant": "zegoal"}),
        ),
    ] {
        assert_eq!(document[name], value, "{name}");
    }
    let phases = document["subsegments"].as_array().unwrap();
    let names: Vec<_> = phases.iter().map(|phase| phase["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["contacts", "parse"]);
    let time = |part: &Value, name: &str| part[name].as_f64().unwrap();
    let mut ids = BTreeSet::new();
    for part in phases.iter().chain([&document]) {
        assert!(time(part, "start_time") <= time(part, "end_time"), "{part}");
        let id = part["id"].as_str().unwrap();
        assert!(id.len() == 16 && u64::from_str_radix(id, 16).is_ok() && ids.insert(id), "{id}");
    }
}

#[tokio::test]
async fn an_event_that_is_not_sampled_sends_nothing() {
    let (socket, daemon) = daemon();
    let parent = "70de5b6f19ff9a0b";
    for header in [
        None,
        Some(String::new()),
        Some(format!("Root={ROOT};Parent={parent};Sampled=0")),
        Some(format!("Root={ROOT};Parent={parent}")),
        Some(format!("Root={ROOT};Sampled=1")),
        Some("Root;Parent;Sampled=1".to_owned()),
    ] {
        event(&traced(header.as_deref()), Operation::Delete, |told| daemon.tell(told)).await;
    }
    let sampled = traced(Some(&format!("Root={ROOT};Parent={parent};Sampled=1")));
    event(&sampled, Operation::Upsert, |told| daemon.tell(told)).await;
    assert_eq!(document(&socket)["name"], "upsert", "what came first is the one that is sampled");
}

#[tokio::test]
async fn a_daemon_that_is_not_there_is_no_failure_and_hears_of_events_once_it_is() {
    assert!(Daemon::at("nowhere").is_none());
    let (socket, daemon) = daemon();
    let address = socket.local_addr().unwrap();
    drop(socket);
    let sampled = traced(Some(&format!("Root={ROOT};Parent=70de5b6f19ff9a0b;Sampled=1")));
    event(&sampled, Operation::Upsert, |told| daemon.tell(told)).await;
    let socket = UdpSocket::bind(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    event(&sampled, Operation::Delete, |told| daemon.tell(told)).await;
    assert_eq!(document(&socket)["name"], "delete");
}
