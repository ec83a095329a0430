//! Invocations of the functions of one build, each in a process of its own, on a store for one sample event.

use std::{process::Stdio, time::Duration};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use contacts_core::store::Store;
use embedded_dynamodb::{EmbeddedDynamoDb, TABLE};
use fixture::{TenantFixture, function_environment};
use runtime_api::{Bytes, Invocation, InvocationError, RuntimeApi};

use crate::{
    build::{Build, Function},
    error::Failure,
};

/// The functions' time-out on AWS.
const TIME_LIMIT: Duration = Duration::from_secs(29);

/// The same for all invocations, because HTTP responses may contain it.
const REQUEST_ID: &str = "00000000-0000-4000-8000-000000000001";

/// The token in the sample events. The store knows it, so the events are sent unchanged.
const TOKEN: &str = "zegoal.TOKEN";

/// A build with an empty store, except for the tenant and the token of the sample events.
pub(crate) struct Invoker<'a> {
    build: &'a Build,
    dynamodb: EmbeddedDynamoDb,
    client: Client,
}

impl<'a> Invoker<'a> {
    /// Creates the store in memory.
    pub(crate) async fn new(build: &'a Build) -> Result<Self, Failure> {
        let dynamodb = EmbeddedDynamoDb::in_memory().await?;
        let client = Client::from_conf(embedded_dynamodb::client_settings(&dynamodb.url()).build());
        let tenant = TenantFixture::with_token(TOKEN, "sample")
            .ok_or("the token of the sample events is malformed")?;
        tenant.store(&Store::new(client.clone(), TABLE)).await?;
        Ok(Self { build, dynamodb, client })
    }

    /// Starts a function, sends it an event, returns the response and ends the process. Fails if the function
    /// returns an error, ends or exceeds its time-out. Its standard error is that of this program.
    pub(crate) async fn invoke(&self, function: Function, event: Bytes) -> Result<Bytes, Failure> {
        let mut api = RuntimeApi::serve().await?;
        let mut command = self.build.command(function, &api);
        command.envs(function_environment(&self.dynamodb.url())).stdin(Stdio::null()).stdout(Stdio::null());
        let mut process = command.spawn().map_err(|error| format!("it can't be started: {error}"))?;
        let request_id = REQUEST_ID.to_owned();
        let invocation = Invocation { event, request_id, time_limit: TIME_LIMIT, trace: None };
        let response = tokio::select! {
            // A function that reports an error may end at once. Its error says more than its exit status.
            biased;
            response = response(&mut api, invocation) => response?,
            status = process.wait() => return Err(format!("it ended without an answer: {}", status?).into()),
        };
        process.kill().await?;
        Ok(response)
    }

    /// Counts the contacts in the store.
    pub(crate) async fn count_contacts(&self) -> Result<usize, Failure> {
        let scan = self.client.scan().table_name(TABLE).consistent_read(true);
        let scan = scan.filter_expression("contains(pk, :kind)");
        let scan = scan.expression_attribute_values(":kind", AttributeValue::S("#CONTACT#".to_owned()));
        let items: Result<Vec<_>, _> = scan.into_paginator().items().send().collect().await;
        Ok(items?.len())
    }
}

async fn response(api: &mut RuntimeApi, invocation: Invocation) -> Result<Bytes, InvocationError> {
    let waiting = api.asked().await?;
    Ok(api.answer(waiting, invocation).await?.body)
}
