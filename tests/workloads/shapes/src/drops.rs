//! Futures that are dropped before they are done: what their locals do in `drop` is sync code of
//! the body that drops, although the dropped future's name is in the names of the frames.

use crate::executor::{waker, Executor};
use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use workload::{burn, pause, SLICE};

pub fn spawn(executor: &mut Executor) {
    executor.spawn(cancels());
    executor.spawn(finishes());
}

struct Guard(&'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        let x = burn(self.0, SLICE);
        self.0 = if x == 0 { "" } else { self.0 };
    }
}

async fn holds(chain: &'static str) {
    let _guard = Guard(chain);
    pause().await;
}

/* Polls once, so that `holds` is suspended with its guard alive, and drops it. */
async fn cancels() {
    pause().await;
    let mut held: Pin<Box<dyn Future<Output = ()>>> = Box::pin(holds(
        "shapes::drops::cancels;<shapes::drops::Guard as Drop>::drop;workload::burn",
    ));
    let pending = held.as_mut().poll(&mut Context::from_waker(&waker())).is_pending();
    drop(held);
    assert!(pending);
    pause().await;
}

/* Here the guard is dropped by the body that holds it. */
async fn finishes() {
    holds(
        "shapes::drops::finishes;shapes::drops::holds;\
         <shapes::drops::Guard as Drop>::drop;workload::burn",
    )
    .await;
}
