//! The HTTP side of both functions: routes, tokens, and every response. Whatever API Gateway routes to a function, the
//! response is the contract's.

mod handle;
mod idempotency_key;
mod response;
mod route;
mod token;

pub(crate) use handle::handle;
