//! An actix-web server on one worker thread, with a middleware.

use crate::part;
use actix_web::dev::{Server, ServerHandle, Service};
use actix_web::{web, App, HttpServer};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use workload::{burn, SLICE};

async fn index(name: web::Path<String>) -> String {
    let x = part("actix_tasks::web::start::{closure#0}::{closure#0}::{async_block#0};actix_tasks::web::index;actix_tasks::part;workload::burn").await;
    format!("{name}: {x:x}")
}

pub fn start() -> (ServerHandle, SocketAddr) {
    let server = HttpServer::new(|| {
        App::new()
            .wrap_fn(|request, service| {
                let response = service.call(request);
                async move {
                    let x = burn("actix_tasks::web::start::{closure#0}::{closure#0}::{async_block#0};workload::burn", SLICE);
                    let response = response.await;
                    assert_ne!(x, 0);
                    response
                }
            })
            .route("/{name}", web::get().to(index))
    });
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    let server: Server = server.run();
    let handle = server.handle();
    actix_rt::spawn(server);
    (handle, address)
}

/* Blocking, on its own thread: one request a connection. */
pub fn client(address: SocketAddr) {
    while workload::more() {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /here HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("here"));
    }
}
