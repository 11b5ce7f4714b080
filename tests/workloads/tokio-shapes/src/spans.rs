//! tracing: `#[instrument]` wraps the body of an async fn in a block that readers never wrote.

use crate::{part, Tasks};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tracing::span::{Attributes, Id, Record};
use tracing::{instrument, Event, Instrument, Metadata, Subscriber};

pub fn spawn(tasks: &mut Tasks) {
    tasks.push(tokio::spawn(outer()));
    tasks.push(tokio::spawn(root().instrument(tracing::info_span!("root"))));
}

async fn root() {
    part("tokio_shapes::spans::root;tokio_shapes::part;workload::burn").await;
}

async fn outer() {
    by_attribute(3).await;
    part("tokio_shapes::spans::outer;tokio_shapes::part;workload::burn")
        .instrument(tracing::info_span!("part"))
        .await;
}

#[instrument]
async fn by_attribute(n: u64) -> u64 {
    let x = part("tokio_shapes::spans::outer;tokio_shapes::spans::by_attribute;tokio_shapes::part;workload::burn").await;
    workload::burn("tokio_shapes::spans::outer;tokio_shapes::spans::by_attribute;workload::burn", workload::SLICE) ^ n ^ x
}

/* A subscriber that wants every span and does nothing with it. */
struct Everything(AtomicU64);

pub fn subscribe() {
    tracing::subscriber::set_global_default(Everything(AtomicU64::new(1))).unwrap();
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(self.0.fetch_add(1, Relaxed))
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
