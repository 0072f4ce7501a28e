//! The command line `peerstate`.

fn main() {}
