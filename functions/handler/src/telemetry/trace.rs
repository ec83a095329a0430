//! The trace of an event: an X-Ray subsegment with one subsegment per phase, below Lambda's segment of the invocation. It is
//! sent to the X-Ray daemon in one UDP datagram ("Sending trace data to X-Ray", "Segment documents" in its developer guide).
//! Best effort: sending doesn't wait, and errors are ignored.
//!
//! This is our own code because the alternatives cost more: OpenTelemetry is a second runtime to start and to flush;
//! `xray-lite` sends two datagrams per subsegment, has no annotations, and reads the trace id from the process's environment
//! instead of the invocation's context.

use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    time::{Instant, SystemTime},
};

use contacts_core::{context::Span, domain::TenantName};
use serde::Serialize;
use uuid::Uuid;

use super::completed_event::CompletedEvent;

/// The header of a datagram, before the document.
const HEADER: &str = "{\"format\": \"json\", \"version\": 1}\n";

/// The X-Ray daemon. The socket isn't connected: a connected socket fails to send after an earlier datagram was rejected.
pub(super) struct Daemon {
    socket: UdpSocket,
    address: SocketAddr,
}

impl Daemon {
    /// The daemon at this address; `None` if the address is invalid or there is no socket.
    pub(super) fn at(address: &str) -> Option<Self> {
        let address = address.parse().ok()?;
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
        socket.set_nonblocking(true).ok()?;
        Some(Self { socket, address })
    }

    /// Sends the trace of an event, if X-Ray samples it.
    pub(super) fn send(&self, event: &CompletedEvent<'_>) {
        let context = event.source.context.xray_trace_id.as_deref();
        let Some(parent) = context.and_then(Parent::read) else { return };
        let document = serde_json::to_string(&Subsegment::of(event, &parent));
        let document = document.expect("a subsegment has only strings, numbers and lists");
        // Best effort: the daemon may not run, or its buffer may be full.
        let _ = self.socket.send_to(format!("{HEADER}{document}").as_bytes(), self.address);
    }
}

/// The parent segment of a trace.
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
    subsegments: Vec<SegmentFields>,
    #[serde(flatten)]
    fields: SegmentFields,
}

/// The annotations, by which traces are searched.
#[derive(Serialize)]
struct Annotations<'t> {
    operation: String,
    trigger: &'static str,
    request_id: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<&'t str>,
}

/// The fields of every subsegment.
#[derive(Serialize)]
struct SegmentFields {
    name: String,
    id: String,
    start_time: f64,
    end_time: f64,
}

impl<'t> Subsegment<'t> {
    fn of(event: &'t CompletedEvent<'_>, parent: &'t Parent<'_>) -> Self {
        let operation = event.source.operation.to_string();
        let of_phase = |span: &Span| SegmentFields::new(span.phase.as_str(), event, span.start, span.end);
        Self {
            kind: "subsegment",
            trace_id: parent.trace_id,
            parent_id: parent.id,
            fault: event.cause.is_some(),
            subsegments: event.spans.iter().map(of_phase).collect(),
            fields: SegmentFields::new(&operation, event, event.start, event.start + event.duration),
            annotations: Annotations {
                operation,
                trigger: event.source.trigger.as_str(),
                request_id: &event.source.context.request_id,
                tenant: event.tenant.as_ref().map(TenantName::as_str),
            },
        }
    }
}

impl SegmentFields {
    fn new(name: &str, event: &CompletedEvent<'_>, start: Instant, end: Instant) -> Self {
        let seconds = |moment: Instant| {
            let time = event.start_time + (moment - event.start);
            let since_epoch = time.duration_since(SystemTime::UNIX_EPOCH);
            since_epoch.expect("the clock shows a year after 1970").as_secs_f64()
        };
        // An id has 64 bits; 60 of these are random.
        let id = hex::encode(&Uuid::new_v4().as_bytes()[..8]);
        Self { name: name.to_owned(), id, start_time: seconds(start), end_time: seconds(end) }
    }
}
