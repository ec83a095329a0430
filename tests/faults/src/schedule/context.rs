//! What a schedule runs with.

use std::sync::Arc;

use crate::{catalog::Catalog, function::FunctionPool, plan::Plan};

/// What a schedule runs with.
pub(crate) struct ScheduleContext<'s> {
    pub(crate) functions: &'s Arc<FunctionPool>,
    pub(crate) plan: &'s Plan,
    pub(crate) catalog: &'s Catalog,
    /// The API token of all requests.
    pub(crate) token: &'s str,
    /// The address of the schedule's DynamoDB.
    pub(crate) store_url: &'s str,
}
