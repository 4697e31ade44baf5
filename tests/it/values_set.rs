use std::time::{Duration, Instant};

use crate::support::{evaluated, thrown};

#[test]
fn members_compare_like_values_in_mongodb() {
    let _ = evaluated(
        r#"
        let s = set([3, 1, 1.0, Int64(3), Decimal128("3"), #{ a: 1, b: 2 }, #{ b: 2.0, a: 1 }, "x", 'x']);
        assert_eq(s.to_array(), [3, 1, #{ a: 1, b: 2 }, "x"]);
        assert(1.0 in s && !(2 in s) && #{ b: 2, a: 1 } in s);
        assert_eq([s.add(9), s.add(9.0), s.remove(3), s.remove(3), s.len(), s.is_empty()], [true, false, true, false, 4, false]);
        let t = s; t.add("only t");
        assert(s != t && s.difference(t).is_empty() && t.difference(s) == set(["only t"]));
        assert_eq(set([1, 2]).union(set([2, 3])).to_array(), [1, 2, 3]);
        assert_eq(set([1, 2, 3]).intersection(set([3, 2])).to_array(), [2, 3]);
        let seen = []; for member in set(["b", "a"]) { seen.push(member); } assert_eq(seen, ["b", "a"]);
        assert_eq(`${set([1, "a"])} ${set([])}`, `set([1, "a"]) set([])`);
    "#,
    );
    assert!(thrown("set([|| 1])").starts_with("InvalidArgument"));
}

#[test]
fn many_members_are_fast() {
    let start = Instant::now();
    let _ = evaluated(
        "let a = []; for i in 0..100000 { a.push(i); } let s = set(a); let t = set(a); for i in 0..50000 { t.remove(i); }
        assert_eq(s.difference(t).len(), 50000); assert(s.intersection(t).to_array()[0] == 50000);",
    );
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}
