//! The first of several futures, futures in the order they finish, and timeouts.

use crate::{part, Tasks};
use futures::future::{self, FutureExt};
use futures::stream::{FuturesOrdered, FuturesUnordered, StreamExt};
use std::time::Duration;
use workload::{burn, pause, SLICE};

pub fn spawn(tasks: &mut Tasks) {
    tasks.push(tokio::spawn(tokio_select()));
    tasks.push(tokio::spawn(futures_select()));
    tasks.push(tokio::spawn(select_function()));
    tasks.push(tokio::spawn(unordered()));
    tasks.push(tokio::spawn(ordered()));
    tasks.push(tokio::spawn(timeout()));
}

async fn endless(chain: &'static str) -> u64 {
    let mut x = 1;
    while x != 0 {
        x = burn(chain, SLICE) | 1;
        pause().await;
    }
    x
}

async fn tokio_select() {
    let x = tokio::select! {
        x = part("tokio_shapes::selects::tokio_select;tokio_shapes::part;workload::burn") => x,
        x = endless("tokio_shapes::selects::tokio_select;tokio_shapes::selects::endless;workload::burn") => x,
    };
    drop(Box::new(x));
    let work = part("tokio_shapes::selects::tokio_select;tokio_shapes::part;workload::burn");
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            _ = &mut work => break,
            _ = pause() => { burn("tokio_shapes::selects::tokio_select;workload::burn", SLICE); }
        }
    }
}

async fn futures_select() {
    let work = part("tokio_shapes::selects::futures_select;tokio_shapes::part;workload::burn").fuse();
    let noise = endless("tokio_shapes::selects::futures_select;tokio_shapes::selects::endless;workload::burn").fuse();
    futures::pin_mut!(work, noise);
    let x = futures::select! {
        x = work => x,
        x = noise => x,
    };
    drop(Box::new(x));
}

async fn select_function() {
    let work = part("tokio_shapes::selects::select_function;tokio_shapes::part;workload::burn");
    let noise = endless("tokio_shapes::selects::select_function;tokio_shapes::selects::endless;workload::burn");
    future::select(Box::pin(work), Box::pin(noise)).await.factor_first();
}

async fn unordered() {
    let chain = "tokio_shapes::selects::unordered;tokio_shapes::part;workload::burn";
    let mut parts: FuturesUnordered<_> = (0..3).map(|_| part(chain)).collect();
    while let Some(x) = parts.next().await {
        drop(Box::new(x));
        burn("tokio_shapes::selects::unordered;workload::burn", SLICE);
    }
}

async fn ordered() {
    let chain = "tokio_shapes::selects::ordered;tokio_shapes::part;workload::burn";
    let mut parts: FuturesOrdered<_> = (0..2).map(|_| part(chain)).collect();
    while parts.next().await.is_some() {}
}

async fn timeout() {
    let long = Duration::from_secs(600);
    let work = part("tokio_shapes::selects::timeout;tokio_shapes::part;workload::burn");
    assert!(tokio::time::timeout(long, work).await.is_ok());
    tokio::time::sleep(Duration::from_millis(1)).await;
}
