//! Signals that end the program: Ctrl-C, `kill`, a terminal that closes.
//!
//! A signal that the program was started to ignore, as by `nohup`, is still ignored. On Windows, Ctrl-C
//! reaches every process of a console, so nothing is done here.

use std::io;
use std::sync::mpsc::{self, Receiver};

/// Calls `first` when a signal is to end the program, and then lets it.
///
/// # Errors
///
/// When the signals can not be handled.
pub(super) fn before_the_end(first: impl Fn() + Send + 'static) -> io::Result<()> {
    on_signal(move |signal| {
        first();
        end_by(signal);
    })
}

/// Returns where each signal is received that would end the program, which then does not.
///
/// # Errors
///
/// When the signals can not be handled.
pub(super) fn requests_to_end() -> io::Result<Receiver<()>> {
    let (requested, requests) = mpsc::channel();
    on_signal(move |_| {
        // Nothing receives it once the program ends anyway.
        let _ = requested.send(());
    })?;
    Ok(requests)
}

#[cfg(unix)]
fn on_signal(act: impl Fn(i32) + Send + 'static) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    let ignored = ignored()?;
    let is_ignored = |signal: i32| ignored >> (signal - 1) & 1 == 1;
    let handled = [SIGINT, SIGTERM, SIGHUP]
        .into_iter()
        .filter(|signal| !is_ignored(*signal));
    let mut signals = signal_hook::iterator::Signals::new(handled)?;
    std::thread::spawn(move || signals.forever().for_each(act));
    Ok(())
}

/// The signals that this process ignores: a bit for each, that of signal 1 first.
#[cfg(target_os = "linux")]
fn ignored() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.ok_or_else(|| io::Error::other("/proc/self/status has no SigIgn"))
}

/// Where the system does not say which, SIGHUP may be ignored: it is the signal of `nohup`.
#[cfg(all(unix, not(target_os = "linux")))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "it can fail where the system says which"
)]
fn ignored() -> io::Result<u64> {
    Ok(1 << (signal_hook::consts::SIGHUP - 1))
}

#[cfg(unix)]
fn end_by(signal: i32) {
    // It only fails for signals that are not known, and does not return otherwise.
    let _ = signal_hook::low_level::emulate_default_handler(signal);
}

#[cfg(not(unix))]
fn on_signal(_: impl Fn(i32) + Send + 'static) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn end_by(_: i32) {}
