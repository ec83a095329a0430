//! The bearer token of a request.

use contacts_core::domain::Token;
use lambda_http::{Request, http::header::AUTHORIZATION};

/// The token in `Authorization: Bearer <token>` (RFC 6750, section 2.1); `None` if there is none of the right form.
pub(super) fn bearer_token(request: &Request) -> Option<Token> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Token::parse(token.trim())).flatten()
}
