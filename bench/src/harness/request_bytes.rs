//! The bytes that DynamoDB's client sends.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering::Relaxed},
};

use aws_sdk_dynamodb::{
    Client,
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef},
    error::BoxError,
};
use contacts_core::store::Store;
use embedded_dynamodb::TABLE;

/// The bytes of a request's first line: `POST / HTTP/1.1` and the end of the line.
const REQUEST_LINE_LEN: usize = 17;

/// Returns the length of a request over HTTP/1.1, from the lengths of the names and values of its headers, and of its body.
pub(crate) fn request_len(headers: impl Iterator<Item = (usize, usize)>, body: usize) -> usize {
    // Each header has a colon, a space and the end of the line; the end of a line follows the last one.
    let headers: usize = headers.map(|(name, value)| name + value + 4).sum();
    REQUEST_LINE_LEN + headers + 2 + body
}

/// Counts the bytes of requests: of HTTP, without TLS, TCP and the `Host` header, which the connection adds.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestBytes(Arc<AtomicU32>);

impl RequestBytes {
    /// Returns the store with a client that counts its requests here.
    pub(crate) fn of(&self, store: &Store) -> Store {
        let config = store.client().config().to_builder().interceptor(self.clone()).build();
        Store::new(Client::from_conf(config), TABLE)
    }

    /// Returns the bytes since the last call of this.
    pub(crate) fn take(&self) -> u32 {
        self.0.swap(0, Relaxed)
    }
}

impl Intercept for RequestBytes {
    fn name(&self) -> &'static str {
        "RequestBytes"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let headers = request.headers().iter().map(|(name, value)| (name.len(), value.len()));
        let body = request.body().bytes().map_or(0, <[u8]>::len);
        self.0.fetch_add(u32::try_from(request_len(headers, body))?, Relaxed);
        Ok(())
    }
}
