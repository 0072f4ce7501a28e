//! Defines `clock_gettime` for the program, in place of that of the C library.
//!
//! # Why there is `unsafe` code here, and why it is sound
//!
//! A definition of `clock_gettime` in the program takes precedence over that of the C library, for
//! the standard library and for everything else in the program. There is no safe way to define it:
//! naming a symbol is unsafe, because all its callers rely on it to do what the C library's
//! function does. It does:
//!
//! - For every clock except `CLOCK_REALTIME`, and if no [`crate::WallClock`] is active, it makes
//!   the system call of that name with the unchanged arguments, so results and `errno` are the
//!   kernel's.
//! - Otherwise it writes one `timespec` to the caller's pointer, which POSIX requires to be valid;
//!   it passes a null pointer to the kernel, which refuses it.
//! - It does not allocate, takes no lock and never unwinds: it reads the followed clock under
//!   `catch_unwind`.
//!
//! [`crate::WallClock::new`] checks whether `SystemTime::now` calls this function.
#![expect(unsafe_code, reason = "argued above")]

use libc::{CLOCK_REALTIME, SYS_clock_gettime, c_int, clockid_t, timespec};

/// `clock_gettime` of POSIX, whose `CLOCK_REALTIME` is that of an active [`crate::WallClock`].
///
/// # Safety
///
/// `time` must be valid for a write, as POSIX requires, or null.
// SAFETY: the symbol does what its name promises (above), and no other crate here defines it.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: clockid_t, time: *mut timespec) -> c_int {
    if clock == CLOCK_REALTIME
        && !time.is_null()
        && let Some(now) = crate::read()
        && let Ok(seconds) = now.as_secs().try_into()
    {
        let read = timespec {
            tv_sec: seconds,
            tv_nsec: now.subsec_nanos().into(),
        };
        // SAFETY: the caller guarantees that a pointer that is not null is valid.
        unsafe { time.write(read) };
        return 0;
    }
    // SAFETY: the arguments are those of the system call with this name, unchanged.
    let status = unsafe { libc::syscall(SYS_clock_gettime, clock, time) };
    // The result is 0 or -1.
    if status == 0 { 0 } else { -1 }
}
