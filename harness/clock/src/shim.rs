//! The `clock_gettime` of the program, in the place of the one of the C library.
//!
//! # Why there is `unsafe` here, and why it is sound
//!
//! A definition of `clock_gettime` in the program comes before the one of the C library, for the
//! standard library and for everything else that is linked into it. There is no safe way to say
//! that: naming a symbol is unsafe, since all that call it trust that it does what the C library's
//! does. It does:
//!
//! - For every clock but `CLOCK_REALTIME`, and where no [`crate::WallClock`] is read, it is the system
//!   call of that name with the arguments as they came, so that results and `errno` are the kernel's.
//! - For the rest it writes one `timespec` to where the caller points, which POSIX asks of the caller
//!   to be valid; a null pointer goes to the kernel, which refuses it.
//! - It allocates nothing, takes no lock and never unwinds: the clock that is followed is read under
//!   `catch_unwind`.
//!
//! [`crate::WallClock::new`] finds out whether it is this function that `SystemTime::now` calls.
#![expect(unsafe_code, reason = "argued above")]

use libc::{CLOCK_REALTIME, SYS_clock_gettime, c_int, clockid_t, timespec};

/// `clock_gettime` of POSIX, whose `CLOCK_REALTIME` is that of [`crate::WallClock`] where there is one.
///
/// # Safety
///
/// `time` must be valid for a write, as POSIX demands, or null.
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
        // SAFETY: the caller vouches for a pointer that is not null.
        unsafe { time.write(read) };
        return 0;
    }
    // SAFETY: the arguments are those that the system call of this name takes, as they came.
    let status = unsafe { libc::syscall(SYS_clock_gettime, clock, time) };
    // 0 or -1.
    if status == 0 { 0 } else { -1 }
}
