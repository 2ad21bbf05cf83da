//! What an account costs, by figures that a person can check by hand.

use super::*;

fn list() -> PriceList {
    let tiers = |tiers: &[(f64, i64)]| {
        tiers
            .iter()
            .map(|(amount, cents)| (*amount, Some(Cents(*cents))))
            .collect()
    };
    PriceList {
        plans: [("scale", 19_900), ("starter", 4_900)]
            .map(|(plan, cents)| (plan.to_owned(), Some(Cents(cents))))
            .into(),
        addons: [("mobile".to_owned(), Some(Cents(9_900)))].into(),
        services: Service::ALL
            .map(|service| {
                let list = tiers(&[(100.0, 0), (1_000.0, 2_500), (5_000.5, 9_000)]);
                (service.key().to_owned(), list)
            })
            .into(),
    }
}

fn amounts(each: f64) -> Amounts {
    Service::ALL
        .into_iter()
        .map(|service| (service, each))
        .collect()
}

fn bought<'a>(limits: &'a Amounts, addons: &'a BTreeMap<String, u32>) -> Bought<'a> {
    Bought {
        plan: Some("scale"),
        limits,
        addons: Some(addons),
        monthly: true,
        coupon: Some(None),
        invoice: None,
    }
}

#[test]
fn a_limit_costs_its_own_tier_and_never_the_nearest() {
    let list = list();
    let limit = |limit| list.limit("input", limit);
    assert_eq!(limit(Some(1_000.0)), Ok(Cents(2_500)));
    assert_eq!(limit(Some(5_000.5)), Ok(Cents(9_000)));
    assert_eq!(limit(Some(0.0)), Ok(Cents(0)));
    for between in [999.0, 1_000.5, 5_000.0, 1e9] {
        assert_eq!(limit(Some(between)), Err(Unpriced::NoTier), "{between}");
    }
    assert_eq!(limit(None), Err(Unpriced::NotKnown));
    assert_eq!(limit(Some(-5.0)), Err(Unpriced::NotKnown));
    assert_eq!(list.limit("tcore", Some(1.0)), Err(Unpriced::NotKnown));
    assert_eq!(list.limit("tcore", Some(0.0)), Ok(Cents(0)));
}

#[test]
fn a_tier_that_is_listed_twice_with_two_prices_has_none() {
    let mut list = list();
    let tiers = list.services.get_mut("sms").unwrap();
    tiers.push((1_000.0, Some(Cents(1))));
    assert_eq!(list.limit("sms", Some(1_000.0)), Err(Unpriced::NotKnown));
    tiers_of(&mut list, "email").push((1_000.0, Some(Cents(2_500))));
    assert_eq!(list.limit("email", Some(1_000.0)), Ok(Cents(2_500)));
    tiers_of(&mut list, "email").push((7.0, Some(Cents(-1))));
    assert_eq!(list.limit("email", Some(7.0)), Err(Unpriced::NotKnown));
}

fn tiers_of<'a>(list: &'a mut PriceList, key: &str) -> &'a mut Vec<(f64, Option<Cents>)> {
    list.services.get_mut(key).unwrap()
}

#[test]
fn the_lines_and_the_difference_are_the_invoice() {
    let (limits, half) = (amounts(1_000.0), amounts(400.0));
    let addons = [("mobile".to_owned(), 2)].into();
    let coupon = Coupon {
        percentage_off: Some(10.0),
        ..Coupon::default()
    };
    let bought = Bought {
        coupon: Some(Some(&coupon)),
        invoice: Some(Cents(60_000)),
        ..bought(&limits, &addons)
    };
    let cost = account_cost(&list(), &bought, &[("a", &half), ("b", &half)]);
    assert_eq!(cost.plan, Ok(Cents(19_900)));
    for service in &cost.services {
        assert_eq!(service.price, Ok(Cents(2_500)));
        let divided = service.divided.as_ref().unwrap();
        assert_eq!(divided.shares, [Some(Cents(1_000)), Some(Cents(1_000))]);
        assert_eq!(divided.unallocated, Some(Cents(500)));
    }
    let whole = 19_900 + 9 * 2_500 + 2 * 9_900;
    assert_eq!(cost.coupon, Some(Cents(-whole / 10)));
    assert_eq!(cost.difference, Some(Cents(60_000 - whole + whole / 10)));
    assert_eq!(cost.unknown, 0);
}

#[test]
fn addons_that_are_not_known_are_one_unknown_line_that_the_difference_holds() {
    let (limits, none) = (amounts(1_000.0), BTreeMap::new());
    let unsaid = Bought {
        addons: None,
        invoice: Some(Cents(60_000)),
        ..bought(&limits, &none)
    };
    let cost = account_cost::<u8>(&list(), &unsaid, &[]);
    assert_eq!((cost.addons, cost.unknown), (None, 1));
    assert_eq!(cost.difference, Some(Cents(60_000 - 19_900 - 9 * 2_500)));
    let cost = account_cost::<u8>(&list(), &bought(&limits, &none), &[]);
    assert_eq!((cost.addons, cost.unknown), (Some(Vec::new()), 0));
}

