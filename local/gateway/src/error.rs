//! The errors of the gateway.

/// Why the gateway didn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The listener has no address.
    #[error("the gateway's listener has no address: {0}")]
    Listener(#[from] std::io::Error),
}

/// Why `template.yaml` declares no usable functions.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The template can't be read as far as the gateway needs it.
    #[error("template.yaml has another form than the gateway expects: {0}")]
    Form(#[from] serde_saphyr::Error),
    /// A route of the HTTP API has no path or no method.
    #[error("the route {0} in template.yaml has no path or no method")]
    Route(String),
}
