//! Tasks that spawn tasks: a spawned body is a root, whatever its name says about where it stands.

use crate::{part, Tasks};
use tokio::runtime::Runtime;
use tokio::task::{JoinSet, LocalSet};
use workload::{burn, pause, SLICE};

pub fn spawn(tasks: &mut Tasks) {
    tasks.push(tokio::spawn(spawner()));
    tasks.push(tokio::spawn(join_set()));
}

async fn spawner() {
    let task = tokio::spawn(async {
        burn("tokio_shapes::spawns::spawner::{async_block#0};workload::burn", SLICE);
        pause().await;
        part("tokio_shapes::spawns::spawner::{async_block#0};tokio_shapes::part;workload::burn").await
    });
    burn("tokio_shapes::spawns::spawner;workload::burn", SLICE);
    task.await.unwrap();
}

async fn join_set() {
    let mut set = JoinSet::new();
    set.spawn(member(1));
    set.spawn(member(2));
    while let Some(x) = set.join_next().await {
        assert_ne!(x.unwrap(), 0);
        burn("tokio_shapes::spawns::join_set;workload::burn", SLICE);
    }
}

async fn member(n: u64) -> u64 {
    part("tokio_shapes::spawns::member;tokio_shapes::part;workload::burn").await | n
}

/* Tasks that never leave this thread, and the future that drives them. */
pub fn local_set(runtime: &Runtime) {
    let set = LocalSet::new();
    set.block_on(runtime, async {
        let task = tokio::task::spawn_local(local());
        burn("tokio_shapes::spawns::local_set::{async_block#0};workload::burn", SLICE);
        task.await.unwrap();
    });
}

async fn local() {
    pause().await;
    burn("tokio_shapes::spawns::local;workload::burn", SLICE);
    let set = LocalSet::new();
    set.spawn_local(part("tokio_shapes::part;workload::burn"));
    set.run_until(part("tokio_shapes::spawns::local;tokio_shapes::part;workload::burn")).await;
    set.await;
}
