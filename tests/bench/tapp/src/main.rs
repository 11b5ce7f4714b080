//! A busy tokio program with a fixed amount of work: one worker, sixteen tasks, boxed futures in
//! layers, joins and yields. Its last line says what CPU the process spent, in nanoseconds.
//!
//! `tapp ROUNDS [deep]`: with `deep` everything runs above 256 KiB of stack in use, so that each copy
//! of the stack is as large as the profiler asked for.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;

const TASKS: u64 = 16;

fn scramble(mut x: u64, rounds: u32) -> u64 {
    for _ in 0..rounds {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    x
}

async fn sort(seed: u64) -> u64 {
    let mut values: Vec<u64> = (1..200).map(|i| scramble(seed + i, 3)).collect();
    tokio::task::yield_now().await;
    values.sort_unstable();
    values[values.len() / 2]
}

async fn count(seed: u64) -> u64 {
    let mut seen = HashMap::new();
    for i in 1..100 {
        *seen.entry(scramble(seed + i, 2) % 64).or_insert(0u64) += i;
    }
    tokio::task::yield_now().await;
    seen.values().max().copied().unwrap_or(0)
}

async fn index(seed: u64) -> u64 {
    let mut tree = BTreeMap::new();
    for i in 1..80 {
        tree.insert(scramble(seed + i, 2) % 1000, i);
    }
    tokio::task::yield_now().await;
    tree.range(500..).map(|(k, v)| k ^ v).sum()
}

async fn print(seed: u64) -> u64 {
    let mut text = String::new();
    for i in 0..20 {
        write!(text, "{} {:x};", seed, scramble(seed + i, 2)).unwrap();
    }
    tokio::task::yield_now().await;
    text.bytes().map(u64::from).sum()
}

/// A service behind so many layers, each a boxed future.
fn layered(depth: u32, seed: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        if depth > 0 {
            return layered(depth - 1, seed).await.wrapping_add(1);
        }
        match seed % 4 {
            0 => sort(seed).await,
            1 => count(seed).await,
            2 => index(seed).await,
            _ => print(seed).await,
        }
    })
}

async fn request(id: u64) -> u64 {
    let (a, b) = tokio::join!(layered(8, id | 1), layered(4, id ^ 2));
    let c = layered(2, a ^ b).await;
    scramble(a ^ b ^ c | 1, 2000)
}

async fn connection(id: u64, rounds: u64) -> u64 {
    let mut x = id + 1;
    for _ in 0..rounds {
        x = black_box(request(x).await) | 1;
    }
    x
}

async fn serve(rounds: u64) {
    let tasks: Vec<_> = (0..TASKS).map(|id| tokio::spawn(connection(id, rounds))).collect();
    let mut all = 0;
    for task in tasks {
        all ^= task.await.unwrap();
    }
    println!("result {all:x}");
}

#[inline(never)]
fn under_a_large_frame(runtime: &tokio::runtime::Runtime, rounds: u64) {
    let ballast = black_box([1u8; 256 << 10]);
    runtime.block_on(serve(rounds));
    black_box(&ballast);
}

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

extern "C" {
    fn clock_gettime(clock: i32, time: *mut Timespec) -> i32;
}

fn process_cpu_ns() -> i64 {
    const CLOCK_PROCESS_CPUTIME_ID: i32 = 2;
    let mut time = Timespec { seconds: 0, nanoseconds: 0 };
    unsafe { clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.seconds * 1_000_000_000 + time.nanoseconds
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let rounds = args.get(1).and_then(|n| n.parse().ok()).unwrap_or(1000);
    let deep = args.get(2).is_some_and(|a| a == "deep");
    if deep {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        under_a_large_frame(&runtime, rounds);
    } else {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        runtime.block_on(async move { tokio::spawn(serve(rounds)).await.unwrap() });
    }
    println!("cpu_ns {}", process_cpu_ns());
}
