//! The async-trait crate: trait objects whose methods are boxed async blocks.

use crate::{part, Tasks};
use async_trait::async_trait;
use workload::{burn, SLICE};

pub fn spawn(tasks: &mut Tasks) {
    tasks.push(tokio::spawn(handle(Box::new(Pg))));
    tasks.push(tokio::spawn(handle(Box::new(Memory))));
}

#[async_trait]
trait Repo: Send + Sync {
    async fn get(&self, key: u64) -> u64;

    async fn get_twice(&self) -> u64 {
        self.get(1).await ^ self.get(2).await
    }
}

struct Pg;
struct Memory;

#[async_trait]
impl Repo for Pg {
    async fn get(&self, key: u64) -> u64 {
        key ^ part(
            "tokio_shapes::traits::handle;\
             <tokio_shapes::traits::Pg as tokio_shapes::traits::Repo>::get_twice::{async_block#0};\
             <tokio_shapes::traits::Pg as tokio_shapes::traits::Repo>::get::{async_block#0};\
             tokio_shapes::part;workload::burn",
        )
        .await
    }
}

#[async_trait]
impl Repo for Memory {
    async fn get(&self, key: u64) -> u64 {
        key ^ burn(
            "tokio_shapes::traits::handle;\
             <tokio_shapes::traits::Memory as tokio_shapes::traits::Repo>::get_twice::{async_block#0};\
             <tokio_shapes::traits::Memory as tokio_shapes::traits::Repo>::get::{async_block#0};workload::burn",
            SLICE,
        )
    }
}

async fn handle(repo: Box<dyn Repo>) {
    repo.get_twice().await;
}
