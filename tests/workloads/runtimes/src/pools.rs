//! The executors of the futures crate: block_on, LocalPool, ThreadPool.

use crate::part;
use futures::executor::{block_on, LocalPool, ThreadPool};
use futures::task::{LocalSpawnExt, SpawnExt};
use workload::{burn, pause, SLICE};

pub struct Pools {
    threads: ThreadPool,
}

impl Pools {
    pub fn new() -> Pools {
        Pools { threads: ThreadPool::builder().pool_size(2).create().unwrap() }
    }

    pub fn round(&mut self) {
        self.on_threads();
        on_this_thread();
    }

    fn on_threads(&self) {
        self.threads.spawn_ok(async {
            burn("runtimes::pools::Pools::on_threads::{async_block#0};workload::burn", SLICE);
            pause().await;
        });
        let handle = self.threads.spawn_with_handle(remote()).unwrap();
        block_on(waiter(handle));
    }
}

async fn remote() -> u64 {
    part("runtimes::pools::remote;runtimes::part;workload::burn").await
}

async fn waiter(handle: futures::future::RemoteHandle<u64>) {
    assert_ne!(handle.await, 0);
    part("runtimes::pools::waiter;runtimes::part;workload::burn").await;
}

fn on_this_thread() {
    let mut pool = LocalPool::new();
    let spawner = pool.spawner();
    spawner.spawn_local(spawned()).unwrap();
    let handle = spawner.spawn_local_with_handle(spawned()).unwrap();
    pool.run_until(until(handle));
    pool.run();
}

async fn spawned() {
    part("runtimes::pools::spawned;runtimes::part;workload::burn").await;
}

async fn until(handle: futures::future::RemoteHandle<()>) {
    burn("runtimes::pools::until;workload::burn", SLICE);
    handle.await;
}
