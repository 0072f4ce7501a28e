//! That the shim is there in a program that links this crate as a library.

use std::time::{Duration, SystemTime};

use peerstate_clock::{START, Unsupported, WallClock};

#[test]
fn the_shim_is_linked_where_it_is_supported() {
    let supported = cfg!(all(target_os = "linux", target_pointer_width = "64"));
    match WallClock::new(|| Duration::from_secs(9)) {
        Ok(clock) => {
            let since_1970 = clock
                .during(SystemTime::now)
                .duration_since(SystemTime::UNIX_EPOCH);
            assert_eq!(
                since_1970.map(|read| read.as_secs()).ok(),
                Some(START.as_secs() + 9)
            );
            assert!(supported);
        }
        Err(Unsupported) => assert!(!supported),
    }
}