#[test]
fn an_unknown_tier_is_a_line_that_the_difference_holds_and_hides_no_other() {
    let mut limits = amounts(1_000.0);
    limits[Service::Sms] = Some(777.0);
    let none = BTreeMap::new();
    let bought = Bought {
        invoice: Some(Cents(50_000)),
        ..bought(&limits, &none)
    };
    let cost = account_cost(&list(), &bought, &[("a", &amounts(1_000.0))]);
    assert_eq!(
        cost.services[Service::Sms.index()],
        ServiceCost {
            price: Err(Unpriced::NoTier),
            divided: None
        }
    );
    assert_eq!(cost.services[0].price, Ok(Cents(2_500)));
    assert_eq!(cost.unknown, 1);
    assert_eq!(cost.difference, Some(Cents(50_000 - 19_900 - 8 * 2_500)));
}

#[test]
fn a_coupon_of_a_share_of_what_is_unknown_is_unknown_and_one_for_the_plan_is_not() {
    let mut limits = amounts(1_000.0);
    limits[Service::Sms] = None;
    let none = BTreeMap::new();
    let off = |coupon: &Coupon| {
        let bought = Bought {
            coupon: Some(Some(coupon)),
            ..bought(&limits, &none)
        };
        account_cost::<u8>(&list(), &bought, &[]).coupon
    };
    let all = Coupon {
        percentage_off: Some(10.0),
        ..Coupon::default()
    };
    assert_eq!(off(&all), None);
    let plan = Coupon {
        applies_to: Some(vec!["scale".to_owned()]),
        ..all
    };
    assert_eq!(off(&plan), Some(Cents(-1_990)));
    let more_than_all = Coupon {
        amount_off: Some(Cents(1_000_000)),
        percentage_off: None,
        ..plan
    };
    assert_eq!(off(&more_than_all), Some(Cents(-19_900)));
    assert_eq!(off(&Coupon::default()), None);
}

#[test]
fn what_is_not_paid_by_the_month_has_no_known_price() {
    let (limits, none) = (amounts(1_000.0), BTreeMap::new());
    let bought = Bought {
        monthly: false,
        ..bought(&limits, &none)
    };
    let cost = account_cost::<u8>(&list(), &bought, &[]);
    assert_eq!(cost.plan, Err(Unpriced::NotMonthly));
    assert!(
        cost.services
            .iter()
            .all(|service| service.price == Err(Unpriced::NotMonthly))
    );
    assert_eq!(cost.unknown, 10);
}

#[test]
fn the_free_plan_and_its_tiers_cost_nothing_even_if_they_are_not_all_listed() {
    let (limits, none) = (amounts(100.0), BTreeMap::new());
    let bought = Bought {
        plan: Some("free"),
        invoice: Some(Cents(0)),
        ..bought(&limits, &none)
    };
    let cost = account_cost(&list(), &bought, &[(1, &Amounts::new())]);
    assert_eq!(cost.plan, Ok(Cents(0)));
    let shares = cost.services[0].divided.as_ref().unwrap();
    assert_eq!(shares.shares, [Some(Cents(0))]);
    assert_eq!((cost.difference, cost.unknown), (Some(Cents(0)), 0));
}

#[test]
fn services_beyond_the_nine_are_lines_of_their_own() {
    let mut limits = amounts(0.0);
    limits.set_by_key("tcore", 3.0);
    limits.set_by_key("dashboard_output", 0.0);
    let none = BTreeMap::new();
    let mut list = list();
    list.services
        .insert("tcore".to_owned(), vec![(3.0, Some(Cents(700)))]);
    let cost = account_cost::<u8>(&list, &bought(&limits, &none), &[]);
    assert_eq!(cost.others, [("tcore".to_owned(), Ok(Cents(700)))]);
}

#[test]
fn a_limit_that_is_raised_costs_the_new_tier_less_the_old_one() {
    let list = PriceList {
        services: BTreeMap::from([
            (
                "input".to_owned(),
                vec![(1.0, Some(Cents(0))), (3.0, Some(Cents(500))), (9.0, None)],
            ),
            ("sms".to_owned(), vec![(10.0, Some(Cents(300)))]),
        ]),
        ..PriceList::default()
    };
    let raise = |all: &[(&'static str, f64, f64)]| {
        list.raise(all.iter().map(|(key, from, to)| (*key, Some(*from), *to)))
    };
    assert_eq!(raise(&[("input", 1.0, 3.0)]), Ok(Cents(500)));
    assert_eq!(
        raise(&[("input", 1.0, 3.0), ("sms", 0.0, 10.0)]),
        Ok(Cents(800))
    );
    // What stands is no tier: the credit for it would be a guess.
    assert_eq!(raise(&[("input", 2.0, 3.0)]), Err(Unpriced::NoTier));
    assert_eq!(raise(&[("input", 1.0, 9.0)]), Err(Unpriced::NotKnown));
    assert_eq!(list.raise([("input", None, 3.0)]), Err(Unpriced::NotKnown));
    // Less is no purchase.
    assert_eq!(raise(&[("input", 3.0, 1.0)]), Err(Unpriced::NotKnown));
}
