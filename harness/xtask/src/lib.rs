//! The generated files that are checked in: the pages under `docs/` that follow from the model, and
//! the JSON Schemas.
//!
//! `cargo xtask update` writes them, `cargo xtask check` compares them.

mod pages;

use std::path::{Path, PathBuf};
use std::{fs, io};

use peerstate::schemas;

/// A generated file.
#[derive(Debug, Clone, Copy)]
pub struct Generated {
    /// Its path below the root of the repository.
    pub path: &'static str,
    /// Returns its text.
    pub make: fn() -> String,
}

/// Every generated file.
pub const GENERATED: &[Generated] = &[
    Generated {
        path: "docs/rules.md",
        make: pages::rules::page,
    },
    Generated {
        path: "docs/lint.md",
        make: pages::lint::page,
    },
    Generated {
        path: "docs/findings.md",
        make: pages::findings::page,
    },
    Generated {
        path: "docs/mutants.md",
        make: pages::mutants::page,
    },
    Generated {
        path: "docs/policies.md",
        make: pages::policies::page,
    },
    Generated {
        path: "harness/schemas/scenario.json",
        make: || schema(&schemas::scenario()),
    },
    Generated {
        path: "harness/schemas/trace.json",
        make: || schema(&schemas::trace()),
    },
    Generated {
        path: "harness/schemas/adapter.json",
        make: || schema(&schemas::adapter()),
    },
    Generated {
        path: "harness/schemas/edition.json",
        make: || schema(&schemas::edition()),
    },
    Generated {
        path: "harness/schemas/report.json",
        make: || schema(&schemas::report()),
    },
    Generated {
        path: "harness/schemas/known.json",
        make: || schema(&schemas::known()),
    },
];

/// A file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{} can not be written: {source}", path.display())]
pub struct NotWritten {
    path: PathBuf,
    source: io::Error,
}

impl Generated {
    /// Returns whether the checked-in file differs from the generated text. A missing file is
    /// stale.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        fs::read_to_string(self.file()).ok() != Some((self.make)())
    }

    /// Writes the file.
    ///
    /// # Errors
    ///
    /// If it can not be written.
    pub fn write(&self) -> Result<(), NotWritten> {
        let path = self.file();
        fs::write(&path, (self.make)()).map_err(|source| NotWritten { path, source })
    }

    fn file(&self) -> PathBuf {
        root().join(self.path)
    }
}

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn schema(schema: &peerstate::schemas::Value) -> String {
    schemas::text(schema) + "\n"
}
