//! A tower layer as a program writes its own: its future is hand-written, and a link of the chain.

use hyper::{Body, Response};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower::{BoxError, Service};

type Answer = Result<Response<Body>, BoxError>;

pub struct Timing<S> {
    inner: S,
}

impl<S> Timing<S> {
    pub fn new(inner: S) -> Timing<S> {
        Timing { inner }
    }
}

impl<S, R> Service<R> for Timing<S>
where
    S: Service<R, Response = Response<Body>, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Timed;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Timed {
        Timed { inner: Box::pin(self.inner.call(request)), polls: 0 }
    }
}

pub struct Timed {
    inner: Pin<Box<dyn Future<Output = Answer> + Send>>,
    polls: u64,
}

impl Future for Timed {
    type Output = Answer;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        let polled = self.inner.as_mut().poll(cx);
        self.polls += 1;
        polled
    }
}
