//! async-executor by itself: executors of the program's own, one inside the other too.

use crate::part;
use smol::{future, Executor, LocalExecutor};
use workload::{burn, SLICE};

pub fn round() {
    shared();
    local();
}

fn shared() {
    let executor = Executor::new();
    let task = executor.spawn(task("runtimes::executors::task;runtimes::part;workload::burn"));
    future::block_on(executor.run(async {
        part("runtimes::executors::shared::{async_block#0};runtimes::part;workload::burn").await;
        task.await
    }));
}

async fn task(chain: &'static str) {
    part(chain).await;
}

/* An executor that is run inside a task of another: its tasks are roots all the same. */
fn local() {
    let outer = LocalExecutor::new();
    let task = outer.spawn(host());
    future::block_on(outer.run(task));
}

async fn host() {
    let inner = LocalExecutor::new();
    let task = inner.spawn(guest());
    let x = burn("runtimes::executors::host;workload::burn", SLICE);
    inner.run(task).await;
    assert_ne!(x, 0);
}

async fn guest() {
    part("runtimes::executors::guest;runtimes::part;workload::burn").await;
}
