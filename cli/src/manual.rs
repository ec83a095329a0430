//! `contacts man`: man pages, generated from the same declarations as `--help`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, Command};
use clap_mangen::Man;

use crate::{error::CliError, output::write_to_stdout};

/// Arguments of `contacts man`.
#[derive(Args)]
pub(crate) struct ManArgs {
    /// Write the page of each command into this directory, instead of the main page to standard output. The
    /// directory is created if it does not exist.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Runs `contacts man`.
pub(crate) fn run(command: Command, args: &ManArgs) -> Result<(), CliError> {
    // `contacts help` has no page.
    let command = command.disable_help_subcommand(true);
    match &args.output {
        Some(directory) => write_pages(command, directory)
            .map_err(|error| CliError::write(&directory.display().to_string(), error)),
        None => print_page(command),
    }
}

fn write_pages(command: Command, directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    clap_mangen::generate_to(command, directory)
}

fn print_page(command: Command) -> Result<(), CliError> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page).expect("a write to memory can't fail");
    write_to_stdout(&page)
}
