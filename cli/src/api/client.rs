//! Requests with the token, and their responses.

use std::{error::Error, time::Duration};

use bytes::Bytes;
use reqwest::{
    Certificate, Client, RequestBuilder, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
    redirect::Policy,
};

use super::{
    error::{ApiError, RetryCause, RetryReason},
    response::ApiResponse,
    settings::ApiSettings,
};
use crate::{
    certificates::{CertificateBundle, certificate_error},
    error::CliError,
};

/// How long a request may take. Many times API Gateway's limit, because a local stack handles requests one
/// after the other.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(2);

/// How long opening a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A client that sends requests to one route of the API.
pub(crate) struct ApiClient {
    client: Client,
    url: Url,
    authorization: HeaderValue,
}

impl ApiClient {
    /// Creates a client for a route, such as `/contacts`.
    pub(crate) fn new(settings: &ApiSettings, route: &str) -> Result<Self, CliError> {
        let url = settings.url.route(route);
        let client = http_client(&url, settings.url.is_loopback())?;
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", settings.token))
            .map_err(|error| CliError::other("the token can't be sent in a header").caused_by(error))?;
        authorization.set_sensitive(true);
        Ok(Self { client, url, authorization })
    }

    /// Starts a request with a JSON body.
    pub(crate) fn request(&self, body: Bytes) -> RequestBuilder {
        self.client
            .post(self.url.clone())
            .header(AUTHORIZATION, self.authorization.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(body)
    }

    /// Sends a request, and reads the whole response.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<ApiResponse, ApiError> {
        let response = request.send().await.map_err(|error| self.no_response(error))?;
        ApiResponse::read(&self.url, response).await.map_err(|error| self.no_response(error))
    }

    /// Converts the error of a request without a response. The request may or may not have taken effect.
    fn no_response(&self, error: reqwest::Error) -> ApiError {
        if error.is_builder() {
            let message = format!("no request can be sent to {}", self.url);
            return ApiError::Fatal(CliError::other(message).caused_by(error));
        }
        if let Some(error) = certificate_error(&self.url, &error) {
            return ApiError::Fatal(error);
        }
        let cause = if error.is_connect() { RetryCause::Unreachable } else { RetryCause::Overloaded };
        let description = if error.is_timeout() {
            "no response in time".to_owned()
        } else {
            root_cause(&error).to_string()
        };
        ApiError::Transient(RetryReason { cause, description, retry_after: None })
    }
}

/// Creates the HTTP client for a URL. It trusts the certificates of the environment's bundle, or those of the
/// system.
fn http_client(url: &Url, is_loopback: bool) -> Result<Client, CliError> {
    let mut client =
        Client::builder().timeout(REQUEST_TIMEOUT).connect_timeout(CONNECT_TIMEOUT).redirect(Policy::none());
    if is_loopback {
        client = client.no_proxy();
    }
    if url.scheme() == "https"
        && let Some(bundle) = CertificateBundle::from_environment()?
    {
        let certificates = Certificate::from_pem_bundle(bundle.pem())
            .map_err(|error| CliError::other("the root certificates can't be used").caused_by(error))?;
        client = client.tls_certs_only(certificates);
    }
    client.build().map_err(|error| CliError::other("the HTTP client can't be created").caused_by(error))
}

/// Returns the innermost cause, which is the most specific one, like `Connection refused`.
fn root_cause<'e>(error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause
}
