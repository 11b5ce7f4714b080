//! Streams: bodies that are polled through adapters, and closures that adapters call.

use crate::{part, Tasks};
use futures::stream::{self, Stream, StreamExt};
use workload::{burn, pause, SLICE};

pub fn spawn(tasks: &mut Tasks) {
    tasks.push(tokio::spawn(buffered()));
    tasks.push(tokio::spawn(then()));
    tasks.push(tokio::spawn(mapped()));
    tasks.push(tokio::spawn(for_each()));
    tasks.push(tokio::spawn(folded()));
    tasks.push(tokio::spawn(unfolded()));
    tasks.push(tokio::spawn(generated()));
}

async fn buffered() {
    let chain = "tokio_shapes::streams::buffered;tokio_shapes::part;workload::burn";
    let mut parts = stream::iter(0..4).map(|_| part(chain)).buffer_unordered(2);
    while parts.next().await.is_some() {}
    stream::iter(0..2).map(|_| part(chain)).buffered(2).collect::<Vec<u64>>().await;
}

async fn then() {
    let mut parts = Box::pin(stream::iter(0..2_u64).then(|n| async move {
        pause().await;
        n ^ burn("tokio_shapes::streams::then;tokio_shapes::streams::then::{closure#0}::{async_block#0};workload::burn", SLICE)
    }));
    while parts.next().await.is_some() {}
}

/* An ordinary closure: sync code of the body that awaits the stream. */
async fn mapped() {
    let mut parts = stream::iter(0..2_u64)
        .map(|n| n ^ burn("tokio_shapes::streams::mapped;tokio_shapes::streams::mapped::{closure#0};workload::burn", SLICE));
    while parts.next().await.is_some() {
        pause().await;
    }
}

async fn for_each() {
    let chain = "tokio_shapes::streams::for_each;\
                 tokio_shapes::streams::for_each::{closure#0}::{async_block#0};tokio_shapes::part;workload::burn";
    stream::iter(0..2)
        .for_each(|_| async move {
            part(chain).await;
        })
        .await;
}

async fn folded() {
    let chain = "tokio_shapes::streams::folded;\
                 tokio_shapes::streams::folded::{closure#0}::{async_block#0};workload::burn";
    stream::iter(0..2_u64)
        .fold(0, |sum, n| async move {
            pause().await;
            sum ^ n ^ burn(chain, SLICE)
        })
        .await;
}

async fn unfolded() {
    let numbers = stream::unfold(2_u64, step);
    numbers.for_each_concurrent(2, |_| pause()).await;
}

async fn step(n: u64) -> Option<(u64, u64)> {
    pause().await;
    let x = burn("tokio_shapes::streams::unfolded;tokio_shapes::streams::step;workload::burn", SLICE);
    n.checked_sub(1).map(|next| (x, next))
}

async fn generated() {
    let mut numbers = Box::pin(generator());
    while let Some(x) = numbers.next().await {
        drop(Box::new(x));
    }
}

/* The macro turns its body into an async block of this function. */
fn generator() -> impl Stream<Item = u64> {
    async_stream::stream! {
        for _ in 0..2 {
            let x = part("tokio_shapes::streams::generated;tokio_shapes::streams::generator::{async_block#0};tokio_shapes::part;workload::burn").await;
            yield x ^ burn("tokio_shapes::streams::generated;tokio_shapes::streams::generator::{async_block#0};workload::burn", SLICE);
        }
    }
}
