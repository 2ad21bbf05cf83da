//! Costs and allocation on a terminal: in words that add up, and in JSON.
#![allow(clippy::unwrap_used)] // helpers of tests

use serde_json::{Value, json};

use crate::bench::Bench;

fn sum(values: impl Iterator<Item = Value>) -> i64 {
    values.filter_map(|value| value.as_i64()).sum()
}

#[test]
fn costs_in_json_are_the_invoice_to_the_cent_and_each_profiles_part_of_it() {
    let bench = Bench::connected(12);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let (costs, code) = bench.json(&["costs"]);
    assert_eq!(code, 0, "{costs}");
    let acme = &costs["accounts"][0];
    assert_eq!(
        (&acme["account"], &acme["tiers"]),
        (&json!("Acme"), &json!(true))
    );
    let invoice = bench.sim.world().accounts[0].monthly_total();
    assert_eq!(acme["upcoming_invoice_total"], json!(invoice));
    let lines = acme["lines"].as_array().unwrap();
    let prices = sum(lines.iter().map(|line| line["price"].clone()));
    assert_eq!(prices + acme["difference"].as_i64().unwrap(), invoice);
    let input = lines.iter().find(|line| line["name"] == "input").unwrap();
    let profiles = acme["profiles"].as_array().unwrap();
    assert!(!profiles.is_empty());
    let parts = sum(profiles.iter().map(|one| one["services"]["input"].clone()));
    let nobodys = input["unallocated"].as_i64().unwrap();
    assert_eq!(json!(parts + nobodys), input["price"]);
    assert!(acme["cycle"]["start"].as_str().unwrap() < acme["cycle"]["end"].as_str().unwrap());
    let shared = costs["shared"].as_array().unwrap();
    assert!(shared.iter().all(|one| one["services"]["input"].is_null()));
}

#[test]
fn costs_in_words_name_the_lines_the_rule_and_what_is_not_known() {
    let bench = Bench::connected(12);
    let hostile = "\u{1b}[2J<b>Porto</b>";
    let token = &bench.sim.tokens()[0];
    let id = bench
        .sim
        .world()
        .owned_by(&token.account)
        .next()
        .unwrap()
        .id
        .clone();
    assert!(bench.sim.rename_profile(&id, hostile));
    bench
        .sim
        .change(|world| world.accounts[0].limits[0] = 7_777_777.0);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let said = bench.run(&["costs"]).out;
    for words in [
        "Plan scale",
        "Add-on custom_dns",
        "Coupon PARTNER",
        "Credits, discounts, tax: difference to the invoice",
        "Upcoming invoice",
        "Data input is limited to 7,777,777, which is no tier",
        "share of the account's limit",
        "[2J<b>Porto</b>",
        "≥ $",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains('\u{1b}'), "{said}");
    let (error, code) = bench.error(&["costs", "--filter", "cost:dear"], "");
    assert_eq!(
        (code, &error["code"]),
        (2, &json!("invalid_input")),
        "{error}"
    );
    // Before the first sync nothing was seen, and nothing is claimed.
    let (past, code) = bench.json(&["costs", "--at", "2020-05"]);
    assert_eq!(code, 0);
    assert_eq!(past["accounts"][0]["seen"], json!(false));
    assert_eq!(past["accounts"][0]["profiles"], json!([]));
    assert_eq!(bench.run(&["costs", "--at", "2999-01-01"]).code, 2);
}

#[test]
fn addons_that_are_not_known_are_a_line_that_says_so() {
    let bench = Bench::connected(12);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let unsaid = "UPDATE version SET value = json_set(value, '$.addons', NULL)
                  WHERE aspect = 'subscription'";
    assert_eq!(bench.db().execute(unsaid, []).unwrap(), 1);
    let acme = bench.json(&["costs"]).0["accounts"][0].clone();
    let lines = acme["lines"].as_array().unwrap().iter();
    let addons: Vec<&Value> = lines.filter(|line| line["kind"] == "addon").collect();
    assert_eq!(addons.len(), 1, "{addons:?}");
    assert!(addons[0]["name"].is_null() && addons[0]["price"].is_null());
    let profiles = acme["profiles"].as_array().unwrap();
    assert!(!profiles.is_empty() && profiles.iter().all(|one| one["addons"].is_null()));
    let said = bench.run(&["costs"]).out;
    let why = "Acme: which add-ons it has is not known; the difference holds them.";
    assert!(said.contains("Add-ons") && said.contains(why), "{said}");
}

#[test]
fn allocation_adds_up_in_json_and_in_words() {
    let bench = Bench::connected(12);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let (shown, code) = bench.json(&["allocation"]);
    assert_eq!(code, 0, "{shown}");
    let input = &shown["accounts"][0]["services"]["input"];
    let of = |what: &str| input[what].as_f64().unwrap();
    assert!((of("allocated") + of("free") - of("bought")).abs() < 1e-6);
    let profiles = input["profiles"].as_array().unwrap();
    let allocated: f64 = profiles
        .iter()
        .map(|one| one["allocated"].as_f64().unwrap())
        .sum();
    assert!((allocated - of("allocated")).abs() < 1e-6);
    assert_eq!(bench.json(&["allocation", "show"]).0, shown);
    let one = [
        "allocation",
        "show",
        "--account",
        "acme",
        "--service",
        "input",
    ];
    let said = bench.run(&one).out;
    assert!(
        said.contains("Data input") && !said.contains("SMS"),
        "{said}"
    );
    assert!(
        said.contains("HEADROOM") && said.contains("5 of 5 profiles, 0 free"),
        "{said}"
    );
    assert!(said.contains("cannot be moved to another"), "{said}");
    assert_eq!(bench.run(&["allocation", "--service", "weather"]).code, 2);
}

#[test]
fn an_empty_store_says_what_to_do() {
    let bench = Bench::new(2);
    for command in ["costs", "allocation"] {
        let said = bench.run(&[command]);
        assert_eq!(said.code, 0, "{said:?}");
        assert!(said.out.contains("pdesk account add"), "{said:?}");
    }
    assert_eq!(
        bench.json(&["costs"]).0,
        json!({"at": null, "accounts": [], "shared": []})
    );
}
