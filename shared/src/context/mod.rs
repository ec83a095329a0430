//! What belongs to one operation, and is passed to everything that works on it: its idempotency id, its deadline, whether
//! it writes, what it consumed at the table, and how long its phases took. Nothing here is shared between operations.

mod deadline;
mod mode;
mod operation_context;
mod operation_id;
mod phases;
mod usage;

pub use deadline::{Deadline, DeadlineExceeded};
pub use mode::Mode;
pub use operation_context::OperationContext;
pub use operation_id::OperationId;
pub use phases::{Phase, PhaseGuard, Phases, Span};
pub use usage::Usage;
