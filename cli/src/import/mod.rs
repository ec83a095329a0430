//! `contacts import`: a file of contacts, through the HTTP API.
//!
//! One thread reads the file; lanes make the calls; what became of each row is tallied. Nothing is kept
//! of what is done, and everything in between is bounded, so that any file takes the same memory. Nothing
//! is noted for going on after an interruption either: an upsert can be repeated, so the file is.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`arguments`], [`settings`] | what the command line takes, and what it means |
//! | [`input`] | the file: what it is, its encoding |
//! | [`text`], [`csv_records`], [`csv_rows`], [`json_rows`] | its rows, as items to send |
//! | [`row`], [`identity`] | a row, and which contact it means |
//! | [`reader`], [`lanes`], [`call`] | rows put into calls, and calls on lanes, in an order that keeps |
//! | [`lane`], [`service`], [`patience`] | calls made, answers read, tries repeated |
//! | [`stop`] | ending early |
//! | [`tally`], [`progress`], [`summary`] | counting, showing, telling |
//! | [`rejected`], [`csv_text`] | the file of rejected rows |

mod arguments;
mod call;
mod csv_records;
mod csv_rows;
mod csv_text;
mod identity;
mod input;
mod json_rows;
mod lane;
mod lanes;
mod patience;
mod progress;
mod reader;
mod rejected;
mod row;
mod service;
mod settings;
mod stop;
mod summary;
mod tally;
mod text;

use std::{io::ErrorKind, path::Path, process::ExitCode, sync::Arc, time::Instant};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
    task::JoinSet,
};

pub(crate) use arguments::ImportArguments;

use crate::{arguments::Arguments, failure::Failure};
use input::Input;
use lane::Lane;
use patience::Patience;
use progress::Progress;
use rejected::{Place, RejectedFile};
use row::InputError;
use service::Service;
use settings::Settings;
use stop::Stop;
use summary::Summary;
use tally::Tally;

/// The exit code of an import that went through, short of some rows.
const SOME_REJECTED: u8 = 3;

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        match error {
            InputError::Unfit(sentence) => Self::Usage(sentence),
            InputError::Unreadable { error: ref cause, .. } if cause.kind() == ErrorKind::NotFound => {
                Self::NotFound(error.to_string())
            }
            InputError::Unreadable { .. } => Self::Other(error.to_string()),
        }
    }
}

/// Imports a file.
pub(crate) async fn run(arguments: &Arguments, import: &ImportArguments) -> Result<ExitCode, Failure> {
    let settings = Settings::read(arguments, import)?;
    let place = rejected_place(import)?;
    let input = Input::open(import, &settings.tenant)?;
    let service = Service::new(&settings)?;

    let begun = Instant::now();
    let rejected = RejectedFile::new(place, input.rejected_form.clone());
    let tally = Arc::new(Tally::new(rejected, Progress::new(input.size)));
    let result = carry_out(import, &settings, input, service, &tally).await;
    let (counts, rejected_file) = tally.finish();
    Summary::new(counts, rejected_file, begun.elapsed()).print(arguments.json);
    result?;
    Ok(if counts.rejected == 0 { ExitCode::SUCCESS } else { ExitCode::from(SOME_REJECTED) })
}

async fn carry_out(
    import: &ImportArguments,
    settings: &Settings,
    input: Input,
    service: Service,
    tally: &Arc<Tally>,
) -> Result<(), Failure> {
    let stop = Arc::new(Stop::new());
    stop_on_signals(&stop)?;
    let (service, patience) = (Arc::new(service), Arc::new(Patience::new(import.patience)));
    let mut lanes = JoinSet::new();
    let mut ways = Vec::new();
    for _ in 0..import.calls {
        let (way, work) = mpsc::channel(1);
        let lane = Lane {
            service: Arc::clone(&service),
            patience: Arc::clone(&patience),
            tally: Arc::clone(tally),
            stop: Arc::clone(&stop),
        };
        lanes.spawn(lane.run(work));
        ways.push(way);
    }
    let prefix = settings.body_prefix().into();
    let read = reader::start(input, prefix, import.rows_a_call.into(), ways, Arc::clone(tally));
    lanes.join_all().await;
    if let Some(why) = stop.why() {
        return Err(why);
    }
    read.await.unwrap_or_else(|_| Err(Failure::Other("reading the file ended unexpectedly".to_owned())))
}

/// Lets Ctrl-C, and what else asks a process to end, stop the import in good order.
fn stop_on_signals(stop: &Arc<Stop>) -> Result<(), Failure> {
    for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
        let mut signals =
            signal(kind).map_err(|error| Failure::Other(format!("signals can't be caught: {error}")))?;
        let stop = Arc::clone(stop);
        tokio::spawn(async move {
            signals.recv().await;
            stop.request(Failure::Interrupted(
                "interrupted. To go on, run the same command again; what is stored already is not stored twice"
                    .to_owned(),
            ));
        });
    }
    Ok(())
}

fn rejected_place(import: &ImportArguments) -> Result<Place, Failure> {
    match &import.rejected {
        Some(path) if path.exists() => Err(Failure::Usage(format!(
            "{} is there already and may hold rows that are still to be corrected: let --rejected name \
             another file, or move it away",
            path.display()
        ))),
        Some(path) => Ok(Place::At(path.clone())),
        None => {
            let input = (import.file != Path::new("-")).then(|| import.file.clone());
            Ok(Place::Beside { input })
        }
    }
}
