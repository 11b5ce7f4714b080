//! The shapes that async code takes, with no runtime but a home-made executor: every case is a
//! task of its own, spawned again each round.

mod blocks;
mod drops;
mod executor;
mod futures;
mod generic;
mod methods;
mod nesting;
#[cfg(feature = "newer")]
mod newer;

fn main() {
    workload::watchdog();
    while workload::more() {
        let mut executor = executor::Executor::default();
        nesting::spawn(&mut executor);
        blocks::spawn(&mut executor);
        generic::spawn(&mut executor);
        methods::spawn(&mut executor);
        futures::spawn(&mut executor);
        drops::spawn(&mut executor);
        #[cfg(feature = "newer")]
        newer::spawn(&mut executor);
        executor.run();
    }
    workload::print_truth();
}
