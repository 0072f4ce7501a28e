//! The child processes that run now, so that none outlives the harness.
//!
//! Dropping a process kills its group. A signal that ends the harness drops nothing, so every child is
//! registered here, and a program's handler of signals kills them all before it ends.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use process_wrap::std::ChildWrapper;
use tempfile::TempDir;

use crate::parallel::lock;

type Child = Arc<Mutex<Box<dyn ChildWrapper>>>;

/// A child's place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Registered(u64);

struct Running {
    next: u64,
    /// With the folder of each, which is removed after it.
    children: BTreeMap<Registered, (Child, TempDir)>,
    /// Whether no more may start.
    ended: bool,
}

static RUNNING: Mutex<Running> = Mutex::new(Running {
    next: 0,
    children: BTreeMap::new(),
    ended: false,
});

/// Kills the process groups of all adapters, and removes their folders for temporary files; no more
/// can be started. A program that handles signals calls it before it ends, as `peerstate` does.
pub fn end_all() {
    let mut running = running();
    running.ended = true;
    for (_, (child, folder)) in std::mem::take(&mut running.children) {
        kill(&child);
        drop(folder);
    }
}

/// Starts a child and registers it with its folder. [`end_all`] waits meanwhile, so that it misses none.
pub(super) fn start<T>(
    spawn: impl FnOnce() -> io::Result<(Child, TempDir, T)>,
) -> io::Result<(Registered, Child, T)> {
    let mut running = running();
    if running.ended {
        return Err(io::Error::other("the harness ends"));
    }
    let (child, folder, started) = spawn()?;
    running.next += 1;
    let place = Registered(running.next);
    let registered = (Arc::clone(&child), folder);
    running.children.insert(place, registered);
    Ok((place, child, started))
}

/// Takes a child that was killed off the list, and removes its folder.
pub(super) fn forget(place: Registered) {
    let forgotten = running().children.remove(&place);
    drop(forgotten);
}

/// Kills a child and all of its group, and waits until it is gone.
pub(super) fn kill(child: &Child) {
    let mut child = lock(child);
    // A child that has ended may have left others of its group.
    let _ = child.start_kill();
    let _ = child.wait();
}

fn running() -> MutexGuard<'static, Running> {
    lock(&RUNNING)
}
