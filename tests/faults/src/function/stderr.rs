//! A function's standard error, which must stay empty: panics go there.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{io::AsyncReadExt, process::ChildStderr, task::JoinHandle};

/// What a function has written to its standard error.
pub(super) struct StderrCapture {
    text: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

impl StderrCapture {
    /// Starts to read.
    pub(super) fn new(mut stderr: ChildStderr) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let captured = Arc::clone(&text);
        let reader = tokio::spawn(async move {
            let mut buffer = [0; 4096];
            loop {
                let read = match stderr.read(&mut buffer).await {
                    Ok(0) => return,
                    Ok(count) => String::from_utf8_lossy(&buffer[..count]).into_owned(),
                    Err(error) => format!("(can't be read: {error})"),
                };
                captured.lock().unwrap_or_else(PoisonError::into_inner).push_str(&read);
            }
        });
        Self { text, reader }
    }

    /// The text so far, if there is any.
    pub(super) fn text(&self) -> Option<String> {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        (!text.is_empty()).then(|| text.clone())
    }

    /// Reads to the end, which comes once the function has ended, and returns the text if there is any.
    pub(super) async fn into_text(mut self) -> Option<String> {
        (&mut self.reader).await.expect("the reader neither panics nor is cancelled");
        self.text()
    }
}
