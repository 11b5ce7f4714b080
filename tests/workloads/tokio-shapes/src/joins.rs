//! Several futures awaited together, by macros and by functions.

use crate::{part, Tasks};
use futures::future;
use workload::{burn, pause, SLICE};

pub fn spawn(tasks: &mut Tasks) {
    tasks.push(tokio::spawn(tokio_join()));
    tasks.push(tokio::spawn(futures_join()));
    tasks.push(tokio::spawn(tokio_try_join()));
    tasks.push(tokio::spawn(futures_try_join()));
    tasks.push(tokio::spawn(join_function()));
    tasks.push(tokio::spawn(join_all_small()));
    tasks.push(tokio::spawn(join_all_large()));
    tasks.push(tokio::spawn(try_join_all()));
    tasks.push(tokio::spawn(join_in_join()));
}

async fn tokio_join() {
    tokio::join!(
        part("tokio_shapes::joins::tokio_join;tokio_shapes::part;workload::burn"),
        other("tokio_shapes::joins::tokio_join;tokio_shapes::joins::other;workload::burn"),
    );
}

async fn other(chain: &'static str) {
    pause().await;
    burn(chain, SLICE);
}

async fn futures_join() {
    futures::join!(
        part("tokio_shapes::joins::futures_join;tokio_shapes::part;workload::burn"),
        other("tokio_shapes::joins::futures_join;tokio_shapes::joins::other;workload::burn"),
    );
}

async fn fallible(chain: &'static str) -> Result<u64, ()> {
    pause().await;
    Ok(burn(chain, SLICE))
}

async fn tokio_try_join() {
    let done = tokio::try_join!(
        fallible("tokio_shapes::joins::tokio_try_join;tokio_shapes::joins::fallible;workload::burn"),
        async { Ok(part("tokio_shapes::joins::tokio_try_join;tokio_shapes::joins::tokio_try_join::{async_block#0};tokio_shapes::part;workload::burn").await) },
    );
    assert!(done.is_ok());
}

async fn futures_try_join() {
    let chain = "tokio_shapes::joins::futures_try_join;tokio_shapes::joins::fallible;workload::burn";
    assert!(futures::try_join!(fallible(chain), fallible(chain)).is_ok());
}

async fn join_function() {
    future::join3(
        part("tokio_shapes::joins::join_function;tokio_shapes::part;workload::burn"),
        other("tokio_shapes::joins::join_function;tokio_shapes::joins::other;workload::burn"),
        future::ready(0),
    )
    .await;
}

/* Up to thirty are polled one after the other, more by way of FuturesOrdered. */
async fn join_all_small() {
    let chain = "tokio_shapes::joins::join_all_small;tokio_shapes::part;workload::burn";
    future::join_all((0..3).map(|_| part(chain))).await;
}

async fn join_all_large() {
    let chain = "tokio_shapes::joins::join_all_large;tokio_shapes::joins::small_part;workload::burn";
    future::join_all((0..40).map(|_| small_part(chain))).await;
}

async fn small_part(chain: &'static str) {
    pause().await;
    burn(chain, SLICE / 8);
}

async fn try_join_all() {
    let chain = "tokio_shapes::joins::try_join_all;tokio_shapes::joins::fallible;workload::burn";
    assert!(future::try_join_all((0..3).map(|_| fallible(chain))).await.is_ok());
}

async fn join_in_join() {
    tokio::join!(
        inner_join(),
        part("tokio_shapes::joins::join_in_join;tokio_shapes::part;workload::burn"),
    );
}

async fn inner_join() {
    tokio::join!(
        part("tokio_shapes::joins::join_in_join;tokio_shapes::joins::inner_join;tokio_shapes::part;workload::burn"),
        other("tokio_shapes::joins::join_in_join;tokio_shapes::joins::inner_join;tokio_shapes::joins::other;workload::burn"),
    );
}
