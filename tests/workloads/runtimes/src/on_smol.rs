//! smol: its global executor, block_on, and blocking threads.

use crate::part;
use workload::{burn, pause, SLICE};

pub fn round() {
    smol::block_on(async {
        let task = smol::spawn(task());
        part("runtimes::on_smol::round::{async_block#0};runtimes::part;workload::burn").await;
        task.await;
        raced().await;
        let crunched = smol::unblock(|| crunch() | 1).await;
        assert_ne!(crunched, 0);
    });
}

async fn task() {
    part("runtimes::on_smol::task;runtimes::part;workload::burn").await;
    let boxed: std::pin::Pin<Box<dyn std::future::Future<Output = ()> + Send>> = Box::pin(inner());
    smol::spawn(boxed).await;
}

/* A task whose future was boxed before it was spawned. */
async fn inner() {
    pause().await;
    burn("runtimes::on_smol::inner;workload::burn", SLICE);
}

async fn raced() {
    let chain = "runtimes::on_smol::round::{async_block#0};runtimes::on_smol::raced;runtimes::part;workload::burn";
    let x = smol::future::or(part(chain), smol::future::pending()).await;
    assert_ne!(x, 0);
    smol::future::zip(part(chain), pause()).await;
}

fn crunch() -> u64 {
    burn("runtimes::on_smol::round::{async_block#0}::{closure#0};runtimes::on_smol::crunch;workload::burn", SLICE) | 2
}
