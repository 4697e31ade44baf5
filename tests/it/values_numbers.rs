use crate::support::{evaluated, shown, thrown};

#[test]
fn constructors_and_widths() {
    assert_eq!(
        shown(
            r#"[Int32(5), Int64(5), Int64("7"), Int32(5.9), Double(5), Double("1e3"), Int64(3000000000), 3000000000]"#
        ),
        "[5, Int64(5), Int64(7), 5, 5.0, 1000.0, 3000000000, 3000000000]"
    );
    let special = r#"[Double("NaN"), Double("-Infinity"), -0.0, Int64("-9223372036854775808"), 1e300, 1e-300, 0.1]"#;
    assert_eq!(shown(special), special);
    let _ = evaluated(
        "let n = Int64(5); let out = 0; for i in 0..n { out += i; } assert_eq(out, 10); switch Int64(2) { 2 => (), _ => throw \"no\" }",
    );
}

#[test]
fn bad_arguments_are_errors() {
    for bad in [
        "Int32(3000000000)",
        "Int64(1e30)",
        "Int64(Double(\"NaN\"))",
        "Int64(\"x\")",
        "Int64([])",
        "Double(\"x\")",
        "Double(#{})",
        "Decimal128(\"x\")",
        "Decimal128(\"\")",
        "Decimal128(\".\")",
        "Decimal128(\"E01\")",
        "Decimal128(\".e+1\")",
        "Decimal128(\" 1\")",
        "Decimal128(\"1 \")",
        "Decimal128(\"-+1\")",
        "Decimal128(\"++1\")",
        "Decimal128(\"1e\")",
        "Decimal128(\"1E+30\").to_int()",
        "Timestamp(-1, 0)",
        "Binary(\"*\")",
        "Binary(\"AA==\", 256)",
        "Regex(\"a\\x00\")",
        "DateTime(\"soon\")",
        "DateTime(\"2026-01-01T00:00:00\")",
        "DateTime(0) + Int64(\"9223372036854775807\") + 1",
        "DateTime(-2) - Int64(\"9223372036854775807\")",
        "DateTime(-5) - DateTime(Int64(\"9223372036854775807\"))",
        "DateTime(0) + Double(\"NaN\")",
        "DateTime(0) - Int64(\"-9223372036854775808\")",
    ] {
        let thrown = thrown(bad);
        assert!(thrown.starts_with("InvalidArgument"), "{bad}: {thrown}");
    }
    assert!(thrown("UUID(\"x\")").starts_with("InvalidId"));
}

#[test]
fn decimals() {
    let _ = evaluated(
        r#"
        let d = Decimal128("1.10");
        assert_eq(`${d}`, `Decimal128("1.10")`);
        assert_eq(`${d + d} ${d * 3} ${1 - d} ${d / 4}`, `Decimal128("2.20") Decimal128("3.30") Decimal128("-0.10") Decimal128("0.275")`);
        assert_eq(`${d % 1} ${-d} ${d.abs()} ${d + 0.5}`, `Decimal128("0.10") Decimal128("-1.10") Decimal128("1.10") Decimal128("1.60")`);
        assert(d > 1 && d < 2 && d >= Decimal128("1.1") && d == Decimal128("1.1000") && 1.0 < d && d != 1.1);
        assert(Decimal128("1") == 1 && 1 == Decimal128("1.0") && 1.0 == Decimal128("1") && Decimal128("0.5") == 0.5);
        assert(Decimal128("-0") == 0 && Decimal128("NaN") != Decimal128("NaN") && !(Decimal128("NaN") < 1));
        assert_eq(Decimal128(1) / 3, Decimal128("0.3333333333333333333333333333333333"));
        assert_eq(`${Decimal128(1) / 0} ${Decimal128("-1E6144") * 100}`, `Decimal128("Infinity") Decimal128("-Infinity")`);
        assert_eq(`${Decimal128("9999999999999999999999999999999999") + 1}`, `Decimal128("1.000000000000000000000000000000000E+34")`);
        assert_eq([d.to_float(), d.to_int(), Decimal128("-7.9").to_int(), Decimal128("12E2").to_int()], [1.1, 1, -7, 1200]);
        let x = d; x += 1; assert_eq(x, Decimal128("2.10"));
        assert(Decimal128("Infinity") > 1e308 && Decimal128("-Infinity") < Int64("-9223372036854775808"));
    "#,
    );
}

#[test]
fn equality_across_types() {
    let _ = evaluated(
        r#"
        assert_eq([1, 1.0, Int64(1), Decimal128("1")], [1.0, Int64(1), Decimal128("1.0"), 1]);
        assert([9007199254740993] != [9007199254740992.0]);
        assert([9007199254740992] == [9007199254740992.0]);
        assert([Int64("9223372036854775807")] != [9223372036854775807.0]);
        assert([Decimal128("0.1")] != [0.1]);
        assert([1e22] == [Decimal128("1E+22")]);
        assert([Double("NaN")] == [Decimal128("NaN")]);
        assert([-0.0] == [0]);
        assert([()] != [Undefined]);
        assert(["a"] == ['a'] && ["a"] == [Symbol("a")]);
        assert([true] != [1] && ["1"] != [1]);
    "#,
    );
}

#[test]
fn other_types() {
    let _ = evaluated(
        r#"
        assert_eq(ObjectId("65b2f0a1c3d4e5f601234567").timestamp.year, 2024);
        assert(ObjectId("65b2f0a1c3d4e5f601234567") < ObjectId("65b2f0a1c3d4e5f601234568"));
        let date = DateTime("2026-01-31T10:20:30.5+01:00");
        assert_eq([date.year, date.month, date.day, date.hour, date.minute, date.second], [2026, 1, 31, 9, 20, 30]);
        assert_eq(date.timestamp_ms, 1769851230500);
        assert_eq(`${date} ${DateTime(-1)}`, `DateTime("2026-01-31T09:20:30.500Z") DateTime("1969-12-31T23:59:59.999Z")`);
        assert_eq(`${DateTime(253402300800000)} ${DateTime("0000-03-01")}`, `DateTime(253402300800000) DateTime("0000-03-01T00:00:00Z")`);
        assert_eq(DateTime("2024-02-29").day, 29);
        assert(UUID("936da01f-9abd-4d9d-80c7-02af85c822a8") == UUID("936DA01F9ABD4D9D80C702AF85C822A8"));
        assert_eq(`${UUID("936da01f-9abd-4d9d-80c7-02af85c822a8")}`, `UUID("936da01f-9abd-4d9d-80c7-02af85c822a8")`);
        assert_eq(`${Binary("aGk=", 4)}`, `Binary("aGk=", 4)`);
        fn inside() { [MinKey, MaxKey(), Undefined, Code("x", #{ a: 1 }), Regex("^a"), Regex("a", "i"), Timestamp(1, 2), Symbol("s")] }
        assert_eq(`${inside()}`, `[MinKey, MaxKey, Undefined, Code("x", #{ a: 1 }), Regex("^a"), Regex("a", "i"), Timestamp(1, 2), Symbol("s")]`);
        assert(Timestamp(1, 2) < Timestamp(1, 3));
    "#,
    );
}
