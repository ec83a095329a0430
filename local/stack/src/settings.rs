//! Where things are to be.

use std::{
    env,
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process,
};

use crate::Sentence;

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
    /// What to run instead of serving for good.
    pub(crate) command: Option<Vec<String>>,
}

impl Settings {
    /// Reads `CONTACTS_PORT`, `CONTACTS_DYNAMODB_PORT` and the arguments.
    pub(crate) fn from_environment() -> Result<Self, Sentence> {
        let command: Vec<String> = env::args().skip(1).collect();
        if !command.is_empty() {
            // A folder of its own, so that another run beside this one is none of its business.
            let folder = PathBuf::from(format!(".local/test-{}", process::id()));
            let (port, dynamodb_port) = (free_port()?, free_port()?);
            let xray = Some(format!("127.0.0.1:{}", free_port()?));
            return Ok(Self { folder, port, dynamodb_port, xray, command: Some(command) });
        }
        let settings = Self {
            folder: PathBuf::from(".local"),
            port: port("CONTACTS_PORT", 9000)?,
            dynamodb_port: port("CONTACTS_DYNAMODB_PORT", 8000)?,
            xray: None,
            command: None,
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
