//! Futures wrapped in futures: none of the wrappers is a link of the chain, closures that they call are.

use crate::{part, Tasks};
use futures::future::{self, Either, FutureExt, TryFutureExt};
use std::panic::AssertUnwindSafe;
use workload::{burn, SLICE};

pub fn spawn(tasks: &mut Tasks) {
    tasks.push(tokio::spawn(boxed()));
    tasks.push(tokio::spawn(mapped()));
    tasks.push(tokio::spawn(chained()));
    tasks.push(tokio::spawn(caught()));
    tasks.push(tokio::spawn(either(true)));
    tasks.push(tokio::spawn(shared()));
    tasks.push(tokio::spawn(abortable()));
    tasks.push(tokio::spawn(scoped()));
    // A wrapper outside the outermost body: the body is the root.
    let chain = "tokio_shapes::part;workload::burn";
    tasks.push(tokio::spawn(tokio::task::unconstrained(part(chain).map(drop)).boxed()));
}

async fn boxed() {
    part("tokio_shapes::wrappers::boxed;tokio_shapes::part;workload::burn").boxed().await;
}

async fn mapped() {
    part("tokio_shapes::wrappers::mapped;tokio_shapes::part;workload::burn")
        .map(|x| x ^ burn("tokio_shapes::wrappers::mapped;tokio_shapes::wrappers::mapped::{closure#0};workload::burn", SLICE))
        .await;
}

async fn fallible(chain: &'static str) -> Result<u64, u64> {
    Ok(part(chain).await)
}

async fn chained() {
    let first = "tokio_shapes::wrappers::chained;tokio_shapes::wrappers::fallible;tokio_shapes::part;workload::burn";
    let second = "tokio_shapes::wrappers::chained;\
                  tokio_shapes::wrappers::chained::{closure#1}::{async_block#0};tokio_shapes::part;workload::burn";
    fallible(first)
        .map_err(|x| x ^ 1)
        .and_then(|x| async move { Ok(part(second).await ^ x) })
        .unwrap_or_else(|x| x)
        .await;
}

async fn caught() {
    let work = part("tokio_shapes::wrappers::caught;tokio_shapes::part;workload::burn");
    assert!(AssertUnwindSafe(work).catch_unwind().await.is_ok());
}

async fn either(left: bool) {
    let work = match left {
        true => Either::Left(part("tokio_shapes::wrappers::either;tokio_shapes::part;workload::burn")),
        false => Either::Right(future::ready(0)),
    };
    work.await;
}

async fn shared() {
    let work = part("tokio_shapes::wrappers::shared;tokio_shapes::part;workload::burn").shared();
    let again = work.clone();
    assert_eq!(work.await, again.await);
}

async fn abortable() {
    let work = part("tokio_shapes::wrappers::abortable;tokio_shapes::part;workload::burn");
    assert!(future::abortable(work).0.await.is_ok());
}

tokio::task_local! {
    static REQUEST: u64;
}

async fn scoped() {
    REQUEST
        .scope(7, part("tokio_shapes::wrappers::scoped;tokio_shapes::part;workload::burn"))
        .await;
    tokio::task::unconstrained(part("tokio_shapes::wrappers::scoped;tokio_shapes::part;workload::burn")).await;
}
