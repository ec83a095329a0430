//! An event's trace: a subsegment with one for each of its phases in it, below the segment that Lambda
//! makes of the invocation. It goes to the X-Ray daemon in one UDP datagram ("Sending trace data to
//! X-Ray", "Segment documents" in its developer guide), which neither waits nor fails: what the daemon
//! doesn't take is lost, and the event is none the wiser.
//!
//! This is our own, because what there is brings far more than it spares: OpenTelemetry is a second
//! runtime to start and to flush, and `xray-lite` sends two datagrams a subsegment, knows no annotations,
//! and reads the trace's id from the process's environment instead of the invocation's context.

use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    time::{Instant, SystemTime},
};

use serde::Serialize;
use uuid::Uuid;

use super::report::{Report, Told};
use crate::{domain::TenantName, phases::Span};

/// What comes before a document.
const HEADER: &str = "{\"format\": \"json\", \"version\": 1}\n";

/// The way to the daemon. The socket isn't connected: a connected one refuses to send after the daemon
/// wasn't there for an earlier datagram.
pub(super) struct Daemon {
    socket: UdpSocket,
    address: SocketAddr,
}

impl Daemon {
    /// The daemon at an address, if it is one.
    pub(super) fn at(address: &str) -> Option<Self> {
        let address = address.parse().ok()?;
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
        socket.set_nonblocking(true).ok()?;
        Some(Self { socket, address })
    }

    /// Sends an event's trace, if the event is one of those that X-Ray samples.
    pub(super) fn tell(&self, told: &Told<'_>) {
        let context = told.report.source.context.xray_trace_id.as_deref();
        let Some(parent) = context.and_then(Parent::read) else { return };
        if let Ok(document) = serde_json::to_string(&Subsegment::of(told, &parent)) {
            // The daemon may not be there, or have no room; neither is the event's concern.
            let _ = self.socket.send_to(format!("{HEADER}{document}").as_bytes(), self.address);
        }
    }
}

/// What a trace goes below.
#[derive(Debug, PartialEq)]
struct Parent<'c> {
    trace_id: &'c str,
    id: &'c str,
}

impl<'c> Parent<'c> {
    /// Reads a tracing header, `Root=…;Parent=…;Sampled=1`; `None` if the event isn't sampled.
    fn read(header: &'c str) -> Option<Self> {
        let field = |name| {
            let mut fields = header.split(';').filter_map(|field| field.trim().split_once('='));
            fields.find(|(of, _)| *of == name).map(|(_, value)| value)
        };
        let parent = Self { trace_id: field("Root")?, id: field("Parent")? };
        (field("Sampled")? == "1").then_some(parent)
    }
}

#[derive(Serialize)]
struct Subsegment<'t> {
    #[serde(rename = "type")]
    kind: &'static str,
    trace_id: &'t str,
    parent_id: &'t str,
    fault: bool,
    annotations: Annotations<'t>,
    subsegments: Vec<Part>,
    #[serde(flatten)]
    whole: Part,
}

/// What traces can be searched for by.
#[derive(Serialize)]
struct Annotations<'t> {
    operation: String,
    trigger: &'static str,
    request_id: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<&'t str>,
}

/// What every subsegment has.
#[derive(Serialize)]
struct Part {
    name: String,
    id: String,
    start_time: f64,
    end_time: f64,
}

impl<'t> Subsegment<'t> {
    fn of(told: &'t Told<'_>, parent: &'t Parent<'_>) -> Self {
        let report = told.report;
        let operation = report.source.operation.to_string();
        let part = |span: &Span| Part::new(span.phase.as_str(), report, span.begun, span.ended);
        Self {
            kind: "subsegment",
            trace_id: parent.trace_id,
            parent_id: parent.id,
            fault: report.cause.is_some(),
            subsegments: told.spans.iter().map(part).collect(),
            whole: Part::new(&operation, report, report.begun, report.begun + told.duration),
            annotations: Annotations {
                operation,
                trigger: report.source.trigger.as_str(),
                request_id: &report.source.context.request_id,
                tenant: report.tenant.as_ref().map(TenantName::as_str),
            },
        }
    }
}

impl Part {
    fn new(name: &str, report: &Report<'_>, begun: Instant, ended: Instant) -> Self {
        let seconds = |moment: Instant| {
            let moment = report.begun_at + (moment - report.begun);
            moment.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64()
        };
        // An id is 64 bits, of which these have 60 by chance.
        let id = hex::encode(&Uuid::new_v4().as_bytes()[..8]);
        Self { name: name.to_owned(), id, start_time: seconds(begun), end_time: seconds(ended) }
    }
}
