//! A response of the API.

use reqwest::{Response, header::HeaderMap};
use serde_json::Value;

/// Returns the string in a JSON value.
#[must_use]
pub fn expect_str(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a string"))
}

/// A response that has passed the checks for all responses.
#[derive(Debug)]
pub struct ApiResponse {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body as JSON.
    pub body: Value,
}

impl ApiResponse {
    /// Reads a response and checks what holds for all of them: it is JSON by its content type and its body, it has
    /// a request id, and its status is not 500.
    pub(crate) async fn read(response: Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.expect("an response has a body of text");
        let body = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{status}, not JSON ({error}): {text}"));
        let response = Self { status, headers, text, body };
        assert_ne!(status, 500, "{}", response.text);
        assert_eq!(response.header("content-type"), "application/json");
        assert_ne!(response.header("x-request-id"), "");
        response
    }

    /// The value of a header; empty if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The results of a successful upsert.
    #[must_use]
    pub fn results(&self) -> &[Value] {
        assert_eq!(self.status, 200, "{}", self.text);
        self.body["result"].as_array().expect("an upsert answers with a list of results")
    }

    /// The contacts that a delete reports as deleted.
    #[must_use]
    pub fn deleted(&self) -> &[Value] {
        let deleted = &self.body["DeleteAccountContacts"]["response"]["deleted_contacts"];
        deleted.as_array().unwrap_or_else(|| panic!("no list of deleted contacts in {}", self.text))
    }

    /// The result code of a delete.
    #[must_use]
    pub fn result_code(&self) -> u64 {
        let code = &self.body["processing_result"]["code"];
        code.as_u64().unwrap_or_else(|| panic!("no code in {}", self.text))
    }

    /// The params that a delete reports as invalid.
    #[must_use]
    pub fn invalid_params(&self) -> Vec<&str> {
        let details = self.body["processing_result"]["details"].as_array();
        details.into_iter().flatten().map(|detail| expect_str(&detail["param"])).collect()
    }
}
