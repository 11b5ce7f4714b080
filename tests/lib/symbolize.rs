// What is symbolised by tests/cli/symbolize.sh: async functions and blocks, traits, closures, generics.
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

struct Twice(u32);

impl Future for Twice {
    type Output = u64;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u64> {
        self.0 += 1;
        if self.0 < 2 {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(burn(self.0 as u64))
    }
}

#[inline(never)]
fn burn(n: u64) -> u64 {
    (0..1000 + n).map(|i| i.wrapping_mul(i ^ n)).fold(0, |a, b| a ^ b)
}

trait Price {
    fn price(&self) -> u64;
}

struct Book(u64);

impl Price for Book {
    fn price(&self) -> u64 {
        burn(self.0)
    }
}

async fn fetch<P: Price>(item: P) -> u64 {
    let wait = Twice(0).await;
    wait + item.price()
}

struct Shop {
    open: bool,
}

impl Shop {
    async fn checkout(&self, n: u64) -> u64 {
        let first = fetch(Book(n)).await;
        let second = async { fetch(Book(first)).await + 1 };
        if self.open {
            second.await
        } else {
            first
        }
    }
}

fn raw_waker() -> RawWaker {
    static TABLE: RawWakerVTable = RawWakerVTable::new(|_| raw_waker(), |_| (), |_| (), |_| ());
    RawWaker::new(std::ptr::null(), &TABLE)
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    let waker = unsafe { Waker::from_raw(raw_waker()) };
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(out) = future.as_mut().poll(&mut cx) {
            return out;
        }
    }
}

fn main() {
    let shop = Shop { open: std::env::args().count() > 0 };
    println!("{}", block_on(shop.checkout(17)));
}
