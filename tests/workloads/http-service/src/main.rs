//! An HTTP service on hyper 0.14 under tower layers, and the clients that keep it busy.
//!
//! Two servers: one spawns its connections itself, so that an async block of the program is the
//! root; the other is hyper's own, whose connection tasks have no async body but the handler's.

mod layer;

use hyper::service::{make_service_fn, service_fn};
use hyper::{Body, Client, Request, Response, Server, Uri};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tower::{BoxError, ServiceBuilder};
use workload::{burn, pause, SLICE};

async fn query(chain: &'static str) -> u64 {
    let mut x = 0;
    for _ in 0..2 {
        x ^= burn(chain, SLICE);
        pause().await;
    }
    x
}

/* The layers that both servers stand under; the innermost is our own. */
macro_rules! under_layers {
    ($handler:expr) => {
        ServiceBuilder::new()
            .timeout(Duration::from_secs(600))
            .concurrency_limit(64)
            .map_request(|request: Request<Body>| request)
            .layer_fn(layer::Timing::new)
            .service(service_fn($handler))
    };
}

/* The server that spawns by itself. */
async fn connections(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        let service = under_layers!(handle);
        tokio::spawn(async move {
            hyper::server::conn::Http::new().serve_connection(stream, service).await.ok();
        });
    }
}

async fn handle(request: Request<Body>) -> Result<Response<Body>, BoxError> {
    let x = query(
        "http_service::connections::{async_block#0};<http_service::layer::Timed as Future>::poll;\
         http_service::handle;http_service::query;workload::burn",
    )
    .await;
    Ok(Response::new(render(x, request.uri())))
}

/* Sync code below a handler. */
fn render(x: u64, uri: &Uri) -> Body {
    let y = burn(
        "http_service::connections::{async_block#0};<http_service::layer::Timed as Future>::poll;\
         http_service::handle;http_service::render;workload::burn",
        SLICE,
    );
    Body::from(format!("{uri}: {:x}", x ^ y))
}

/* hyper's server: no async body stands outside the handler, which is the root therefore. */
async fn layered(request: Request<Body>) -> Result<Response<Body>, BoxError> {
    let x = query("http_service::layered;http_service::query;workload::burn").await;
    let y = burn("http_service::layered;workload::burn", SLICE);
    Ok(Response::new(Body::from(format!("{} {:x}", request.uri(), x ^ y))))
}

async fn serve(sender: tokio::sync::oneshot::Sender<SocketAddr>) {
    let make = make_service_fn(|_| async {
        Ok::<_, Infallible>(under_layers!(layered))
    });
    let server = Server::bind(&SocketAddr::from(([127, 0, 0, 1], 0))).serve(make);
    sender.send(server.local_addr()).unwrap();
    server.await.unwrap();
}

async fn client(address: SocketAddr) {
    let client = Client::new();
    let uri: Uri = format!("http://{address}/page").parse().unwrap();
    while workload::more() {
        let response = client.get(uri.clone()).await.unwrap();
        let body = hyper::body::to_bytes(response.into_body()).await.unwrap();
        parse(&body).await;
    }
}

async fn parse(body: &[u8]) {
    let x = burn("http_service::client;http_service::parse;workload::burn", SLICE);
    pause().await;
    assert_ne!(x ^ body.len() as u64, 0);
}

async fn run() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap();
    tokio::spawn(connections(listener));
    let (sender, receiver) = tokio::sync::oneshot::channel();
    tokio::spawn(serve(sender));
    let hyper = receiver.await.unwrap();
    let clients = [own, own, hyper, hyper].map(|address| tokio::spawn(client(address)));
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
