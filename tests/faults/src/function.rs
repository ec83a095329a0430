//! The processes of the real functions: started, invoked, killed, and used again by the next schedule.

use std::{
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use runtime_api::{Answer, Invocation, RuntimeApi, Waiting};
use tokio::{
    io::AsyncReadExt,
    process::{Child, ChildStderr},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};

use crate::{Failure, proxy::Proxy};

/// The two functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Upsert,
    Delete,
}

impl Kind {
    fn file(self) -> Result<PathBuf, Failure> {
        let name = match self {
            Self::Upsert => "upsert-contacts",
            Self::Delete => "delete-contacts",
        };
        let own = std::env::current_exe()?;
        // A test's file is one folder further down.
        let files = own.ancestors().skip(1).take(2).map(|folder| folder.join(name));
        let file = files.into_iter().find(|file| file.is_file());
        file.ok_or_else(|| format!("{name} isn't built: `cargo build -p {name}`").into())
    }
}

/// A running function.
pub(crate) struct Function {
    /// The number by which the proxy knows it.
    pub(crate) number: u64,
    /// Which function it is.
    pub(crate) kind: Kind,
    api: RuntimeApi,
    waiting: Waiting,
    child: Child,
    stderr: Stderr,
}

/// How an invocation ended.
pub(crate) enum Ended {
    /// The function answered, in time.
    Answered(Answer, Box<Function>),
    /// It was killed.
    Killed,
    /// It did something that a function must not do.
    Failed(String),
}

impl Function {
    /// Has it handle an event, unless it is killed first.
    pub(crate) async fn invoke(mut self, invocation: Invocation, kill: oneshot::Receiver<()>) -> Ended {
        let limit = invocation.time_limit;
        let work = timeout(limit + Duration::from_secs(1), self.api.invoke(self.waiting, invocation));
        let failure = tokio::select! {
            biased;
            Ok(()) = kill => {
                return match self.child.kill().await {
                    Ok(()) => self.stderr.silent().await.map_or_else(Ended::Failed, |()| Ended::Killed),
                    Err(error) => Ended::Failed(format!("a function can't be killed: {error}")),
                };
            }
            status = self.child.wait() => format!("a function ended by itself: {status:?}"),
            result = work => match result {
                Ok(Ok((answer, waiting))) if answer.ended - answer.begun <= limit => {
                    self.waiting = waiting;
                    return match self.stderr.said() {
                        None => Ended::Answered(answer, Box::new(self)),
                        Some(said) => Ended::Failed(said),
                    };
                }
                Ok(Err(error)) => error.to_string(),
                Ok(Ok(_)) | Err(_) => format!("a request ran past its deadline of {limit:?}"),
            }
        };
        Ended::Failed(self.stderr.said().map_or(failure.clone(), |said| format!("{failure}; {said}")))
    }
}

/// What a function writes to its standard error: nothing, unless it panics.
struct Stderr {
    text: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

impl Stderr {
    fn read(mut from: ChildStderr) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let into = Arc::clone(&text);
        let reader = tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = from.read(&mut buffer).await {
                let read = String::from_utf8_lossy(&buffer[..count]);
                into.lock().unwrap_or_else(PoisonError::into_inner).push_str(&read);
            }
        });
        Self { text, reader }
    }

    fn said(&self) -> Option<String> {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        (!text.is_empty()).then(|| format!("a function wrote to its standard error: {text}"))
    }

    /// Reads to the end, which there is once the function has ended.
    async fn silent(mut self) -> Result<(), String> {
        // The reader doesn't panic; if it could, what it had read would still count.
        let _ = (&mut self.reader).await;
        self.said().map_or(Ok(()), Err)
    }
}

/// Functions that wait for somebody to invoke them.
pub(crate) struct Functions {
    pub(crate) proxy: Proxy,
    idle: Mutex<Vec<Function>>,
    started: AtomicU64,
}

impl Functions {
    /// None so far.
    pub(crate) fn new(proxy: Proxy) -> Self {
        Self { proxy, idle: Mutex::default(), started: AtomicU64::new(0) }
    }

    /// How many processes were started.
    pub(crate) fn started(&self) -> u64 {
        self.started.load(Relaxed)
    }

    /// A function of this kind that waits for its next event.
    pub(crate) async fn take(&self, kind: Kind) -> Result<Function, Failure> {
        let waiting = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.iter().position(|function| function.kind == kind).map(|place| idle.swap_remove(place))
        };
        match waiting {
            Some(function) => Ok(function),
            None => self.start(kind).await,
        }
    }

    /// Gives back a function that waits for its next event.
    pub(crate) fn give_back(&self, function: Function) {
        self.proxy.forget(function.number);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(function);
    }

    async fn start(&self, kind: Kind) -> Result<Function, Failure> {
        let number = self.started.fetch_add(1, Relaxed);
        let mut api = RuntimeApi::serve().await?;
        let mut child = api
            .command(&kind.file()?)
            .env("CONTACTS_TABLE", embedded_dynamodb::TABLE)
            .env("AWS_ENDPOINT_URL_DYNAMODB", self.proxy.url(number))
            .env("AWS_REGION", "local")
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = Stderr::read(child.stderr.take().ok_or("a function without a standard error")?);
        let waiting = api.asked().await?;
        Ok(Function { number, kind, api, waiting, child, stderr })
    }
}
