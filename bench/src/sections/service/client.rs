//! The client of the measured programs.

use std::{ops::Range, time::Instant};

use fixture::TenantFixture;
use gateway::Gateway;
use serde_json::Value;

use crate::{
    error::Result,
    harness::{contact_fixtures::upsert_body, program::Program},
    report::stats::milliseconds,
};

/// The programs that are compared.
pub(super) const PROGRAMS: [Program; 3] = [Program::Upsert, Program::Node, Program::Python];

/// An HTTP client that sends lists as one tenant. It keeps its connections open.
pub(super) struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Client {
    pub(super) fn new(gateway: &Gateway, caller: &TenantFixture) -> Self {
        let url = format!("http://{}/contacts", gateway.address());
        Self { http: reqwest::Client::new(), url, token: caller.token().to_owned() }
    }

    /// Creates the contacts of these numbers and returns the latency in milliseconds. A contact that is not
    /// created is an error.
    pub(super) async fn create(&self, numbers: Range<u32>) -> Result<f64> {
        let count = numbers.len();
        let body = upsert_body(numbers).to_string();
        let started = Instant::now();
        let response = self.http.post(&self.url).bearer_auth(&self.token).body(body).send().await?;
        let status = response.status();
        let body = response.bytes().await?;
        let latency = milliseconds(started.elapsed());
        if !status.is_success() {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into());
        }
        let body: Value = serde_json::from_slice(&body)?;
        let outcomes = body["result"].as_array().ok_or("a response without `result`")?;
        let created = outcomes.iter().filter(|outcome| outcome["extended_info"] == "created").count();
        if created == count { Ok(latency) } else { Err("not every contact was created".into()) }
    }
}
