//! axum on hyper 1 under tower-http's layers: handlers, a middleware that is an async fn, and clients
//! on plain sockets.

use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use axum::Router;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use workload::{burn, pause, SLICE};

async fn query(chain: &'static str) -> u64 {
    let mut x = 0;
    for _ in 0..2 {
        x ^= burn(chain, SLICE);
        pause().await;
    }
    x
}

/* Outermost async body of every request: the root. */
async fn authorise(request: Request, next: Next) -> Response {
    let x = burn("axum_service::authorise;workload::burn", SLICE);
    let response = next.run(request).await;
    assert_ne!(x, 0);
    response
}

async fn page(Path(name): Path<String>) -> String {
    let x = query("axum_service::authorise;axum_service::page;axum_service::query;workload::burn").await;
    format!("{name}: {:x}", x ^ render(x))
}

fn render(x: u64) -> u64 {
    x ^ burn("axum_service::authorise;axum_service::page;axum_service::render;workload::burn", SLICE)
}

/* A closure as a handler. */
fn routes() -> Router {
    Router::new().route("/page/{name}", get(page)).route(
        "/health",
        get(|| async {
            let chain = "axum_service::authorise;axum_service::routes::{closure#0}::{async_block#0};axum_service::query;workload::burn";
            format!("{:x}", query(chain).await)
        }),
    )
}

async fn serve(listener: TcpListener) {
    let timeout = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(600));
    let app = routes()
        .layer(middleware::from_fn(authorise))
        .layer(timeout)
        .layer(TraceLayer::new_for_http());
    axum::serve(listener, app).await.unwrap();
}

/* One connection, one request after the other. */
async fn client(address: SocketAddr, path: &'static str) {
    let mut stream = BufStream::new(TcpStream::connect(address).await.unwrap());
    while workload::more() {
        let request = format!("GET {path} HTTP/1.1\r\nhost: here\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        let body = response(&mut stream).await;
        assert_ne!(parse(body), 0);
        pause().await;
    }
}

async fn response(stream: &mut BufStream<TcpStream>) -> Vec<u8> {
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        stream.read_line(&mut line).await.unwrap();
        if let Some(n) = line.strip_prefix("content-length: ") {
            length = n.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    body
}

fn parse(body: Vec<u8>) -> u64 {
    burn("axum_service::client;axum_service::parse;workload::burn", SLICE) | body.len() as u64
}

async fn run() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener));
    let clients = ["/page/one", "/page/two", "/health"].map(|path| tokio::spawn(client(address, path)));
    for client in clients {
        client.await.unwrap();
    }
}

fn main() {
    workload::watchdog();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(run());
    workload::print_truth();
}
