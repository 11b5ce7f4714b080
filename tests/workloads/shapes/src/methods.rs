//! async methods: inherent, of a generic type, and of traits by hand-boxed futures, with and
//! without a default body.

use crate::executor::Executor;
use std::future::Future;
use std::pin::Pin;
use workload::{burn, pause, SLICE};

pub fn spawn(executor: &mut Executor) {
    executor.spawn(inherent());
    executor.spawn(objects());
}

struct Server {
    requests: u64,
}

impl Server {
    async fn serve(&mut self) -> u64 {
        self.requests += 1;
        self.parse().await ^ Server::idle().await
    }

    async fn parse(&self) -> u64 {
        pause().await;
        burn("shapes::methods::inherent;shapes::methods::Server::serve;shapes::methods::Server::parse;workload::burn", SLICE)
            ^ self.requests
    }

    /* No self: an associated function. */
    async fn idle() -> u64 {
        pause().await;
        burn("shapes::methods::inherent;shapes::methods::Server::serve;shapes::methods::Server::idle;workload::burn", SLICE)
    }
}

struct Store<K> {
    key: K,
}

impl<K: Copy + Into<u64>> Store<K> {
    async fn get(&self, chain: &'static str) -> u64 {
        pause().await;
        burn(chain, SLICE) ^ self.key.into()
    }
}

async fn inherent() {
    Server { requests: 0 }.serve().await;
    let small = Store { key: 1_u8 };
    small.get("shapes::methods::inherent;shapes::methods::Store<u8>::get;workload::burn").await;
    let large = Store { key: 1_u32 };
    large.get("shapes::methods::inherent;shapes::methods::Store<u32>::get;workload::burn").await;
}

type BoxFuture<'a> = Pin<Box<dyn Future<Output = u64> + 'a>>;

/* What the async-trait crate writes: futures of trait objects. */
trait Repo {
    fn get(&self, key: u64) -> BoxFuture<'_>;

    fn get_twice(&self) -> BoxFuture<'_> {
        Box::pin(async move { self.get(1).await ^ self.get(2).await })
    }
}

struct Memory;
struct File;

impl Repo for Memory {
    fn get(&self, key: u64) -> BoxFuture<'_> {
        Box::pin(async move {
            pause().await;
            burn(
                "shapes::methods::objects;<shapes::methods::Memory as shapes::methods::Repo>::get_twice::{async_block#0};\
                 <shapes::methods::Memory as shapes::methods::Repo>::get::{async_block#0};workload::burn",
                SLICE,
            ) ^ key
        })
    }
}

impl Repo for File {
    fn get(&self, key: u64) -> BoxFuture<'_> {
        Box::pin(async move {
            read("shapes::methods::objects;<shapes::methods::File as shapes::methods::Repo>::get::{async_block#0};\
                  shapes::methods::read;workload::burn")
            .await
                ^ key
        })
    }
}

async fn read(chain: &'static str) -> u64 {
    for _ in 0..2 {
        burn(chain, SLICE);
        pause().await;
    }
    7
}

async fn objects() {
    let repos: [Box<dyn Repo>; 2] = [Box::new(Memory), Box::new(File)];
    repos[0].get_twice().await;
    repos[1].get(3).await;
}
