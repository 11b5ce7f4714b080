//! Generic async fns: each instance is a chain of its own.

use crate::executor::Executor;
use std::future::Future;
use workload::{burn, pause, SLICE};

pub fn spawn(executor: &mut Executor) {
    executor.spawn(instances());
    executor.spawn(fetch::<Disk>("shapes::generic::fetch<shapes::generic::Disk>;workload::burn"));
}

pub struct Cache;
pub struct Disk;
pub struct Layered<A, B>(A, B);

pub trait Source {
    const COST: u64;
}

impl Source for Cache {
    const COST: u64 = 1;
}
impl Source for Disk {
    const COST: u64 = 3;
}
impl<A: Source, B: Source> Source for Layered<A, B> {
    const COST: u64 = A::COST + B::COST;
}

async fn instances() {
    fetch::<Cache>("shapes::generic::instances;shapes::generic::fetch<shapes::generic::Cache>;workload::burn").await;
    fetch::<Disk>("shapes::generic::instances;shapes::generic::fetch<shapes::generic::Disk>;workload::burn").await;
    fetch::<Layered<Cache, Disk>>(
        "shapes::generic::instances;\
         shapes::generic::fetch<shapes::generic::Layered<shapes::generic::Cache, shapes::generic::Disk>>;\
         workload::burn",
    )
    .await;
    sum(7_u64).await;
    sum(7_i8).await;
    measured(fetch::<Cache>(
        "shapes::generic::instances;\
         shapes::generic::measured<shapes::generic::fetch<shapes::generic::Cache>>;\
         shapes::generic::fetch<shapes::generic::Cache>;workload::burn",
    ))
    .await;
}

async fn fetch<S: Source>(chain: &'static str) {
    for _ in 0..S::COST {
        burn(chain, SLICE);
        pause().await;
    }
}

trait Number: Copy {
    const CHAIN: &'static str;
}
impl Number for u64 {
    const CHAIN: &'static str =
        "shapes::generic::instances;shapes::generic::sum<u64>;workload::burn";
}
impl Number for i8 {
    const CHAIN: &'static str = "shapes::generic::instances;shapes::generic::sum<i8>;workload::burn";
}

async fn sum<N: Number>(n: N) -> N {
    burn(N::CHAIN, SLICE);
    pause().await;
    n
}

/* An argument that is itself an async body is named as that body is. */
async fn measured<F: Future<Output = ()>>(work: F) {
    burn(
        "shapes::generic::instances;\
         shapes::generic::measured<shapes::generic::fetch<shapes::generic::Cache>>;workload::burn",
        SLICE,
    );
    work.await
}
