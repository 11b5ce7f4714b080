//! The smallest async program worth profiling: a home-made executor, and `example` awaiting
//! `sy1` and `sy2` in turn, where sy1 burns twice the CPU that sy2 burns.
//!
//! At the end it prints what it knows from the thread CPU clock, a line a chain:
//! `truth ROOT;...;LEAF NANOSECONDS`. Usage: `minimal [--seconds CPU_SECONDS]`, default 2.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

const SLICE: u64 = 400_000; /* nanoseconds of CPU between two suspensions */

struct Chain {
    name: &'static str,
    spent: AtomicU64, /* nanoseconds */
}

static SY1: Chain = Chain {
    name: "minimal::example;minimal::sy1;minimal::burn",
    spent: AtomicU64::new(0),
};
static SY2: Chain = Chain {
    name: "minimal::example;minimal::sy2;minimal::burn",
    spent: AtomicU64::new(0),
};

async fn example(budget: u64) {
    while SY1.spent.load(Relaxed) + SY2.spent.load(Relaxed) < budget {
        sy1().await;
        sy2().await;
    }
}

async fn sy1() {
    for _ in 0..4 {
        burn(&SY1, SLICE);
        Yield(false).await;
    }
}

async fn sy2() {
    for _ in 0..2 {
        burn(&SY2, SLICE);
        Yield(false).await;
    }
}

/* Spends `ns` of CPU and books it, itself included, on the chain its caller says it is in. */
#[inline(never)]
fn burn(chain: &Chain, ns: u64) {
    let start = thread_cpu_ns();
    let mut x = start | 1;
    while thread_cpu_ns() - start < ns {
        for _ in 0..10_000 {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
        x = unsafe { std::ptr::read_volatile(&x) }; /* the optimiser may not know it unused */
    }
    chain.spent.fetch_add(thread_cpu_ns() - start, Relaxed);
}

/* Suspends once. */
struct Yield(bool);

impl Future for Yield {
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

/* Polls its tasks in a ring until all are done; there is nothing to sleep for. */
struct Executor {
    tasks: VecDeque<Pin<Box<dyn Future<Output = ()>>>>,
}

impl Executor {
    fn spawn(&mut self, task: impl Future<Output = ()> + 'static) {
        self.tasks.push_back(Box::pin(task));
    }

    fn run(&mut self) {
        let waker = unsafe { Waker::from_raw(raw_waker()) };
        let mut cx = Context::from_waker(&waker);
        while let Some(mut task) = self.tasks.pop_front() {
            if task.as_mut().poll(&mut cx).is_pending() {
                self.tasks.push_back(task);
            }
        }
    }
}

fn raw_waker() -> RawWaker {
    static VTABLE: RawWakerVTable = RawWakerVTable::new(|_| raw_waker(), |_| {}, |_| {}, |_| {});
    RawWaker::new(std::ptr::null(), &VTABLE)
}

#[repr(C)]
struct Timespec {
    sec: i64,
    nsec: i64,
}

extern "C" {
    fn clock_gettime(clock: i32, time: *mut Timespec) -> i32;
}

fn thread_cpu_ns() -> u64 {
    const CLOCK_THREAD_CPUTIME_ID: i32 = 3;
    let mut time = Timespec { sec: 0, nsec: 0 };
    unsafe { clock_gettime(CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.sec as u64 * 1_000_000_000 + time.nsec as u64
}

fn seconds() -> f64 {
    let args: Vec<String> = std::env::args().collect();
    let given = args.iter().position(|a| a == "--seconds").and_then(|i| args.get(i + 1));
    given.map_or(2.0, |s| s.parse().expect("--seconds takes a number"))
}

fn main() {
    let mut executor = Executor { tasks: VecDeque::new() };
    executor.spawn(example((seconds() * 1e9) as u64));
    executor.run();
    for chain in [&SY1, &SY2] {
        println!("truth {} {}", chain.name, chain.spent.load(Relaxed));
    }
}
