//! Awaits on lines that the program knows. Beside its truth it prints the site of every await edge,
//! `await PARENT;CHILD FILE:LINE`, and for awaits inside a macro `macro PARENT;CHILD FILE:FIRST-LAST`
//! (the user's lines; a tool may also show the macro's line, if it says that it is one).

use futures::stream::StreamExt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use workload::{burn, pause, SLICE};

static SITES: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn site(edge: &str, line: u32) {
    note(format!("await {edge} {}:{line}", file!()));
}

fn macro_site(edge: &str, first: u32, last: u32) {
    note(format!("macro {edge} {}:{first}-{last}", file!()));
}

fn note(line: String) {
    let mut sites = SITES.lock().unwrap();
    if !sites.contains(&line) {
        sites.push(line);
    }
}

async fn leaf(chain: &'static str) -> u64 {
    let mut x = 0;
    for _ in 0..2 {
        x ^= burn(chain, SLICE);
        pause().await;
    }
    x
}

async fn plain() {
    site("awaits::plain;awaits::leaf", line!() + 1);
    leaf("awaits::plain;awaits::leaf;workload::burn").await;
}

/* The same edge on two lines. */
async fn twice() {
    site("awaits::twice;awaits::leaf", line!() + 1);
    leaf("awaits::twice;awaits::leaf;workload::burn").await;
    pause().await;
    site("awaits::twice;awaits::leaf", line!() + 1);
    leaf("awaits::twice;awaits::leaf;workload::burn").await;
}

/* The await stands on a line of its own: that line is the site. */
async fn spread() {
    site("awaits::spread;awaits::leaf", line!() + 4);
    leaf(
        "awaits::spread;awaits::leaf;workload::burn", //
    )
    .await;
}

async fn in_expressions(n: u64) -> u64 {
    site("awaits::in_expressions;awaits::leaf", line!() + 2);
    let x = n
        ^ leaf("awaits::in_expressions;awaits::leaf;workload::burn").await
        ^ match n {
            0 => 1,
            _ => {
                site("awaits::in_expressions;awaits::other", line!() + 1);
                other("awaits::in_expressions;awaits::other;workload::burn").await
            }
        };
    x | 1
}

async fn other(chain: &'static str) -> u64 {
    pause().await;
    burn(chain, SLICE)
}

async fn question_mark() -> Result<u64, ()> {
    site("awaits::question_mark;awaits::fallible", line!() + 1);
    let x = fallible().await?;
    site("awaits::question_mark;awaits::leaf", line!() + 1);
    Ok(x ^ leaf("awaits::question_mark;awaits::leaf;workload::burn").await)
}

async fn fallible() -> Result<u64, ()> {
    pause().await;
    Ok(burn("awaits::question_mark;awaits::fallible;workload::burn", SLICE))
}

async fn in_loop() {
    for _ in 0..2 {
        site("awaits::in_loop;awaits::in_loop::{async_block#0}", line!() + 6);
        async {
            site("awaits::in_loop::{async_block#0};awaits::leaf", line!() + 1);
            leaf("awaits::in_loop;awaits::in_loop::{async_block#0};awaits::leaf;workload::burn").await;
            pause().await;
        }
        .await;
    }
}

fn boxed(n: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        let x = match n {
            0 => {
                site("awaits::boxed::{async_block#0};awaits::leaf", line!() + 1);
                leaf("awaits::through_box;awaits::boxed::{async_block#0};awaits::boxed::{async_block#0};awaits::leaf;workload::burn").await
            }
            _ => {
                site("awaits::boxed::{async_block#0};awaits::boxed::{async_block#0}", line!() + 1);
                boxed(n - 1).await
            }
        };
        x | 1
    })
}

async fn through_box() {
    site("awaits::through_box;awaits::boxed::{async_block#0}", line!() + 1);
    boxed(1).await;
}

/* Through combinators and a stream: the site is still the await. */
async fn combined() {
    let chain = "awaits::combined;awaits::leaf;workload::burn";
    let many = futures::future::join_all((0..2).map(|_| leaf(chain)));
    site("awaits::combined;awaits::leaf", line!() + 1);
    many.await;
    let mut stream = futures::stream::iter(0..2)
        .map(|_| other("awaits::combined;awaits::other;workload::burn"))
        .buffer_unordered(2);
    site("awaits::combined;awaits::other", line!() + 1);
    while stream.next().await.is_some() {}
}

async fn in_join() {
    macro_site("awaits::in_join;awaits::leaf", line!() + 2, line!() + 5);
    macro_site("awaits::in_join;awaits::other", line!() + 1, line!() + 4);
    tokio::join!(
        leaf("awaits::in_join;awaits::leaf;workload::burn"),
        other("awaits::in_join;awaits::other;workload::burn"),
    );
}

async fn in_futures_join() {
    macro_site("awaits::in_futures_join;awaits::leaf", line!() + 1, line!() + 4);
    futures::join!(
        leaf("awaits::in_futures_join;awaits::leaf;workload::burn"),
        pause(), //
    );
}

async fn in_select() {
    macro_site("awaits::in_select;awaits::leaf", line!() + 2, line!() + 8);
    macro_site("awaits::in_select;awaits::endless", line!() + 1, line!() + 7);
    let x = tokio::select! {
        x = leaf("awaits::in_select;awaits::leaf;workload::burn") => {
            site("awaits::in_select;awaits::other", line!() + 1);
            x ^ other("awaits::in_select;awaits::other;workload::burn").await
        }
        x = endless("awaits::in_select;awaits::endless;workload::burn") => x,
    };
    assert_ne!(x | 1, 0);
}

async fn endless(chain: &'static str) -> u64 {
    let mut x = 1;
    while x != 0 {
        x = burn(chain, SLICE) | 1;
        pause().await;
    }
    x
}

async fn round() {
    let tasks = [
        tokio::spawn(plain()),
        tokio::spawn(twice()),
        tokio::spawn(spread()),
        tokio::spawn(in_loop()),
        tokio::spawn(through_box()),
        tokio::spawn(combined()),
        tokio::spawn(in_join()),
        tokio::spawn(in_futures_join()),
        tokio::spawn(in_select()),
    ];
    let (x, y) = (tokio::spawn(in_expressions(1)), tokio::spawn(question_mark()));
    for task in tasks {
        task.await.unwrap();
    }
    assert_ne!(x.await.unwrap(), 0);
    assert!(y.await.unwrap().is_ok());
}

fn main() {
    workload::watchdog();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    while workload::more() {
        runtime.block_on(round());
    }
    for line in SITES.lock().unwrap().iter() {
        println!("{line}");
    }
    workload::print_truth();
}
