//! Both functions behind the local gateway, which takes the place of API Gateway and Lambda. The functions are debug
//! builds, so that they share their dependencies with the tests.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Instant,
};

use fixture::{build_functions, function_environment};
use gateway::{DeclaredFunction, FunctionConfig, Gateway, Launch, Report, Reporter, declared_functions};
use tokio::{net::TcpListener, task::spawn_blocking};

use crate::{
    error::ErrorMessage,
    settings::{Mode, Settings},
    sources::Sources,
};

/// The most execution environments of each function: several, so that requests are concurrent at the table, as they are
/// on AWS.
const MAX_ENVIRONMENTS: usize = 4;

/// The running functions.
pub(crate) struct LocalFunctions {
    gateway: Gateway,
    /// Whether requests are shown on the terminal.
    show_requests: Arc<AtomicBool>,
    programs: Programs,
    sources: Sources,
}

/// The programs of the functions. They are copies: cargo may replace its own files while a process is started.
struct Programs {
    folder: PathBuf,
    names: Vec<String>,
}

impl LocalFunctions {
    /// Builds and serves the functions. The execution environments are started at need.
    pub(crate) async fn start(settings: &Settings, dynamodb_url: &str) -> Result<Self, ErrorMessage> {
        let declared = declared_functions().map_err(|error| error.to_string())?;
        let names = declared.iter().map(|function| function.name.clone()).collect();
        let programs = Programs { folder: settings.folder.join("functions"), names };
        let sources = Sources::read();
        programs.build().await?;
        let log = settings.log();
        File::create(&log).map_err(|error| format!("{} can't be written: {error}", log.display()))?;
        let functions = declared.into_iter().map(|function| {
            let launch = launch(&programs.folder, &function, settings, dynamodb_url);
            let DeclaredFunction { name, route_keys, time_limit } = function;
            FunctionConfig { name, route_keys, time_limit, max_environments: MAX_ENVIRONMENTS, launch }
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port))
            .await
            .map_err(|error| format!("port {} can't be used: {error}", settings.port))?;
        let show_requests = Arc::new(AtomicBool::new(false));
        let gateway = Gateway::start(listener, functions.collect(), reporter(settings, &show_requests));
        let gateway = gateway.map_err(|error| error.to_string())?;
        Ok(Self { gateway, show_requests, programs, sources })
    }

    /// Shows a line for each request from now on. Builds the functions again after each change of their sources, and
    /// replaces the environments if that succeeds; requests under way end in the old ones. Never returns.
    pub(crate) async fn watch(&mut self) -> ! {
        self.show_requests.store(true, Relaxed);
        loop {
            self.sources.changed().await;
            print_line("The code has changed: building the functions ...");
            let started = Instant::now();
            match self.programs.build().await {
                Ok(()) => {
                    self.gateway.replace_environments();
                    print_line(&format!(
                        "Built in {:.1} s; the next request runs it.",
                        started.elapsed().as_secs_f64()
                    ));
                }
                Err(error) => {
                    print_line(&format!("Build failed; the previous functions keep running: {error}."));
                }
            }
        }
    }

    /// Ends the functions.
    pub(crate) async fn stop(self) {
        self.gateway.stop().await;
    }
}

impl Programs {
    /// Builds the functions, with the compiler's errors on the terminal, and copies the programs.
    async fn build(&self) -> Result<(), ErrorMessage> {
        let built =
            spawn_blocking(build_functions).await.expect("building doesn't panic and isn't cancelled");
        let built = built.map_err(|error| error.to_string())?;
        self.copy_from(&built).map_err(|error| format!("the functions can't be copied: {error}"))
    }

    fn copy_from(&self, built: &Path) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        for name in &self.names {
            let (new, program) = (self.folder.join(format!("{name}.new")), self.folder.join(name));
            fs::copy(built.join(name), &new)?;
            // Replaces the file in one step. Processes that run the old one keep it.
            fs::rename(new, program)?;
        }
        Ok(())
    }
}

/// Returns how a process of a function is started. Its output goes to the log.
fn launch(folder: &Path, function: &DeclaredFunction, settings: &Settings, dynamodb_url: &str) -> Launch {
    let (program, name) = (folder.join(&function.name), function.name.clone());
    let (log, dynamodb_url) = (settings.log(), dynamodb_url.to_owned());
    let xray = settings.xray.clone();
    // Tests check the metrics that CloudWatch would get; for people they would be noise.
    let namespace = matches!(settings.mode, Mode::Command { .. }).then_some("local-stack");
    Box::new(move |runtime_api| {
        let log = OpenOptions::new().append(true).open(&log)?;
        let mut command = runtime_api.command(&program);
        command
            .envs(function_environment(&dynamodb_url))
            .env("AWS_LAMBDA_FUNCTION_NAME", &name)
            .envs(xray.iter().map(|address| ("AWS_XRAY_DAEMON_ADDRESS", address)))
            .envs(namespace.map(|namespace| ("CONTACTS_METRICS_NAMESPACE", namespace)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            // Ctrl-C reaches the stack alone, which ends the functions.
            .process_group(0);
        Ok(command)
    })
}

/// Returns what receives the gateway's reports: the terminal, or the log while a command uses the terminal.
fn reporter(settings: &Settings, show_requests: &Arc<AtomicBool>) -> Reporter {
    let (show_requests, log) = (Arc::clone(show_requests), settings.log());
    let has_terminal = matches!(settings.mode, Mode::Watch);
    Arc::new(move |report| match report {
        Report::Request { .. } if !show_requests.load(Relaxed) => {}
        Report::Request { .. } => print_line(&report.to_string()),
        Report::Problem { .. } if has_terminal => print_line(&report.to_string()),
        Report::Problem { .. } => {
            // Best effort: a test notices the problem by the answer.
            let log = OpenOptions::new().append(true).open(&log);
            let _ = log.and_then(|mut log| writeln!(log, "{report}"));
        }
    })
}

/// Prints a line. A reader that has closed the standard output must not end the stack.
fn print_line(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
