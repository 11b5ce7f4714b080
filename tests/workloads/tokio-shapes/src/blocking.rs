//! Sync code on its own threads, and executors inside async bodies: a nested `block_on` continues
//! the chain of the body that called it.

use crate::{part, Tasks};
use workload::{burn, SLICE};

pub fn spawn(tasks: &mut Tasks) {
    tasks.push(tokio::spawn(offload()));
    tasks.push(tokio::spawn(nested()));
}

async fn offload() {
    let x = burn("tokio_shapes::blocking::offload;workload::burn", SLICE);
    let task = tokio::task::spawn_blocking(move || crunch(x) | 1);
    assert_ne!(task.await.unwrap(), 0);
}

/* The closure is the root. */
fn crunch(x: u64) -> u64 {
    x ^ burn("tokio_shapes::blocking::offload::{closure#0};tokio_shapes::blocking::crunch;workload::burn", SLICE)
}

async fn nested() {
    let x = futures::executor::block_on(part("tokio_shapes::blocking::nested;tokio_shapes::part;workload::burn"));
    assert_ne!(helper() ^ x, 0);
}

fn helper() -> u64 {
    let chain = "tokio_shapes::blocking::nested;tokio_shapes::blocking::helper;\
                 tokio_shapes::blocking::helper::{async_block#0};tokio_shapes::part;workload::burn";
    futures::executor::block_on(async { part(chain).await ^ 1 }) ^ 2
}

/* tokio's own block_on inside a task, on a multi-thread runtime only. */
pub async fn in_place() {
    tokio::spawn(waits()).await.unwrap();
}

async fn waits() {
    let chain = "tokio_shapes::blocking::waits;tokio_shapes::blocking::waits::{closure#0};\
                 tokio_shapes::part;workload::burn";
    let x = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(part(chain)) | 1);
    assert_ne!(x, 0);
}
