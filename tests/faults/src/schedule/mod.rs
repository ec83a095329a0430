//! Runs a schedule step by step.
//!
//! Nothing happens by itself: the scheduler sends each request, and holds each call to the store until it picks
//! it. It takes one step at a time, which it draws: a request is sent, or a call is done, answered or lost.
//! Before the next step, each running function must have made its next call or have responded. So concurrent
//! functions are interleaved call by call, and equal draws give equal interleavings.

mod arrivals;
mod caller;
mod context;
mod pending_call;
mod requests;
mod scheduler;
mod store_calls;

pub(crate) use context::ScheduleContext;
pub(crate) use scheduler::run;
