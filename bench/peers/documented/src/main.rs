//! The upsert function, with its client set up as the guides of `lambda_runtime` and of the AWS SDK for Rust
//! do it: tokio's default runtime, `aws_config::load_defaults`, and the SDK's default features. The store and
//! all that uses it are the service's own code.

use std::env;

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
use contacts_core::store::Store;
use contacts_handler::{
    event::{self, Event},
    operation::Operation,
};
use lambda_runtime::{Error, LambdaEvent, run, service_fn, tracing};

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let store = Store::new(Client::new(&config), &env::var("CONTACTS_TABLE")?);
    run(service_fn(|event: LambdaEvent<Event>| event::handle(&store, Operation::Upsert, event))).await
}
