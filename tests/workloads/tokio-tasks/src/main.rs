//! A service's worth of tasks on tokio's multi-thread runtime: three kinds of spawned task, each a
//! root of its own, with chains under it. The same `query` runs under two roots.

use tokio::sync::mpsc;
use tokio::task::yield_now;
use workload::{burn, SLICE};

const CONNECTIONS: u64 = 4;

/* Task root: a spawned async fn. */
async fn connection(id: u64, log: mpsc::Sender<u64>) {
    while workload::more() {
        let request = read_request(id).await;
        let rows = query(
            request,
            "tokio_tasks::connection;tokio_tasks::query;workload::burn",
        )
        .await;
        respond(rows).await;
        log.send(rows).await.unwrap();
    }
}

async fn read_request(id: u64) -> u64 {
    let mut x = 0;
    for _ in 0..2 {
        x ^= burn("tokio_tasks::connection;tokio_tasks::read_request;workload::burn", SLICE);
        yield_now().await;
    }
    x.wrapping_add(id)
}

async fn query(key: u64, chain: &'static str) -> u64 {
    let mut x = key;
    for _ in 0..4 {
        x ^= burn(chain, SLICE);
        yield_now().await;
    }
    x
}

async fn respond(rows: u64) {
    compress(rows).await;
    yield_now().await;
}

async fn compress(rows: u64) {
    let page = render(rows);
    yield_now().await;
    drop(page);
}

/* A sync helper below two async bodies. */
fn render(rows: u64) -> Box<u64> {
    let x = burn(
        "tokio_tasks::connection;tokio_tasks::respond;tokio_tasks::compress;tokio_tasks::render;workload::burn",
        SLICE,
    );
    Box::new(x ^ rows)
}

/* Task root: an async block, which is named after the function that spawns it. */
fn spawn_logger(mut log: mpsc::Receiver<u64>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        while let Some(rows) = log.recv().await {
            burn("tokio_tasks::spawn_logger::{async_block#0};workload::burn", SLICE / 2 + rows % 2);
        }
    })
}

/* Task root: shares `query` with the connections. */
async fn refresher() {
    while workload::more() {
        query(7, "tokio_tasks::refresher;tokio_tasks::query;workload::burn").await;
    }
}

async fn serve() {
    let (log, lines) = mpsc::channel(16);
    let mut tasks = vec![spawn_logger(lines), tokio::spawn(refresher())];
    for id in 0..CONNECTIONS {
        tasks.push(tokio::spawn(connection(id, log.clone())));
    }
    drop(log);
    for task in tasks {
        task.await.unwrap();
    }
}

fn main() {
    workload::watchdog();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(serve());
    workload::print_truth();
}
