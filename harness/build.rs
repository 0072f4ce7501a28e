//! Rebuilds when a scenario is added, changed or removed: they are compiled in.

fn main() {
    println!("cargo:rerun-if-changed=scenarios");
}
