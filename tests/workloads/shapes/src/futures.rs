//! Hand-written futures, which are kept as links of the chain: one that owns a boxed future, a
//! generic join of two, and a leaf that burns by itself.

use crate::executor::Executor;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use workload::{burn, pause, SLICE};

pub fn spawn(executor: &mut Executor) {
    executor.spawn(retrying());
    executor.spawn(joining());
    executor.spawn(hashing());
}

type BoxFuture = Pin<Box<dyn Future<Output = bool>>>;

struct Retry {
    make: fn(u32) -> BoxFuture,
    tries: u32,
    current: BoxFuture,
}

impl Retry {
    fn new(make: fn(u32) -> BoxFuture) -> Retry {
        Retry { make, tries: 0, current: make(0) }
    }
}

impl Future for Retry {
    type Output = u32;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
        burn("shapes::futures::retrying;<shapes::futures::Retry as Future>::poll;workload::burn", SLICE);
        loop {
            match self.current.as_mut().poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(true) => return Poll::Ready(self.tries),
                Poll::Ready(false) => {
                    self.tries += 1;
                    self.current = (self.make)(self.tries);
                }
            }
        }
    }
}

async fn attempt(number: u32) -> bool {
    burn(
        "shapes::futures::retrying;<shapes::futures::Retry as Future>::poll;\
         shapes::futures::attempt;workload::burn",
        SLICE,
    );
    pause().await;
    number == 1
}

async fn retrying() {
    Retry::new(|number| Box::pin(attempt(number))).await;
}

/* Polls both until both are done. */
struct Both<A: Future, B: Future> {
    left: Pin<Box<A>>,
    right: Pin<Box<B>>,
    left_done: bool,
    right_done: bool,
}

impl<A: Future, B: Future> Future for Both<A, B> {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.left_done = self.left_done || self.left.as_mut().poll(cx).is_ready();
        self.right_done = self.right_done || self.right.as_mut().poll(cx).is_ready();
        match self.left_done && self.right_done {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }
}

async fn joining() {
    Both { left: Box::pin(left()), right: Box::pin(right()), left_done: false, right_done: false }
        .await
}

async fn left() {
    for _ in 0..3 {
        burn(
            "shapes::futures::joining;\
             <shapes::futures::Both<shapes::futures::left, shapes::futures::right> as Future>::poll;\
             shapes::futures::left;workload::burn",
            SLICE,
        );
        pause().await;
    }
}

async fn right() {
    burn(
        "shapes::futures::joining;\
         <shapes::futures::Both<shapes::futures::left, shapes::futures::right> as Future>::poll;\
         shapes::futures::right;workload::burn",
        SLICE,
    );
    pause().await;
}

/* A leaf: no async body below it. */
struct Hash {
    blocks: u32,
}

impl Future for Hash {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        burn("shapes::futures::hashing;<shapes::futures::Hash as Future>::poll;workload::burn", SLICE);
        if self.blocks == 0 {
            return Poll::Ready(());
        }
        self.blocks -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

async fn hashing() {
    Hash { blocks: 2 }.await;
}
