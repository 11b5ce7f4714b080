//! The same few chains on runtimes that are not tokio: async-std, smol and its executors, and the
//! pools of the futures crate.

mod executors;
mod on_async_std;
mod on_smol;
mod pools;

fn main() {
    workload::watchdog();
    let mut pools = pools::Pools::new();
    while workload::more() {
        on_async_std::round();
        on_smol::round();
        executors::round();
        pools.round();
    }
    workload::print_truth();
}

/* What every task awaits: two slices under the chain it is told. */
async fn part(chain: &'static str) -> u64 {
    let mut x = 0;
    for _ in 0..2 {
        x ^= workload::burn(chain, workload::SLICE);
        workload::pause().await;
    }
    x
}
