//! What the workloads share: CPU is burnt in one function, booked on the chain that the caller
//! claims to be in, and printed at the end as the program's own truth.
//!
//! A chain is written by hand at the call site, spelled as ../README.md says, and never derived
//! from debug information: it is what aprof is judged by.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// CPU between two suspensions, in nanoseconds: many polls a second, few clock readings a poll.
pub const SLICE: u64 = 400_000;

static TABLE: Mutex<Vec<(&'static str, u64)>> = Mutex::new(Vec::new()); // chain, nanoseconds
static SPENT: AtomicU64 = AtomicU64::new(0); // all chains together, nanoseconds

/// Spends `ns` nanoseconds of this thread's CPU and books them, bookkeeping included, on `chain`.
///
/// Returns something that depends on the work. A caller with nothing left to do would jump here
/// instead of calling, and a jump leaves no frame: callers that are themselves a link of the
/// chain have to use the value after the call.
#[inline(never)]
pub fn burn(chain: &'static str, ns: u64) -> u64 {
    let start = thread_cpu_ns();
    let mut x = start | 1;
    while thread_cpu_ns() - start < ns {
        for _ in 0..10_000 {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
        x = unsafe { std::ptr::read_volatile(&x) }; // the optimiser may not know it unused
    }

    let mut table = TABLE.lock().unwrap();
    let row = match table.iter().position(|(name, _)| *name == chain) {
        Some(row) => row,
        None => {
            table.push((chain, 0));
            table.len() - 1
        }
    };
    let spent = thread_cpu_ns() - start;
    table[row].1 += spent;
    SPENT.fetch_add(spent, Relaxed);
    x
}

/// Suspends once, on any runtime.
pub fn pause() -> Pause {
    Pause(false)
}

pub struct Pause(bool);

impl Future for Pause {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Says whether the `--seconds` of CPU (2 by default) are not yet spent.
pub fn more() -> bool {
    SPENT.load(Relaxed) < budget()
}

fn budget() -> u64 {
    static BUDGET: AtomicU64 = AtomicU64::new(0);
    if BUDGET.load(Relaxed) == 0 {
        BUDGET.store((argument("--seconds", 2.0) * 1e9) as u64, Relaxed);
    }
    BUDGET.load(Relaxed)
}

/// The number that follows `name` on the command line.
pub fn argument(name: &str, default: f64) -> f64 {
    let args: Vec<String> = std::env::args().collect();
    let given = args.iter().position(|a| a == name).and_then(|i| args.get(i + 1));
    given.map_or(default, |s| s.parse().unwrap_or_else(|_| panic!("{name} takes a number")))
}

/// Prints `truth CHAIN NANOSECONDS`, sorted by chain.
pub fn print_truth() {
    let mut table = TABLE.lock().unwrap();
    table.sort();
    for (chain, ns) in table.iter() {
        println!("truth {chain} {ns}");
    }
}

/// Names the calling thread, as tools see it.
pub fn name_thread(name: &str) {
    const PR_SET_NAME: i32 = 15;
    let name = std::ffi::CString::new(name).unwrap();
    unsafe { prctl(PR_SET_NAME, name.as_ptr() as usize, 0, 0, 0) };
}

/// Ends a program that should have ended long ago by itself, so that a hung test is a failed one.
pub fn watchdog() {
    let limit = Duration::from_secs_f64(60.0 + 20.0 * argument("--seconds", 2.0));
    let start = Instant::now();
    std::thread::spawn(move || {
        while start.elapsed() < limit {
            std::thread::sleep(Duration::from_secs(1));
        }
        eprintln!("workload: not done after {limit:?}");
        std::process::abort();
    });
}

#[repr(C)]
struct Timespec {
    sec: i64,
    nsec: i64,
}

extern "C" {
    fn prctl(option: i32, name: usize, a: usize, b: usize, c: usize) -> i32;
    fn clock_gettime(clock: i32, time: *mut Timespec) -> i32;
}

fn thread_cpu_ns() -> u64 {
    const CLOCK_THREAD_CPUTIME_ID: i32 = 3;
    let mut time = Timespec { sec: 0, nsec: 0 };
    unsafe { clock_gettime(CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.sec as u64 * 1_000_000_000 + time.nsec as u64
}
