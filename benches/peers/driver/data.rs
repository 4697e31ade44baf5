//! The documents, and what every program must find in them.

use bson::{DateTime, Document, doc};

const PRODUCTS: [&str; 8] = [
    "socks", "apples", "bolts", "books", "lamps", "chairs", "bread", "paper",
];
const CITIES: [&str; 10] = [
    "Miami", "Oslo", "Lima", "Porto", "Turin", "Riga", "Accra", "Kobe", "Perth", "Quito",
];
/// The first of January 2026.
const START_MS: i64 = 1_767_225_600_000;

/// Shipment number `i`; the four programs make the same.
pub fn shipment(i: usize) -> Document {
    let number = i as i32;
    doc! {
        "number": number,
        "truck_id": number % 50,
        "product": PRODUCTS[i % 8],
        "quantity": number % 97,
        "weight_kg": f64::from(number % 1000) * 0.25,
        "city": CITIES[i % 10],
        "express": i.is_multiple_of(3),
        "departed": DateTime::from_millis(START_MS + i as i64 * 60_000),
    }
}

/// The sum of all quantities.
pub fn quantities(size: usize) -> usize {
    (0..size).map(|i| i % 97).sum()
}

/// How many documents a program must count in that row, and the sum it must come to.
pub fn expected(row: &str, size: usize) -> (usize, usize) {
    let sum = match row {
        "sum_one" | "find_one" | "parallel" | "memory" | "memory_200k" => quantities(size),
        "read_all" => (0..size).map(all_fields).sum(),
        "watch" => quantities(size) + size,
        _ => 0,
    };
    (size, sum)
}

fn all_fields(i: usize) -> usize {
    let texts = PRODUCTS[i % 8].len() + CITIES[i % 10].len();
    i + i % 50 + i % 97 + texts + i % 1000 + usize::from(i.is_multiple_of(3))
}
