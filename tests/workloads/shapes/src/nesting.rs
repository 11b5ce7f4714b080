//! async fns that await async fns: one body under several parents, awaited several times in one
//! body, sync code below the innermost, and recursion through a box.

use crate::executor::Executor;
use std::future::Future;
use std::pin::Pin;
use workload::{burn, pause, SLICE};

pub fn spawn(executor: &mut Executor) {
    executor.spawn(top());
    executor.spawn(other());
    executor.spawn(descend());
}

async fn top() {
    burn("shapes::nesting::top;workload::burn", SLICE);
    pause().await;
    middle().await;
    leaf("shapes::nesting::top;shapes::nesting::leaf;workload::burn").await;
    middle().await;
}

async fn other() {
    leaf("shapes::nesting::other;shapes::nesting::leaf;workload::burn").await;
    decode().await;
}

async fn middle() {
    leaf("shapes::nesting::top;shapes::nesting::middle;shapes::nesting::leaf;workload::burn").await;
    burn("shapes::nesting::top;shapes::nesting::middle;workload::burn", SLICE);
}

async fn leaf(chain: &'static str) {
    for _ in 0..2 {
        burn(chain, SLICE);
        pause().await;
    }
}

async fn decode() {
    let word = parse(3);
    pause().await;
    drop(Box::new(word));
}

/* Sync helpers below an async leaf: one that is always a call, one that may be inlined. */
#[inline(never)]
fn parse(x: u64) -> u64 {
    let sum = checksum(x);
    sum ^ burn("shapes::nesting::other;shapes::nesting::decode;shapes::nesting::parse;workload::burn", SLICE)
}

fn checksum(x: u64) -> u64 {
    burn(
        "shapes::nesting::other;shapes::nesting::decode;shapes::nesting::parse;\
         shapes::nesting::checksum;workload::burn",
        SLICE,
    ) ^ x
}

async fn descend() {
    count_down(3).await;
    factor(2).await;
}

/* Recursion through a box of an async block. */
fn count_down(n: usize) -> Pin<Box<dyn Future<Output = u64>>> {
    Box::pin(async move {
        let own = burn(COUNT_DOWN[n], SLICE);
        pause().await;
        match n {
            0 => own,
            _ => count_down(n - 1).await ^ own,
        }
    })
}

const COUNT_DOWN: [&str; 4] = [
    "shapes::nesting::descend;shapes::nesting::count_down::{async_block#0};\
     shapes::nesting::count_down::{async_block#0};shapes::nesting::count_down::{async_block#0};\
     shapes::nesting::count_down::{async_block#0};workload::burn",
    "shapes::nesting::descend;shapes::nesting::count_down::{async_block#0};\
     shapes::nesting::count_down::{async_block#0};shapes::nesting::count_down::{async_block#0};\
     workload::burn",
    "shapes::nesting::descend;shapes::nesting::count_down::{async_block#0};\
     shapes::nesting::count_down::{async_block#0};workload::burn",
    "shapes::nesting::descend;shapes::nesting::count_down::{async_block#0};workload::burn",
];

/* Recursion of an async fn through a function that boxes it. */
async fn factor(n: usize) -> u64 {
    let own = burn(FACTOR[n], SLICE);
    pause().await;
    match n {
        0 => own,
        _ => boxed_factor(n - 1).await ^ own,
    }
}

fn boxed_factor(n: usize) -> Pin<Box<dyn Future<Output = u64>>> {
    Box::pin(factor(n))
}

const FACTOR: [&str; 3] = [
    "shapes::nesting::descend;shapes::nesting::factor;shapes::nesting::factor;\
     shapes::nesting::factor;workload::burn",
    "shapes::nesting::descend;shapes::nesting::factor;shapes::nesting::factor;workload::burn",
    "shapes::nesting::descend;shapes::nesting::factor;workload::burn",
];
