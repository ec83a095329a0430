//! Tests of the gateway with `sample-function`: the events of requests, clients that misbehave, and the life of execution
//! environments. A test's name states the rule that it proves.

mod clients;
mod environments;
mod events;
mod harness;
mod invoke;
