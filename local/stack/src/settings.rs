//! Where things are to be.

use std::{
    env,
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process,
};

use crate::Sentence;

/// What serves the functions, and for how long.
pub(crate) enum Mode {
    /// `cargo lambda watch`, until somebody ends it.
    Watch,
    /// `cargo lambda watch`, while a command runs.
    Command(Vec<String>),
    /// `sam local start-api`, until somebody ends it.
    Sam,
}

/// What the environment and the command line say.
pub(crate) struct Settings {
    /// Where the stack keeps its files.
    pub(crate) folder: PathBuf,
    /// Where the API listens.
    pub(crate) port: u16,
    /// Where DynamoDB listens.
    pub(crate) dynamodb_port: u16,
    /// Where the functions look for the X-Ray daemon.
    pub(crate) xray: Option<String>,
    /// What serves the functions.
    pub(crate) mode: Mode,
}

impl Settings {
    /// Reads `CONTACTS_PORT`, `CONTACTS_DYNAMODB_PORT` and the arguments.
    pub(crate) fn from_environment() -> Result<Self, Sentence> {
        let arguments: Vec<String> = env::args().skip(1).collect();
        let mode = match arguments.first().map(String::as_str) {
            None => Mode::Watch,
            Some("--sam") => Mode::Sam,
            Some(_) => Mode::Command(arguments),
        };
        if let Mode::Command(_) = mode {
            // A folder of its own, so that another run beside this one is none of its business.
            let folder = PathBuf::from(format!(".local/test-{}", process::id()));
            let (port, dynamodb_port) = (free_port()?, free_port()?);
            let xray = Some(format!("127.0.0.1:{}", free_port()?));
            return Ok(Self { folder, port, dynamodb_port, xray, mode });
        }
        let settings = Self {
            folder: PathBuf::from(".local"),
            port: port("CONTACTS_PORT", 9000)?,
            dynamodb_port: port("CONTACTS_DYNAMODB_PORT", 8000)?,
            xray: None,
            mode,
        };
        require_free("CONTACTS_PORT", settings.port)?;
        require_free("CONTACTS_DYNAMODB_PORT", settings.dynamodb_port)?;
        Ok(settings)
    }

    /// The database's file.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("dynamodb.sqlite")
    }

    /// The file with what a caller needs to know.
    pub(crate) fn environment_file(&self) -> PathBuf {
        self.folder.join("demo.env")
    }

    /// The file with the functions' log, where the terminal belongs to a command.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("functions.log")
    }
}

fn require_free(variable: &str, port: u16) -> Result<(), Sentence> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map(drop)
        .map_err(|error| format!("port {port} of 127.0.0.1 can't be used ({error}); {variable} sets another"))
}

fn port(variable: &str, default: u16) -> Result<u16, Sentence> {
    match env::var(variable) {
        Err(_) => Ok(default),
        Ok(text) => text.parse().map_err(|_| format!("{variable} must be a port number, not `{text}`")),
    }
}

fn free_port() -> Result<u16, Sentence> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr());
    listener.map(|address| address.port()).map_err(|error| format!("no free port: {error}"))
}
