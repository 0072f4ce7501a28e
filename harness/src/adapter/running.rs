//! The child processes that run now, so that none outlives the harness.
//!
//! Dropping a process kills its group. An interrupt (Ctrl-C, or a request to terminate) drops
//! nothing, so the harness registers every child here and kills them all before it ends.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Once};

use process_wrap::std::ChildWrapper;
use tempfile::TempDir;

use crate::parallel::lock;

type Child = Arc<Mutex<Box<dyn ChildWrapper>>>;

/// A child's place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Registered(u64);

#[derive(Default)]
struct Running {
    next: u64,
    /// With the folder of each, which is removed after it.
    children: BTreeMap<Registered, (Child, TempDir)>,
}

static RUNNING: Mutex<Option<Running>> = Mutex::new(None);

/// The exit status of a program that was interrupted, as shells give it.
const INTERRUPTED: i32 = 130;

/// Starts a child and registers it with its folder. Interrupts are handled before the first child
/// starts, and wait while one does, so that none can be missed.
pub(super) fn start<T>(
    spawn: impl FnOnce() -> std::io::Result<(Child, TempDir, T)>,
) -> std::io::Result<(Registered, Child, T)> {
    static HANDLER: Once = Once::new();
    HANDLER.call_once(|| {
        // A program that embeds the library may have a handler; then interrupts are its own.
        let _ = ctrlc::try_set_handler(|| {
            kill_all();
            std::process::exit(INTERRUPTED);
        });
    });
    with(|running| {
        let (child, folder, started) = spawn()?;
        running.next += 1;
        let place = Registered(running.next);
        let registered = (Arc::clone(&child), folder);
        running.children.insert(place, registered);
        Ok((place, child, started))
    })
}

/// Takes a child that was killed off the list, and removes its folder.
pub(super) fn forget(place: Registered) {
    let forgotten = with(|running| running.children.remove(&place));
    drop(forgotten);
}

/// Kills a child and all of its group, and waits until it is gone.
pub(super) fn kill(child: &Child) {
    let mut child = lock(child);
    // A child that has ended may have left others of its group.
    let _ = child.start_kill();
    let _ = child.wait();
}

fn kill_all() {
    let children = with(|running| std::mem::take(&mut running.children));
    for (child, _) in children.values() {
        kill(child);
    }
}

fn with<T>(change: impl FnOnce(&mut Running) -> T) -> T {
    change(lock(&RUNNING).get_or_insert_default())
}
