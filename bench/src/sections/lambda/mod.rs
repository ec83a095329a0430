//! The section `lambda`: time and price of the upsert by Lambda's memory size, which also sets the function's share of a processor.
//!
//! A stub takes DynamoDB's place: it answers over TLS after DynamoDB's milliseconds, from another processor than
//! the function's, so that only the function's own work is limited by its memory size. The section needs root,
//! for CPU quotas; without it, it is left out.

mod calls;
mod environment;
mod first_answer;
mod handshakes;
mod own_cost;
mod quota_check;
mod report;
mod settings;

use contacts_core::store::Store;
use runtime_api::RuntimeApi;

use crate::{error::Result, harness::isolation::Isolation, report::results::Results};
use environment::Environment;

/// Measures every memory size.
pub(crate) async fn measure(store: &Store, runtime_api: &mut RuntimeApi) -> Result<Results> {
    let mut results = Results::default();
    let isolation = match Isolation::start() {
        Ok(isolation) => isolation,
        Err(error) => {
            println!("The section lambda is left out: it needs control groups, and root. {error}");
            return Ok(results);
        }
    };
    results.table("lambda-quota", &quota_check::check(&isolation).await?);
    let mut environment = Environment::prepare(isolation, store, runtime_api).await?;
    report::add(&calls::measure(&mut environment).await?, &mut results)?;
    results.table("lambda-tls", &handshakes::measure(&mut environment).await?);
    first_answer::measure(&mut environment, &mut results).await?;
    own_cost::measure(&mut environment, &mut results).await?;
    environment.end().await?;
    Ok(results)
}
