//! The settings of the stack: what serves the functions, and its files and ports.

use std::{
    env,
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process,
};

use crate::error::ErrorMessage;

/// What serves the functions, and until when.
pub(crate) enum Mode {
    /// The local gateway, until a signal.
    Watch,
    /// The local gateway, while a command runs.
    Command { program: String, arguments: Vec<String> },
    /// `sam local start-api`, until a signal.
    Sam,
}

/// The settings, from environment variables and arguments.
pub(crate) struct Settings {
    /// The folder of the stack's files.
    pub(crate) folder: PathBuf,
    /// The port of the API.
    pub(crate) port: u16,
    pub(crate) dynamodb_port: u16,
    /// The port of the API reference, if it is served.
    pub(crate) docs_port: Option<u16>,
    /// The address at which the functions send segments to the X-Ray daemon, if they do.
    pub(crate) xray: Option<String>,
    pub(crate) mode: Mode,
}

impl Settings {
    /// Reads `CONTACTS_PORT`, `CONTACTS_DYNAMODB_PORT`, `CONTACTS_DOCS_PORT` and the arguments.
    pub(crate) fn from_environment() -> Result<Self, ErrorMessage> {
        let mut arguments = env::args().skip(1);
        match arguments.next() {
            None => Self::until_signal(Mode::Watch),
            Some(option) if option == "--sam" => Self::until_signal(Mode::Sam),
            Some(program) => Self::for_command(program, arguments.collect()),
        }
    }

    fn until_signal(mode: Mode) -> Result<Self, ErrorMessage> {
        let settings = Self {
            folder: PathBuf::from(".local"),
            port: port("CONTACTS_PORT", 9000)?,
            dynamodb_port: port("CONTACTS_DYNAMODB_PORT", 8000)?,
            docs_port: Some(port("CONTACTS_DOCS_PORT", 9001)?),
            xray: None,
            mode,
        };
        require_free("CONTACTS_PORT", settings.port)?;
        require_free("CONTACTS_DYNAMODB_PORT", settings.dynamodb_port)?;
        if let Some(port) = settings.docs_port
            && settings.docs_page().is_file()
        {
            require_free("CONTACTS_DOCS_PORT", port)?;
        }
        Ok(settings)
    }

    /// A folder and ports of its own, so that several runs do not affect each other.
    fn for_command(program: String, arguments: Vec<String>) -> Result<Self, ErrorMessage> {
        Ok(Self {
            folder: PathBuf::from(format!(".local/test-{}", process::id())),
            port: free_port()?,
            dynamodb_port: free_port()?,
            docs_port: None,
            xray: Some(format!("127.0.0.1:{}", free_port()?)),
            mode: Mode::Command { program, arguments },
        })
    }

    /// The database's file.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("dynamodb.sqlite")
    }

    /// The file with the variables of the stack.
    pub(crate) fn environment_file(&self) -> PathBuf {
        self.folder.join("demo.env")
    }

    /// The page of the API reference.
    pub(crate) fn docs_page(&self) -> PathBuf {
        self.folder.join("docs/index.html")
    }

    /// The file with the functions' log.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("functions.log")
    }
}

fn require_free(variable: &str, port: u16) -> Result<(), ErrorMessage> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map(drop)
        .map_err(|error| format!("port {port} of 127.0.0.1 can't be used ({error}); {variable} sets another"))
}

fn port(variable: &str, default: u16) -> Result<u16, ErrorMessage> {
    match env::var(variable) {
        Err(_) => Ok(default),
        Ok(text) => text.parse().map_err(|_| format!("{variable} must be a port number, not `{text}`")),
    }
}

fn free_port() -> Result<u16, ErrorMessage> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr());
    listener.map(|address| address.port()).map_err(|error| format!("no free port: {error}"))
}
