//! async-std: its block_on, spawned tasks, blocking threads, locks and timeouts.

use crate::part;
use async_std::sync::{Arc, Mutex};
use async_std::task;
use std::time::Duration;
use workload::{burn, SLICE};

pub fn round() {
    task::block_on(root());
}

async fn root() {
    let lock = Arc::new(Mutex::new(0));
    let tasks = [task::spawn(locked(lock.clone())), task::spawn(locked(lock))];
    let named = task::Builder::new().name("named".into()).spawn(named()).unwrap();
    part("runtimes::on_async_std::root;runtimes::part;workload::burn").await;
    for task in tasks {
        task.await;
    }
    named.await;
    offload().await;
}

async fn locked(lock: Arc<Mutex<u64>>) {
    let mut value = lock.lock().await;
    *value ^= part("runtimes::on_async_std::locked;runtimes::part;workload::burn").await;
}

async fn named() {
    let work = part("runtimes::on_async_std::named;runtimes::part;workload::burn");
    let x = async_std::future::timeout(Duration::from_secs(600), work).await.unwrap();
    assert_ne!(x ^ burn("runtimes::on_async_std::named;workload::burn", SLICE), 0);
}

async fn offload() {
    let crunched = task::spawn_blocking(|| crunch() | 1).await;
    assert_ne!(crunched, 0);
}

fn crunch() -> u64 {
    burn("runtimes::on_async_std::offload::{closure#0};runtimes::on_async_std::crunch;workload::burn", SLICE) | 2
}
