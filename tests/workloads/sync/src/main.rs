//! No async at all: functions, closures, generics and trait objects on two threads. Every frame
//! that a plain profiler shows is to be there, thread start aside.
//!
//! The first link of a stack with no async body is the name of its thread: `sync` or `helper`.

use workload::{burn, SLICE};

trait Shape {
    fn area(&self) -> u64;
    fn twice(&self) -> u64 {
        self.area() ^ 1
    }
}

struct Circle;
struct Square(u64);

impl Shape for Circle {
    #[inline(never)]
    fn area(&self) -> u64 {
        burn("sync;sync::main;sync::round;sync::draw;<sync::Circle as sync::Shape>::area;workload::burn", SLICE) ^ 3
    }
}

impl Shape for Square {
    #[inline(never)]
    fn area(&self) -> u64 {
        self.0
            ^ burn(
                "sync;sync::main;sync::round;sync::draw;<sync::Square as sync::Shape>::twice;\
                 <sync::Square as sync::Shape>::area;workload::burn",
                SLICE,
            )
    }
}

#[inline(never)]
fn draw(shapes: &[Box<dyn Shape>]) -> u64 {
    shapes[0].area() ^ shapes[1].twice()
}

struct Parser {
    words: u64,
}

impl Parser {
    fn parse(&mut self, depth: usize) -> u64 {
        self.words += 1;
        let own = burn(PARSE[depth], SLICE);
        match depth {
            0 => own,
            _ => self.parse(depth - 1).rotate_left(7) ^ own,
        }
    }
}

const PARSE: [&str; 3] = [
    "sync;sync::main;sync::round;sync::Parser::parse;sync::Parser::parse;sync::Parser::parse;workload::burn",
    "sync;sync::main;sync::round;sync::Parser::parse;sync::Parser::parse;workload::burn",
    "sync;sync::main;sync::round;sync::Parser::parse;workload::burn",
];

trait Key {
    const HASHED: &'static str;
}
impl Key for u32 {
    const HASHED: &'static str = "sync;sync::main;sync::round;sync::hash<u32>;workload::burn";
}
impl Key for [u8; 16] {
    const HASHED: &'static str = "sync;sync::main;sync::round;sync::hash<[u8: 16]>;workload::burn";
}

#[inline(never)]
fn hash<K: Key>(_key: K) -> u64 {
    burn(K::HASHED, SLICE) ^ std::mem::size_of::<K>() as u64
}

#[inline(never)]
fn round() -> u64 {
    let mut parser = Parser { words: 0 };
    let shapes: [Box<dyn Shape>; 2] = [Box::new(Circle), Box::new(Square(2))];
    let scale = |x: u64| burn("sync;sync::main;sync::round;sync::round::{closure#0};workload::burn", SLICE) ^ x;
    let x = draw(&shapes) ^ parser.parse(2) ^ hash(7_u32) ^ hash([0_u8; 16]);
    scale(x) ^ parser.words
}

/* A function by pointer, under a thread's closure. */
#[inline(never)]
fn compress(block: u64) -> u64 {
    block ^ burn("helper;sync::start_helper::{closure#0};sync::compress;workload::burn", SLICE)
}

fn start_helper() -> std::thread::JoinHandle<u64> {
    let work: fn(u64) -> u64 = compress;
    let body = move || {
        let mut x = 0;
        while workload::more() {
            x ^= work(x);
        }
        x
    };
    std::thread::Builder::new().name("helper".into()).spawn(body).unwrap()
}

fn main() {
    workload::name_thread("sync"); // whatever the binary is called
    workload::watchdog();
    let helper = start_helper();
    let mut x = 0;
    while workload::more() {
        x ^= round();
    }
    assert_ne!(x ^ helper.join().unwrap(), 0);
    workload::print_truth();
}
