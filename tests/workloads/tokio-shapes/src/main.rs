//! The combinators of tokio and futures: joins, selects, streams, wrappers, spawning, waiting.
//! `--threads 0` runs them on a current-thread runtime, otherwise on two workers.

mod blocking;
mod joins;
mod locks;
mod selects;
mod spans;
mod spawns;
mod streams;
mod traits;
mod wrappers;

use tokio::runtime::{Builder, Runtime};

fn main() {
    workload::watchdog();
    spans::subscribe();
    let threads = workload::argument("--threads", 2.0) as usize;
    let runtime = build(threads);
    while workload::more() {
        runtime.block_on(round());
        spawns::local_set(&runtime);
        if threads > 0 {
            runtime.block_on(blocking::in_place());
        }
    }
    workload::print_truth();
}

fn build(threads: usize) -> Runtime {
    let mut builder = match threads {
        0 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    builder.worker_threads(threads.max(1)).enable_all().build().unwrap()
}

/* Each is a task of its own, but for the last, whose root is this function. */
async fn round() {
    let mut tasks = Vec::new();
    joins::spawn(&mut tasks);
    selects::spawn(&mut tasks);
    streams::spawn(&mut tasks);
    wrappers::spawn(&mut tasks);
    spans::spawn(&mut tasks);
    traits::spawn(&mut tasks);
    locks::spawn(&mut tasks);
    spawns::spawn(&mut tasks);
    blocking::spawn(&mut tasks);
    for task in tasks {
        task.await.unwrap();
    }
    part("tokio_shapes::round;tokio_shapes::part;workload::burn").await;
}

pub type Tasks = Vec<tokio::task::JoinHandle<()>>;

/* What most cases await: two slices under the chain it is told. */
pub async fn part(chain: &'static str) -> u64 {
    let mut x = 0;
    for _ in 0..2 {
        x ^= workload::burn(chain, workload::SLICE);
        workload::pause().await;
    }
    x
}
