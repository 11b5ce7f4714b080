//! async blocks, in async and in plain functions, nested, and returned by closures; and ordinary
//! closures, which are sync code wherever they stand.

use crate::executor::Executor;
use std::future::Future;
use workload::{burn, pause, SLICE};

pub fn spawn(executor: &mut Executor) {
    executor.spawn(two_blocks());
    executor.spawn(plain_function());
    executor.spawn(nested());
    executor.spawn(closure_inside());
    executor.spawn(closure_of_block());
    executor.spawn(mixed());
    executor.spawn(called_back());
}

async fn two_blocks() {
    let first = async {
        burn("shapes::blocks::two_blocks;shapes::blocks::two_blocks::{async_block#0};workload::burn", SLICE);
        pause().await;
    };
    let second = async {
        burn("shapes::blocks::two_blocks;shapes::blocks::two_blocks::{async_block#1};workload::burn", SLICE);
        pause().await;
    };
    second.await;
    first.await;
}

/* The root of this task is a block, which is named after the function it stands in. */
fn plain_function() -> impl Future<Output = ()> {
    async {
        pause().await;
        burn("shapes::blocks::plain_function::{async_block#0};workload::burn", SLICE);
        step("shapes::blocks::plain_function::{async_block#0};shapes::blocks::step;workload::burn").await;
    }
}

async fn step(chain: &'static str) {
    burn(chain, SLICE);
    pause().await;
}

async fn nested() {
    async {
        async {
            pause().await;
            burn(
                "shapes::blocks::nested;shapes::blocks::nested::{async_block#0};\
                 shapes::blocks::nested::{async_block#0}::{async_block#0};workload::burn",
                SLICE,
            );
        }
        .await;
        burn("shapes::blocks::nested;shapes::blocks::nested::{async_block#0};workload::burn", SLICE);
    }
    .await
}

async fn closure_inside() {
    let double = |x: u64| x ^ burn("shapes::blocks::closure_inside;shapes::blocks::closure_inside::{closure#0};workload::burn", SLICE);
    let mut x = double(1);
    pause().await;
    x ^= double(x);
    pause().await;
    let triple = |x: u64| {
        let inner = |y: u64| {
            y ^ burn(
                "shapes::blocks::closure_inside;shapes::blocks::closure_inside::{closure#1};\
                 shapes::blocks::closure_inside::{closure#1}::{closure#0};workload::burn",
                SLICE,
            )
        };
        inner(x) ^ x
    };
    drop(Box::new(triple(x)));
}

async fn closure_of_block() {
    let make = |n: u64| async move {
        for _ in 0..n {
            burn(
                "shapes::blocks::closure_of_block;\
                 shapes::blocks::closure_of_block::{closure#0}::{async_block#0};workload::burn",
                SLICE,
            );
            pause().await;
        }
    };
    make(2).await;
}

/* Closures and blocks of one body are counted together. */
async fn mixed() {
    let plus = |x: u64| x ^ burn("shapes::blocks::mixed;shapes::blocks::mixed::{closure#0};workload::burn", SLICE);
    let block = async {
        pause().await;
        burn("shapes::blocks::mixed;shapes::blocks::mixed::{async_block#1};workload::burn", SLICE)
    };
    let x = block.await;
    drop(Box::new(plus(x)));
}

async fn called_back() {
    pause().await;
    let x = apply(|x| {
        x ^ burn(
            "shapes::blocks::called_back;shapes::blocks::apply<shapes::blocks::called_back::{closure#0}>;\
             shapes::blocks::called_back::{closure#0};workload::burn",
            SLICE,
        )
    });
    drop(Box::new(x));
}

/* User code between a body and its own closure. */
#[inline(never)]
fn apply<F: Fn(u64) -> u64>(f: F) -> u64 {
    f(1) ^ f(2)
}
