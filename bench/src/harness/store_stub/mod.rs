//! A stub in DynamoDB's place, to measure the functions' own time and price: each answer comes after a
//! latency like DynamoDB's, and the stub itself runs on another processor than the function.
//!
//! It records the items that the embedded DynamoDB returns, and replays them later. What wasn't recorded doesn't
//! exist, and every write succeeds without an effect. So a list of contacts that were recorded is unchanged,
//! and a list of other contacts is created, each time again.
//!
//! | module | contents |
//! | --- | --- |
//! | [`settings`] | its settings and counters |
//! | [`server`] | HTTP, with and without TLS ([`tls`]) |
//! | [`answers`] | DynamoDB's JSON protocol, as far as a warm upsert needs it |
//! | [`recording`] | the recorded items |
//! | [`latency`] | how long an answer takes |
//! | [`throttle`] | the rate above which a partition key is refused |

mod answers;
pub(crate) mod latency;
mod recording;
pub(crate) mod server;
pub(crate) mod settings;
pub(crate) mod throttle;
pub(crate) mod tls;

use std::{env, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::error::Result;
use server::{CONTROL_PATH, Urls};
use settings::{Counts, Settings};

/// The first argument of the stub's process.
pub(crate) const ROLE: &str = "store-stub";

/// The stub in a process of its own, which is killed when this is dropped.
pub(crate) struct StoreStub {
    pub(crate) urls: Urls,
    client: reqwest::Client,
    child: Child,
}

impl StoreStub {
    /// Starts it in front of the embedded DynamoDB of this URL, in mode [`settings::Mode::Record`].
    pub(crate) async fn start(dynamodb: &str) -> Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .args([ROLE, dynamodb])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().expect("standard output is piped");
        let line = BufReader::new(output).lines().next_line().await?.ok_or("the stub did not start")?;
        let (plain, tls) = line.split_once(' ').ok_or("the stub printed no URLs")?;
        let urls = Urls { plain: plain.to_owned(), tls: tls.to_owned() };
        Ok(Self { urls, client: reqwest::Client::new(), child })
    }

    /// Sets how it answers from now on.
    pub(crate) async fn set(&self, settings: &Settings) -> Result<()> {
        let request = self.client.put(self.control_url()).json(settings);
        request.send().await?.error_for_status()?;
        Ok(())
    }

    /// Returns the counts since [`Self::set`].
    pub(crate) async fn counts(&self) -> Result<Counts> {
        let response = self.client.get(self.control_url()).send().await?.error_for_status()?;
        Ok(response.json().await?)
    }

    /// Kills the process and waits until it has ended.
    pub(crate) async fn stop(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    fn control_url(&self) -> String {
        format!("{}{CONTROL_PATH}", self.urls.plain)
    }
}
