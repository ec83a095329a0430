//! Who is calling, and whether they may. Settled before a body is looked at.

use lambda_http::{Request, http::header::AUTHORIZATION};

use super::answer::ApiError;
use crate::{
    domain::{Right, Tenant, Token},
    store::Store,
};

/// The tenant whose token the request shows, if the token has the right.
pub(super) async fn admit(store: &Store, request: &Request, right: Right) -> Result<Tenant, ApiError> {
    let token = bearer(request).ok_or(ApiError::LogIn)?;
    let (tenant, grant) = store.grant(token).await?.ok_or(ApiError::LogIn)?;
    if grant.rights.contains(&right) { Ok(tenant) } else { Err(ApiError::RightMissing(right)) }
}

/// Whether a body that names a tenant names the token's.
pub(super) fn agree(tenant: &Tenant, named: Option<String>) -> Result<(), ApiError> {
    match named {
        Some(name) if name != tenant.name.as_str() => Err(ApiError::LogIn),
        _ => Ok(()),
    }
}

/// The token in `Authorization: Bearer <token>` (RFC 6750, section 2.1).
fn bearer(request: &Request) -> Option<Token> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Token::parse(token.trim())).flatten()
}
