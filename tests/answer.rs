//! An answer of the service.

use reqwest::{Response, header::HeaderMap};
use serde_json::Value;

/// The text that an answer has somewhere.
#[must_use]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} where a text was expected"))
}

/// An answer that has what every answer must have.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub text: String,
    /// The body, read.
    pub body: Value,
}

impl Answer {
    /// Reads a response and holds it against what is true of every answer: it is JSON and says so, it
    /// carries the request id, and it is no 500.
    pub(crate) async fn read(response: Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.expect("an answer has a body of text");
        let body = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{status}, not JSON ({error}): {text}"));
        let answer = Self { status, headers, text, body };
        assert_ne!(status, 500, "{}", answer.text);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_ne!(answer.header("x-request-id"), "");
        answer
    }

    /// A header, or nothing where it isn't there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The results of an upsert that was carried out.
    #[must_use]
    pub fn results(&self) -> &[Value] {
        assert_eq!(self.status, 200, "{}", self.text);
        self.body["result"].as_array().expect("an upsert answers with a list of results")
    }

    /// The contacts that a delete says it has deleted.
    #[must_use]
    pub fn deleted(&self) -> &[Value] {
        let deleted = &self.body["DeleteAccountContacts"]["response"]["deleted_contacts"];
        deleted.as_array().unwrap_or_else(|| panic!("no list of deleted contacts in {}", self.text))
    }

    /// The code by which a delete says how it ended.
    #[must_use]
    pub fn code(&self) -> u64 {
        let code = &self.body["processing_result"]["code"];
        code.as_u64().unwrap_or_else(|| panic!("no code in {}", self.text))
    }

    /// The params that a delete found something wrong with.
    #[must_use]
    pub fn wrong_params(&self) -> Vec<&str> {
        let details = self.body["processing_result"]["details"].as_array();
        details.into_iter().flatten().map(|detail| text(&detail["param"])).collect()
    }
}
