//! Log lines, metrics and traces of events, in the formats that CloudWatch and X-Ray read.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::UdpSocket,
    sync::Mutex,
    time::{Duration, Instant, SystemTime},
};

use contacts_core::{
    context::{Mode, Phase, Phases, Span, Usage},
    domain::TenantName,
};
use lambda_http::Context;
use metrique_writer_format_emf::Emf;
use serde_json::{Value, json};
use tracing::Level;

use super::{emitter::Telemetry, trace::Daemon, *};
use crate::{counts::ContactCounts, operation::Operation};

/// An event with one round trip and two phases.
fn event(context: &Context, operation: Operation) -> CompletedEvent<'_> {
    let (start, start_time, phases) = (Instant::now(), SystemTime::now(), Phases::default());
    phases.run(Phase::Contacts, || ());
    phases.run(Phase::Parse, || ());
    CompletedEvent {
        source: Source { trigger: Trigger::Sqs, operation, context, message_id: Some("a message") },
        start,
        start_time,
        duration: start.elapsed(),
        tenant: TenantName::parse("zegoal").ok(),
        status: Some(200),
        mode: Mode::Apply,
        counts: ContactCounts { created: 1, updated: 2, unchanged: 3, rejected: 4, deleted: 5 },
        cause: None,
        usage: Usage { round_trips: 1, read_units: 1.0, write_units: 2.0, ..Usage::default() },
        spans: phases.spans(),
    }
}

fn telemetry(level: Level, metrics: bool) -> Telemetry {
    // With the validation that a deployed function skips: names are valid and unique.
    let dimensions = metrics::DIMENSIONS.map(str::to_owned).to_vec();
    let emf = metrics.then(|| Mutex::new(Emf::all_validations("a-stack".to_owned(), vec![dimensions])));
    Telemetry { level, emf, daemon: None }
}

fn line(telemetry: &Telemetry, event: &CompletedEvent<'_>) -> Option<Value> {
    let line = String::from_utf8(telemetry.line(event)?).unwrap();
    assert!(line.ends_with('\n') && line.lines().count() == 1, "one line, as Lambda reads it: {line}");
    Some(serde_json::from_str(&line).unwrap())
}

fn context() -> Context {
    let mut context = Context::default();
    context.request_id = "a request".to_owned();
    context
}

#[test]
fn emf_line_excludes_tenant_from_dimensions() {
    let line = line(&telemetry(Level::INFO, true), &event(&context(), Operation::Upsert)).unwrap();
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
    assert_eq!(line["AccessDuration"], Value::Null, "a phase that did not happen has no duration");
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

#[test]
fn every_metric_is_emitted_by_some_event() {
    let mut emitted = BTreeSet::new();
    for operation in [Operation::Upsert, Operation::Delete] {
        let context = context();
        let event = event(&context, operation);
        let spans = [Phase::Access, Phase::Parse, Phase::Accounts, Phase::Contacts]
            .map(|phase| Span { phase, ..event.spans[0] });
        let event = CompletedEvent { spans: spans.to_vec(), ..event };
        let line = line(&telemetry(Level::INFO, true), &event).unwrap();
        let metrics = line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap().clone();
        emitted.extend(metrics.iter().map(|metric| metric["Name"].as_str().unwrap().to_owned()));
    }
    assert_eq!(emitted, METRICS.iter().map(|metric| metric.name.to_owned()).collect());
}

#[test]
fn line_without_metrics_has_the_same_fields() {
    let context = context();
    let event = event(&context, Operation::Delete);
    let mut with = line(&telemetry(Level::ERROR, true), &event).unwrap();
    let without = line(&telemetry(Level::INFO, false), &event).unwrap();
    with.as_object_mut().unwrap().remove("_aws");
    let fields = |line: &Value| -> BTreeMap<String, String> {
        let number = |value: &Value| value.as_f64().map_or(value.to_string(), |number| number.to_string());
        line.as_object().unwrap().iter().map(|(name, value)| (name.clone(), number(value))).collect()
    };
    assert_eq!(fields(&with), fields(&without));
    assert_eq!(line(&telemetry(Level::ERROR, false), &event), None);
}

/// A socket in the place of the X-Ray daemon, and a client of it.
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

#[test]
fn sampled_event_sends_its_phases_in_one_datagram() {
    let (socket, daemon) = daemon();
    let context = traced(Some(&format!("Root={ROOT};Parent=70de5b6f19ff9a0b;Sampled=1;Lineage=1:2:3")));
    daemon.send(&event(&context, Operation::Upsert));
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

#[test]
fn unsampled_event_sends_nothing() {
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
        daemon.send(&event(&traced(header.as_deref()), Operation::Delete));
    }
    let sampled = traced(Some(&format!("Root={ROOT};Parent={parent};Sampled=1")));
    daemon.send(&event(&sampled, Operation::Upsert));
    assert_eq!(document(&socket)["name"], "upsert", "what came first is the one that is sampled");
}

#[test]
fn missing_daemon_is_ignored_until_it_runs() {
    assert!(Daemon::at("nowhere").is_none());
    let (socket, daemon) = daemon();
    let address = socket.local_addr().unwrap();
    drop(socket);
    let sampled = traced(Some(&format!("Root={ROOT};Parent=70de5b6f19ff9a0b;Sampled=1")));
    daemon.send(&event(&sampled, Operation::Upsert));
    let socket = UdpSocket::bind(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    daemon.send(&event(&sampled, Operation::Delete));
    assert_eq!(document(&socket)["name"], "delete");
}
