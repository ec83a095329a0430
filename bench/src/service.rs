//! The running service over HTTP: how long callers wait for lists of 1 to 10,000 contacts, and how much
//! many callers at once get done; next to the same job in other languages.

mod latency;
mod throughput;

use std::time::Instant;

use contacts::store::Store;
use reqwest::Client;
use serde_json::Value;

use crate::{
    Failure, caller::Caller, contact_list::upsert_body, findings::Findings, gateway::Gateway,
    program::Program, table::milliseconds,
};

/// What is compared.
const PROGRAMS: [Program; 3] = [Program::Upsert, Program::Node, Program::Python];

/// Measures and reports.
pub(crate) async fn section(store: &Store) -> Result<Findings, Failure> {
    let mut findings = latency::section(store).await?;
    findings.extend(throughput::section(store).await?);
    Ok(findings)
}

/// A caller's way to a running service.
struct Way {
    client: Client,
    url: String,
    token: String,
}

impl Way {
    fn new(gateway: &Gateway, caller: &Caller) -> Self {
        Self { client: Client::new(), url: format!("{}/contacts", gateway.url), token: caller.token.clone() }
    }

    /// Has the contacts of these numbers created, makes sure that they were, and returns how long the answer
    /// took, in milliseconds.
    async fn create(&self, numbers: std::ops::Range<u32>) -> Result<f64, Failure> {
        let count = numbers.len();
        let body = upsert_body(numbers).to_string();
        let begun = Instant::now();
        let answer = self.client.post(&self.url).bearer_auth(&self.token).body(body).send().await?;
        let status = answer.status();
        let answer = answer.bytes().await?;
        let took = milliseconds(begun.elapsed());
        if !status.is_success() {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into());
        }
        let answer: Value = serde_json::from_slice(&answer)?;
        let results = answer["result"].as_array().ok_or("an answer without results")?;
        let created = results.iter().filter(|result| result["extended_info"] == "created").count();
        if created == count { Ok(took) } else { Err("not every contact was created".into()) }
    }
}
