//! The process that serves the stub in DynamoDB's place. It prints its two URLs in one line, without TLS first,
//! and ends at the end of its standard input.

use std::io;

use crate::{
    error::Result,
    harness::store_stub::{
        latency::Latency,
        server,
        settings::{Mode, Settings},
        throttle::Rates,
    },
};

/// Serves in front of the embedded DynamoDB of this URL until the end of standard input. It has one thread,
/// because the function that calls it has the other processor.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(dynamodb: Option<&String>) -> Result<()> {
    let dynamodb = dynamodb.ok_or("no URL of DynamoDB")?.clone();
    let rates = Rates { write_units: f64::MAX, read_units: f64::MAX, burst_seconds: 1.0 };
    let settings = Settings { mode: Mode::Record, latency: Latency::constant(0.0), rates, seed: 0 };
    let urls = server::start(dynamodb, settings).await?;
    println!("{} {}", urls.plain, urls.tls);
    tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())).await??;
    Ok(())
}
