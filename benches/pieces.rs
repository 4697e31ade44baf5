//! What scripts hit in loops, without a server: `cargo bench --bench pieces`.
//!
//! A regression of one of these shows here before it shows in a whole program. Each script loops [`TIMES`] times inside, so
//! that what is measured is the piece and not the call into the engine; the empty loop is there to be subtracted.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints its results"
)]

use std::hint::black_box;

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rhai::{AST, Dynamic, Engine, Scope};
use seaworthy::api::run::event::Output;
use seaworthy::api::run::session::Session;
use seaworthy::api::run::session_options::{ServerSource, SessionOptions, no_sets};
use seaworthy::engine::{self, LookedAt};
use seaworthy::mongo::{Bridge, CheckoutWatch, Interrupt, Limits, PoolMonitor};
use seaworthy::values::document::Document;

/// How often each script does its piece.
const TIMES: u64 = 1000;

/// The pieces that are written as scripts: what is done once for each `i`, with a document `d` and an array `all`.
const SCRIPTS: &[(&str, &str)] = &[
    ("empty loop", "for i in 0..1000 { }"),
    (
        "literal",
        r#"for i in 0..1000 { #{ number: i, product: "socks", quantity: 3, weight_kg: 0.5, express: true }; }"#,
    ),
    ("field read", "for i in 0..1000 { d.quantity; }"),
    (
        "field read of a literal",
        "let e = #{ number: 1, quantity: 2 }; for i in 0..1000 { e.quantity; }",
    ),
    ("field write", "for i in 0..1000 { d.quantity = i; }"),
    ("field added to", "for i in 0..1000 { d.quantity += 1; }"),
    (
        "iteration",
        "let sum = 0; for e in all { sum += e.quantity; }",
    ),
    ("handle", "for i in 0..1000 { db.shipments; }"),
];

fn session() -> Session {
    Session::new(SessionOptions {
        args: Vec::new(),
        seed: Some(1),
        output: Output::new(|_| Ok(())),
        interrupt: Interrupt::new(None),
        server: ServerSource::none(),
        database: None,
        confined: false,
        limits: seaworthy::api::run::run_limits::RunLimits::NONE,
        trace: false,
        recorder: None,
        start_set: no_sets(),
        explain: seaworthy::api::run::explanation::unexplained,
    })
}

/// A shipment as the server sends it.
fn shipment() -> Bytes {
    let document = bson::doc! {
        "_id": bson::oid::ObjectId::from_bytes([7; 12]), "number": 7, "truck_id": 7, "product": "paper", "quantity": 7,
        "weight_kg": 1.75, "city": "Kobe", "express": false, "departed": bson::DateTime::from_millis(1_767_226_020_000),
    };
    document.to_vec().map(Bytes::from).unwrap_or_default()
}

fn received() -> Document {
    Document::from_bytes(shipment()).unwrap_or_default()
}

fn scripts(criterion: &mut Criterion) {
    let engine = engine::build(&session(), &LookedAt::default());
    let mut group = criterion.benchmark_group("script");
    group.throughput(Throughput::Elements(TIMES));
    for (name, script) in SCRIPTS {
        let mut scope = scope();
        // The places of the scope's variables are known to the parser, as they are in a script that declares them.
        match engine.compile_with_scope(&scope, script) {
            Ok(ast) => group.bench_function(*name, |bencher| {
                bencher.iter(|| run(&engine, &mut scope, &ast));
            }),
            Err(error) => return eprintln!("{name}: {error}"),
        };
    }
    group.finish();
}

fn scope() -> Scope<'static> {
    let mut scope = Scope::new();
    scope.push("d", received());
    let all = vec![Dynamic::from(received()); TIMES as usize];
    scope.push("all", all);
    scope
}

fn run(engine: &Engine, scope: &mut Scope, ast: &AST) {
    let size = scope.len();
    if let Err(error) = engine.run_ast_with_scope(scope, ast) {
        eprintln!("{error}");
    }
    scope.rewind(size);
}

fn bson(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bson");
    let bytes = shipment();
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("in, one field", |bencher| {
        bencher.iter(|| {
            Document::from_bytes(bytes.clone()).and_then(|document| document.get("quantity"))
        });
    });
    group.bench_function("in, all fields", |bencher| {
        bencher
            .iter(|| Document::from_bytes(bytes.clone()).and_then(|document| document.entries()));
    });
    let received = received();
    group.bench_function("out, untouched", |bencher| {
        bencher.iter(|| black_box(&received).to_bytes());
    });
    let mut changed = received.clone();
    if changed.set("quantity", Dynamic::from_int(8)).is_ok() {
        group.bench_function("out, one field changed", |bencher| {
            bencher.iter(|| black_box(&changed).to_bytes());
        });
    }
    group.finish();
}

fn bridge(criterion: &mut Criterion) {
    let Ok(bridge) = Bridge::new() else {
        return eprintln!("the bridge does not start");
    };
    let (interrupt, checkout) = (
        Interrupt::new(None),
        CheckoutWatch::new(&PoolMonitor::new(None)),
    );
    criterion.bench_function("a call across the bridge", |bencher| {
        bencher.iter(|| {
            bridge.run(&interrupt, Limits::default(), &checkout, async {
                black_box(1)
            })
        });
    });
}

fn engines(criterion: &mut Criterion) {
    let session = session();
    criterion.bench_function("engine construction", |bencher| {
        bencher.iter(|| engine::build(&session, &LookedAt::default()));
    });
}

criterion_group!(pieces, scripts, bson, bridge, engines);
criterion_main!(pieces);
