//! Reading what may be endless: a file of a stranger, a pipe, a device.

use std::io::{self, Read};

/// What is read of something that may hold `longest` bytes: all of it, or one byte more than that,
/// which tells that it is too long.
pub(crate) fn read(from: impl Read, longest: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(longest + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
