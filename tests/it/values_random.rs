use crate::support::{evaluated, shown, thrown};

#[test]
fn a_seed_repeats_its_values() {
    let script = r#"random::seed(42); let a = [1, 2, 3, 4, 5]; random::shuffle(a);
        [a, random::int(1, 1000), random::choice(["a", "b", "c"]), random::sample([1, 2, 3, 4], 2), random::string("ABC", 5), random::float()]"#;
    assert_eq!(shown(script), shown(script));
    // The values of a seed must never change, because lessons show them.
    let script = r#"random::seed(1); [random::int(1, 100), random::int(1, 100), random::int(-5, 5), random::string("ABCDEF", 6)]"#;
    assert_eq!(shown(script), r#"[41, 9, 1, "BBECAF"]"#);
}

#[test]
fn random_values_stay_in_range() {
    let _ = evaluated(
        r#"
        for i in 0..200 {
            let die = random::int(1, 6); assert(die >= 1 && die <= 6);
            let f = random::float(); assert(f >= 0.0 && f < 1.0);
        }
        assert_eq(random::int(5, 5), 5);
        random::int(Int64("-9223372036854775808"), Int64("9223372036854775807"));
        assert_eq(set(random::sample([1, 2, 3], 3)), set([1, 2, 3]));
        assert_eq(random::string("é", 3), "ééé");
        let d = #{ cards: [1, 2, 3] };
        assert_eq(set(random::shuffle(d.cards)), set([1, 2, 3]));
        let faces = set([]); for i in 0..200 { faces.add(random::int(1, 6)); } assert_eq(faces.len(), 6);
        let f = |deck| { random::shuffle(deck); deck.len() }; assert_eq(f.call([1, 2]), 2);
    "#,
    );
}

#[test]
fn bad_arguments_are_named() {
    for bad in [
        "random::choice([])",
        "random::int(2, 1)",
        "random::sample([1], 2)",
        "random::sample([1], -1)",
        "random::string(\"\", 1)",
        "random::string(\"a\", -1)",
        "random::string(\"a\", Int64(\"9223372036854775807\"))",
    ] {
        let thrown = thrown(bad);
        assert!(thrown.starts_with("InvalidArgument"), "{bad}: {thrown}");
    }
}
