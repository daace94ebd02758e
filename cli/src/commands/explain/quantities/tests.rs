use std::collections::BTreeSet;

use budget_client::idl::Field;

use super::*;

fn tokens() -> (Token, Token) {
    let token = |decimals, symbol: &str| Token { decimals, symbol: symbol.to_owned() };
    (token(6, "USDC"), token(9, "RIVER"))
}

#[test]
fn amounts_have_decimals_where_they_are_known_and_base_units_always() {
    let tokens = tokens();
    let budget = number(1_250_500_000, Unit::Budget, Some(&tokens));
    assert_eq!(budget, "1,250.5 USDC (1,250,500,000 base units)");
    let stake = number(1_250_500_000, Unit::Stake, Some(&tokens));
    assert_eq!(stake, "1.2505 RIVER (1,250,500,000 base units)");
    assert_eq!(number(1_250, Unit::Budget, None), "1,250 base units");
    assert_eq!(number(u64::MAX, Unit::Budget, None), "no limit");
}

#[test]
fn other_numbers_have_units_too() {
    assert_eq!(number(129_600, Unit::Span, None), "1 day 12 hours (129,600 s)");
    assert_eq!(number(6_667, Unit::Share, None), "66.67 %");
    assert_eq!(number(1_767_571_200, Unit::Moment, None), "Mon 5 Jan 2026, 00:00 UTC (1767571200)");
    assert_eq!(number(0, Unit::Moment, None), "0");
    assert_eq!(number(5_000, Unit::Lamports, None), "0.000005 SOL");
    assert_eq!(number(70_000, Unit::Count, None), "70,000");
    assert_eq!(number(70_000, Unit::Share, None), "70000", "no share at all");
}

/// Every number of 64 bits that an instruction of the program is given, by instruction and field.
fn large_numbers() -> BTreeSet<(String, String)> {
    let idl: serde_json::Value = serde_json::from_str(budget_client::idl::TEXT).unwrap();
    let mut found = BTreeSet::new();
    for instruction in idl["instructions"].as_array().unwrap() {
        let name = instruction["name"].as_str().unwrap();
        for argument in instruction["args"].as_array().unwrap() {
            let field = argument["name"].as_str().unwrap();
            collect(&idl, name, field, &argument["type"], &mut found);
        }
    }
    found
}

fn collect(
    idl: &serde_json::Value,
    instruction: &str,
    field: &str,
    of: &serde_json::Value,
    found: &mut BTreeSet<(String, String)>,
) {
    if of == "u64" {
        found.insert((instruction.to_owned(), field.to_owned()));
    }
    for inner in ["option", "vec"] {
        collect_some(idl, instruction, field, &of[inner], found);
    }
    collect_some(idl, instruction, field, &of["array"][0], found);
    let Some(name) = of["defined"]["name"].as_str() else { return };
    let types = idl["types"].as_array().unwrap();
    let body = &types.iter().find(|known| known["name"] == name).unwrap()["type"];
    let variants = body["variants"].as_array().cloned().unwrap_or_default();
    let fields = variants.iter().map(|variant| &variant["fields"]).chain([&body["fields"]]);
    for listed in fields.filter_map(|fields| fields.as_array()) {
        for inner in listed {
            match inner["name"].as_str() {
                Some(name) => collect(idl, instruction, name, &inner["type"], found),
                None => collect(idl, instruction, field, inner, found),
            }
        }
    }
}

fn collect_some(
    idl: &serde_json::Value,
    instruction: &str,
    field: &str,
    of: &serde_json::Value,
    found: &mut BTreeSet<(String, String)>,
) {
    if !of.is_null() {
        collect(idl, instruction, field, of, found);
    }
}

#[test]
fn no_argument_that_touches_money_is_told_as_a_bare_number() {
    let found = large_numbers();
    assert!(found.len() > 15, "{found:?}");
    let bare: BTreeSet<(&str, &str)> = found
        .iter()
        .filter(|(instruction, field)| unit(instruction, field) == Unit::Count)
        .map(|(instruction, field)| (instruction.as_str(), field.as_str()))
        .collect();
    // A number that tells treasuries apart, and a weight.
    let weight = "min_total_weight";
    let expected =
        [("create_treasury", "id"), ("create_treasury", weight), ("submit_action", weight)];
    assert_eq!(bare, BTreeSet::from(expected));
    let staked: BTreeSet<&str> = found
        .iter()
        .filter(|(instruction, field)| unit(instruction, field) == Unit::Stake)
        .map(|(instruction, _)| instruction.as_str())
        .collect();
    assert_eq!(staked, BTreeSet::from(["request_unstake", "stake"]));
}

fn field(name: &'static str, value: Value<'static>) -> Field<'static> {
    Field { name, docs: &[], value }
}

#[test]
fn a_value_is_told_to_its_last_field() {
    let key = anchor_lang::prelude::Pubkey::new_from_array([3; 32]);
    let value = Value::Struct(vec![
        field("amount", Value::Unsigned(7)),
        field("first_open_at", Value::Signed(-1)),
        field("title", Value::Text("a\u{1b}[2J".to_owned())),
        field("name", Value::Bytes(b"ops\0\0".to_vec())),
        field("reserved", Value::Bytes(vec![0; 4])),
        field("reserved_flags", Value::Bytes(vec![0, 1])),
        field("holder", Value::Key(key)),
        field("guardian", Value::Key(Default::default())),
        field("rules", Value::List(vec![Value::Bool(true), Value::Nothing])),
        field(
            "action",
            Value::Variant(
                "Reduce",
                Some(Box::new(Value::Struct(vec![field("keep_bps", Value::Unsigned(5_000))]))),
            ),
        ),
        field("ruling", Value::Variant("Cancel", None)),
    ]);
    let show = |field: &str, value: u64| format!("{value} of {field}");
    let lines: Vec<String> = flat("", "args", &value, &show)
        .into_iter()
        .map(|(path, text)| format!("{path}: {text}"))
        .collect();
    assert_eq!(
        lines,
        [
            "amount: 7 of amount".to_owned(),
            "first_open_at: -1".to_owned(),
            "title: \"a\u{fffd}[2J\"".to_owned(),
            "name: \"ops\"".to_owned(),
            "reserved_flags: 0001".to_owned(),
            format!("holder: {key}"),
            "guardian: nobody".to_owned(),
            "rules.0: yes".to_owned(),
            "rules.1: nothing".to_owned(),
            "action: Reduce".to_owned(),
            "action.Reduce.keep_bps: 5000 of keep_bps".to_owned(),
            "ruling: Cancel".to_owned(),
        ]
    );
}
