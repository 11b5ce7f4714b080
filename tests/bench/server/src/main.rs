//! A small file server on hyper with one worker, and clients that load it: what a request costs, and
//! how many get through. Files are read in tokio's blocking pool, so that each request switches tasks
//! several times, as servers do.
//!
//! `server serve REQUESTS` prints the address that it listens on, serves so many requests and prints
//! `requests_s`, `cpu_us_request`, `switches_s`. `server load REQUESTS ADDRESS` is eight clients.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::OnceLock;
use std::time::Instant;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

const CONNECTIONS: u64 = 8;

static START: OnceLock<(Instant, Usage)> = OnceLock::new(); // of the first request
static SERVED: AtomicU64 = AtomicU64::new(0);

async fn read_page(path: &str) -> String {
    let file = tokio::fs::read(path).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&file);
    let mut page = String::with_capacity(8192);
    for (number, line) in text.lines().take(60).enumerate() {
        writeln!(page, "<li id={number}>{}</li>", line.replace('<', "&lt;")).unwrap();
    }
    page
}

async fn handle(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    START.get_or_init(|| (Instant::now(), usage()));
    let path = match request.uri().path() {
        "/meminfo" => "/proc/meminfo",
        "/cpuinfo" => "/proc/cpuinfo",
        _ => "/proc/self/status",
    };
    let page = read_page(path).await;
    SERVED.fetch_add(1, Relaxed);
    Ok(Response::new(Full::new(Bytes::from(page))))
}

async fn accept(listener: tokio::net::TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(async move {
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service_fn(handle));
            let _ = connection.await;
        });
    }
}

/// One request, and its answer read to the end.
fn ask(stream: &mut std::net::TcpStream, path: &str) {
    let mut buffer = [0u8; 16384];
    let mut have = 0;
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: bench\r\n\r\n").unwrap();
    loop {
        have += stream.read(&mut buffer[have..]).unwrap();
        let text = std::str::from_utf8(&buffer[..have]).unwrap();
        let Some(head) = text.find("\r\n\r\n") else { continue };
        let length = text[..head].split("content-length: ").nth(1).unwrap();
        let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
        if have >= head + 4 + length {
            return;
        }
    }
}

fn load(requests: u64, address: SocketAddr) {
    let left = AtomicU64::new(requests);
    std::thread::scope(|scope| {
        for id in 0..CONNECTIONS {
            let left = &left;
            scope.spawn(move || {
                let mut stream = std::net::TcpStream::connect(address).unwrap();
                stream.set_nodelay(true).unwrap();
                while left.fetch_update(Relaxed, Relaxed, |n| n.checked_sub(1)).is_ok() {
                    ask(&mut stream, ["status", "meminfo", "cpuinfo"][id as usize % 3]);
                }
            });
        }
    });
}

struct Usage {
    cpu: f64, // microseconds, user and system
    switches: f64,
}

fn usage() -> Usage {
    let mut usage = [0i64; 18]; // struct rusage
    unsafe { getrusage(0, usage.as_mut_ptr()) };
    Usage {
        cpu: ((usage[0] + usage[2]) * 1_000_000 + usage[1] + usage[3]) as f64,
        switches: (usage[16] + usage[17]) as f64,
    }
}

extern "C" {
    fn getrusage(who: i32, usage: *mut i64) -> i32;
}

fn serve(requests: u64) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    println!("{}", listener.local_addr().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.spawn(async { accept(tokio::net::TcpListener::from_std(listener).unwrap()).await });
    while SERVED.load(Relaxed) < requests {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }

    let (start, before) = START.get().unwrap();
    let (seconds, after) = (start.elapsed().as_secs_f64(), usage());
    println!("requests_s {:.1}", requests as f64 / seconds);
    println!("cpu_us_request {:.3}", (after.cpu - before.cpu) / requests as f64);
    println!("switches_s {:.0}", (after.switches - before.switches) / seconds);
    println!("cpu_ns {:.0}", after.cpu * 1000.0);
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let requests = |at: usize| args.get(at).and_then(|n| n.parse().ok()).expect("REQUESTS");
    match args.get(1).map(String::as_str) {
        Some("serve") => serve(requests(2)),
        Some("load") => load(requests(2), args[3].parse().expect("ADDRESS")),
        _ => panic!("server serve REQUESTS | server load REQUESTS ADDRESS"),
    }
}
