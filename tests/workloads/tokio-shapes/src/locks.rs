//! Waiting for locks and channels: a task that was woken goes on in the same chain.

use crate::{part, Tasks};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, Mutex, Semaphore};
use workload::{burn, pause, SLICE};

pub fn spawn(tasks: &mut Tasks) {
    let lock = Arc::new(Mutex::new(0));
    for _ in 0..2 {
        tasks.push(tokio::spawn(locked(lock.clone())));
    }
    let (sender, receiver) = mpsc::channel(1);
    tasks.push(tokio::spawn(producer(sender)));
    tasks.push(tokio::spawn(consumer(receiver)));
    tasks.push(tokio::spawn(limited(Arc::new(Semaphore::new(1)))));
}

async fn locked(lock: Arc<Mutex<u64>>) {
    let mut value = lock.lock().await;
    *value ^= part("tokio_shapes::locks::locked;tokio_shapes::part;workload::burn").await;
}

async fn producer(sender: mpsc::Sender<(u64, oneshot::Sender<u64>)>) {
    for _ in 0..2 {
        let x = burn("tokio_shapes::locks::producer;workload::burn", SLICE);
        let (reply, answer) = oneshot::channel();
        sender.send((x, reply)).await.unwrap();
        answer.await.unwrap();
    }
}

async fn consumer(mut receiver: mpsc::Receiver<(u64, oneshot::Sender<u64>)>) {
    while let Some((x, reply)) = receiver.recv().await {
        let y = burn("tokio_shapes::locks::consumer;workload::burn", SLICE);
        reply.send(x ^ y).unwrap();
    }
}

async fn limited(semaphore: Arc<Semaphore>) {
    let permit = semaphore.acquire().await.unwrap();
    pause().await;
    burn("tokio_shapes::locks::limited;workload::burn", SLICE);
    drop(permit);
}
