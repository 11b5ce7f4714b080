//! Actors, and tasks on the system's own arbiter and on another.

use crate::part;
use actix::prelude::*;
use workload::{burn, SLICE};

#[derive(Message)]
#[rtype(result = "u64")]
struct Job(u64);

struct Worker {
    done: u64,
}

impl Actor for Worker {
    type Context = Context<Self>;
}

/* The answer is a future that the actor's context polls: its body is the root. */
impl Handler<Job> for Worker {
    type Result = ResponseFuture<u64>;
    fn handle(&mut self, job: Job, _: &mut Self::Context) -> Self::Result {
        self.done += 1;
        Box::pin(work(job.0))
    }
}

async fn work(n: u64) -> u64 {
    n | part("actix_tasks::actors::work;actix_tasks::part;workload::burn").await
}

struct Stepper;

impl Actor for Stepper {
    type Context = Context<Self>;
}

#[derive(Message)]
#[rtype(result = "u64")]
struct Step;

/* A future that gets its actor back when it is done, by a closure. */
impl Handler<Step> for Stepper {
    type Result = ResponseActFuture<Self, u64>;
    fn handle(&mut self, _: Step, _: &mut Self::Context) -> Self::Result {
        Box::pin(step().into_actor(self).map(|x, _, _| x | 1))
    }
}

async fn step() -> u64 {
    part("actix_tasks::actors::step;actix_tasks::part;workload::burn").await
}

async fn spawned() {
    part("actix_tasks::actors::spawned;actix_tasks::part;workload::burn").await;
}

pub async fn run() {
    let worker = Worker { done: 0 }.start();
    let stepper = Stepper.start();
    let arbiter = actix_rt::Arbiter::new();
    while workload::more() {
        let task = actix_rt::spawn(spawned());
        arbiter.spawn(async {
            part("actix_tasks::actors::run::{async_block#0};actix_tasks::part;workload::burn").await;
        });
        let (x, y) = futures::join!(worker.send(Job(1)), stepper.send(Step));
        assert_ne!(x.unwrap() ^ y.unwrap(), 0);
        task.await.unwrap();
        burn("actix_tasks::run;actix_tasks::actors::run;workload::burn", SLICE);
    }
    arbiter.stop();
    assert!(arbiter.join().is_ok());
}
