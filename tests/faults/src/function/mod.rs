//! The processes of the real functions: started, invoked, killed, and reused by later schedules.

mod pool;
mod process;
mod stderr;

pub(crate) use pool::FunctionPool;
pub(crate) use process::{FunctionKind, FunctionProcess, FunctionResult, InvocationEnd};
