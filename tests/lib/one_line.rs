//! An await and a call on one line: what each of them costs is told apart.
use std::future::Future;
use std::pin::{pin, Pin};
use std::task::{Context, Poll, Waker};

struct Yield(bool);

impl Future for Yield {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

#[inline(never)]
fn burn() -> u64 {
    (0..200_000u64).fold(1, |a, i| std::hint::black_box(a ^ i))
}

#[inline(never)]
fn beside() -> u64 {
    burn()
}

async fn inner() -> u64 {
    let x = burn();
    Yield(false).await;
    x + 1
}

async fn outer() -> u64 {
    let mut sum = 0;
    for _ in 0..300 {
        sum ^= inner().await + beside();
    }
    sum
}

fn main() {
    let mut task = pin!(outer());
    let mut context = Context::from_waker(Waker::noop());
    while task.as_mut().poll(&mut context).is_pending() {}
}
