//! What Rust has had since 1.85: native async closures; and since 1.75: native async trait methods.

use crate::executor::Executor;
use workload::{burn, pause, SLICE};

pub fn spawn(executor: &mut Executor) {
    executor.spawn(native_traits());
    executor.spawn(native_closures());
}

trait Svc {
    async fn call(&self) -> u64;

    async fn call_twice(&self) -> u64 {
        self.call().await ^ self.call().await
    }
}

struct Local;
struct Remote;

impl Svc for Local {
    async fn call(&self) -> u64 {
        pause().await;
        burn(
            "shapes::newer::native_traits;<shapes::newer::Local as shapes::newer::Svc>::call_twice;\
             <shapes::newer::Local as shapes::newer::Svc>::call;workload::burn",
            SLICE,
        )
    }
}

impl Svc for Remote {
    async fn call(&self) -> u64 {
        pause().await;
        burn("shapes::newer::native_traits;<shapes::newer::Remote as shapes::newer::Svc>::call;workload::burn", SLICE)
    }
}

async fn native_traits() {
    Local.call_twice().await;
    Remote.call().await;
}

async fn native_closures() {
    let mut seen = 0;
    let mut add = async |n: u64| {
        pause().await;
        seen ^= n ^ burn(
            "shapes::newer::native_closures;\
             shapes::newer::native_closures::{closure#0}::{async_closure#0};workload::burn",
            SLICE,
        );
    };
    add(1).await;
    add(2).await;
    repeat(async |n: u64| {
        pause().await;
        n ^ burn(
            "shapes::newer::native_closures;\
             shapes::newer::repeat<shapes::newer::native_closures::{closure#1}>;\
             shapes::newer::native_closures::{closure#1}::{async_closure#0};workload::burn",
            SLICE,
        )
    })
    .await;
    assert_ne!(seen, 0);
}

async fn repeat<F: AsyncFn(u64) -> u64>(work: F) {
    for n in 0..2 {
        work(n).await;
    }
}
