//! actix: actors that answer with futures, tasks on arbiters, and an actix-web server with a client
//! on a plain socket.

mod actors;
mod web;

/* What every task awaits: two slices under the chain it is told. */
async fn part(chain: &'static str) -> u64 {
    let mut x = 0;
    for _ in 0..2 {
        x ^= workload::burn(chain, workload::SLICE);
        workload::pause().await;
    }
    x
}

async fn run() {
    let server = web::start();
    let address = server.1;
    let client = std::thread::spawn(move || web::client(address));
    actors::run().await;
    client.join().unwrap();
    server.0.stop(false).await;
}

fn main() {
    workload::watchdog();
    actix_rt::System::new().block_on(run());
    workload::print_truth();
}
