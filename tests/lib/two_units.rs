//! A body that two units of code have, so that dwz moves what is known of it to a unit of its own.
use std::future::{poll_fn, Future};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

pub mod a {
    use super::*;
    #[inline(never)]
    pub fn work() -> u64 {
        (0..200_000u64).fold(1, |x, i| std::hint::black_box(x.wrapping_mul(31) ^ i))
    }
    #[inline]
    pub async fn g() -> u64 {
        poll_fn(|_| Poll::Ready(work())).await
    }
    #[inline]
    pub fn run<F: Future<Output = u64>>(f: F) -> u64 {
        let mut task = pin!(f);
        match task.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(x) => x,
            Poll::Pending => 0,
        }
    }
}
pub mod b {
    #[inline(never)]
    pub fn first() -> u64 { super::a::run(super::a::g()) }
}
pub mod c {
    #[inline(never)]
    pub fn second() -> u64 { super::a::run(super::a::g()) }
}

fn main() {
    let mut sum = 0u64;
    for _ in 0..300 {
        sum = sum.wrapping_add(b::first()).wrapping_add(c::second());
    }
    println!("{sum}");
}
