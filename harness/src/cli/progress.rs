//! Progress on standard error, for work that takes more than a second.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long work takes before its progress is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the progress is redrawn.
const TICK: Duration = Duration::from_millis(100);

/// A line on a terminal, removed when dropped; nothing if standard error is not a terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    /// Shows the bar once `PATIENCE` has passed; ends when the sender is dropped.
    shower: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts the progress of several things, such as `scenarios`.
    pub(super) fn of_many(length: usize, things: &str) -> Self {
        let template = format!("{{pos}} of {{len}} {things} {{wide_bar}} {{msg}}");
        Self::new(ProgressBar::with_draw_target(
            Some(length as u64),
            ProgressDrawTarget::hidden(),
        ))
        .with_style(&template)
    }

    /// Starts the progress of one thing, described by a message.
    pub(super) fn of_one() -> Self {
        Self::new(ProgressBar::with_draw_target(
            None,
            ProgressDrawTarget::hidden(),
        ))
        .with_style("{spinner} {elapsed} {msg}")
    }

    fn new(bar: ProgressBar) -> Self {
        let (sender, receiver) = mpsc::channel();
        let shown = bar.clone();
        let handle = thread::spawn(move || {
            if receiver.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(TICK);
            }
        });
        Self {
            bar,
            shower: Some((sender, handle)),
        }
    }

    fn with_style(self, template: &str) -> Self {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self
    }

    /// Notes that one more thing is done.
    pub(super) fn step(&self) {
        self.bar.inc(1);
    }

    /// Sets the message that says what is being done.
    pub(super) fn say(&self, message: impl Into<String>) {
        self.bar.set_message(message.into());
    }

    /// Returns a function that sets the message from another thread.
    pub(super) fn sayer(&self) -> impl Fn(String) + Send + Sync + 'static {
        let bar = self.bar.clone();
        move |message| bar.set_message(message)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, handle)) = self.shower.take() {
            drop(sender);
            // The thread does not panic; if it did, nothing would be left to show.
            let _ = handle.join();
        }
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn work_that_is_done_at_once_shows_nothing_and_waits_for_nothing() {
        let begun = Instant::now();
        let progress = Progress::of_many(2, "things");
        progress.step();
        progress.say("the second");
        let bar = progress.bar.clone();
        assert_eq!((bar.position(), bar.message().as_str()), (1, "the second"));
        drop(progress);
        assert!(bar.is_finished() && bar.is_hidden());
        assert!(begun.elapsed() < PATIENCE);
    }
}
