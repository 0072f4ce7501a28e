//! Progress on standard error, for work that takes more than a second.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long work takes before its progress is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often what is shown is drawn anew.
const TICK: Duration = Duration::from_millis(100);

/// A line on a terminal; nothing where standard error is none. It goes when it is dropped.
pub(super) struct Progress {
    bar: ProgressBar,
    /// Shows the bar once patience is at an end; ends when the sender goes.
    shower: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// So many things, one after the other, such as `scenarios`.
    pub(super) fn of_many(length: usize, things: &str) -> Self {
        let template = format!("{{pos}} of {{len}} {things} {{wide_bar}} {{msg}}");
        Self::new(ProgressBar::with_draw_target(
            Some(length as u64),
            ProgressDrawTarget::hidden(),
        ))
        .with_style(&template)
    }

    /// One thing, of which a message says how far it is.
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

    /// One more of the things is done.
    pub(super) fn step(&self) {
        self.bar.inc(1);
    }

    /// What is being done now.
    pub(super) fn say(&self, message: impl Into<String>) {
        self.bar.set_message(message.into());
    }

    /// Says on another thread what is being done.
    pub(super) fn sayer(&self) -> impl Fn(String) + Send + Sync + 'static {
        let bar = self.bar.clone();
        move |message| bar.set_message(message)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, handle)) = self.shower.take() {
            drop(sender);
            // It does not panic, and if it did, nothing would be left to show.
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
