//! `peerstate report`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use peerstate_model::input::names::printable;

use super::{CliError, Exit, terminal};
use crate::input;
use crate::report::matrix::badge::{self, Badge};
use crate::report::matrix::diff::ResultsDiff;
use crate::report::matrix::{Matrix, diff, html, json, markdown, read};

/// Shows the results of several runs as a matrix: implementations by rules and by scenarios.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Example: peerstate run --impl str0m --out results/str0m; peerstate report results \
                  --format html > matrix.html"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<ReportVerb>,
    /// Folders that `run --out` wrote, folders of them, or files that `run --format json` wrote;
    /// shards of one run become one.
    #[arg(required = true, value_name = "DIR")]
    results: Vec<PathBuf>,
    /// The format of the report.
    #[arg(long, value_enum, default_value = "markdown")]
    format: MatrixFormat,
    /// The title of the page.
    #[arg(long, default_value = "Conformance of connectionState")]
    title: String,
    /// Write a badge for each implementation to this folder, as shields.io reads it.
    #[arg(long, value_name = "DIR")]
    badges: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum ReportVerb {
    Diff(DiffArgs),
}

/// Shows what changed between two sets of results; status 1 if something got worse.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: peerstate report diff results-of-main/ results/")]
struct DiffArgs {
    /// The old results: a folder or a file.
    old: PathBuf,
    /// The new results.
    new: PathBuf,
    /// The format of the report.
    #[arg(long, value_enum, default_value = "human")]
    format: DiffFormat,
}

/// The formats of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MatrixFormat {
    /// Markdown for a summary or an issue.
    Markdown,
    /// One self-contained HTML page.
    Html,
    /// JSON for machines.
    Json,
}

/// The formats of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// Text for people.
    Human,
    /// Markdown for a comment.
    Markdown,
    /// JSON for machines.
    Json,
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, CliError> {
    if let Some(ReportVerb::Diff(args)) = &args.verb {
        return compare(args, out);
    }
    let has_traces = args.format == MatrixFormat::Html;
    let matrix = Matrix::of(read::read(&args.results, has_traces)?);
    if let Some(folder) = &args.badges {
        write_badges(folder, &matrix)?;
    }
    match args.format {
        MatrixFormat::Markdown => write!(out, "{}", markdown::page(&matrix))?,
        MatrixFormat::Html => writeln!(out, "{}", html::page(&matrix, &args.title))?,
        MatrixFormat::Json => json::write(out, &matrix)?,
    }
    Ok(Exit::Fine)
}

fn write_badges(folder: &Path, matrix: &Matrix) -> Result<(), CliError> {
    let failed = |path: &Path, error: &std::io::Error| {
        let (path, reason) = (printable(&path.to_string_lossy()), input::reason(error));
        CliError::Usage(format!("--badges {path}: it can not be written: {reason}"))
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    for column in &matrix.columns {
        let path = folder.join(badge::file_name(column));
        let text = Badge::of(&column.results).text();
        fs::write(&path, text).map_err(|error| failed(&path, &error))?;
    }
    Ok(())
}

fn compare(args: &DiffArgs, out: &mut impl Write) -> Result<Exit, CliError> {
    let read = |path: &PathBuf| read::read(std::slice::from_ref(path), false);
    let (old, new) = (read(&args.old)?, read(&args.new)?);
    let (old_name, new_name) = (input::shown(&args.old), input::shown(&args.new));
    let diff = ResultsDiff::of((&old_name, &old), (&new_name, &new));
    let diff = diff.map_err(|error| CliError::Usage(printable(&error.to_string())))?;
    match args.format {
        DiffFormat::Human => diff::human::write(out, &diff, terminal::width())?,
        DiffFormat::Markdown => write!(out, "{}", diff::markdown::page(&diff))?,
        DiffFormat::Json => diff::json::write(out, &diff)?,
    }
    Ok(Exit::of(!diff.is_worse()))
}
