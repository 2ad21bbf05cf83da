use super::*;

fn at(text: &str) -> Timestamp {
    format!("2026-11-24T{text}Z").parse().unwrap()
}

fn profile(number: u32) -> ProfileId {
    format!("{number:024x}").parse().unwrap()
}

/// Sends while it may, each request about another profile; says how many went.
fn fill(limiter: &mut Limiter, scope: Scope, class: Class, now: Timestamp) -> u32 {
    let mut sent = 0;
    while sent < 1_000 {
        let profile = profile(sent);
        if limiter.admits(scope, Some(&profile), class, now).is_err() {
            break;
        }
        let pass = limiter.sent(Some(&profile), now);
        limiter.passed(pass, scope, Some(&profile));
        sent += 1;
    }
    sent
}

fn learned(per_minute: u32, now: Timestamp) -> Limit {
    Limit {
        per_minute,
        learned_at: Some(now),
    }
}

#[test]
fn without_a_known_limit_everything_goes_and_the_first_refusal_teaches_it() {
    let now = at("12:00:10");
    let mut limiter = Limiter::default();
    let mut passes = Vec::new();
    for number in 0..12 {
        let asked = profile(number);
        assert_eq!(
            limiter.admits(Scope::Unknown, Some(&asked), Class::Work, now),
            Ok(())
        );
        passes.push((limiter.sent(Some(&asked), now), asked));
    }
    // Ten are let through by the API; one of them is answered after the first refusal.
    for (pass, asked) in &passes[..9] {
        limiter.passed(*pass, Scope::Unknown, Some(asked));
    }
    let (pass, asked) = &passes[10];
    let wait = Duration::from_secs(50);
    let lesson = limiter.refused(*pass, Scope::Unknown, Some(asked), wait, now);
    assert_eq!(
        lesson.scope,
        Some(Scope::Token),
        "one request each cannot be a limit of its own"
    );
    let (pass, asked) = &passes[9];
    limiter.passed(*pass, Scope::Token, Some(asked));
    let (pass, asked) = &passes[11];
    limiter.refused(*pass, Scope::Token, Some(asked), wait, now);
    assert_eq!(limiter.limit(now).unwrap().per_minute, 10);

    let opens = limiter
        .admits(Scope::Token, Some(&profile(99)), Class::Click, now)
        .unwrap_err();
    assert!(
        opens >= at("12:01:00") && opens <= at("12:01:01"),
        "{opens}"
    );
    assert_eq!(fill(&mut limiter, Scope::Token, Class::Work, opens), 9);
    assert_eq!(fill(&mut limiter, Scope::Token, Class::Click, opens), 1);
}

#[test]
fn a_known_limit_is_never_overrun_and_opens_with_the_minute_of_the_clock() {
    let mut limiter = Limiter::new(Some(learned(100, at("11:00:00"))));
    for (now, next) in [
        ("12:00:45", "12:01:00.5"),
        ("12:01:00.5", "12:02:00.5"),
        ("12:02:59.9", "12:03:00.5"),
    ] {
        assert_eq!(fill(&mut limiter, Scope::Token, Class::Work, at(now)), 98);
        let opens = limiter.admits(Scope::Token, None, Class::Work, at(now));
        assert_eq!(opens, Err(at(next)));
    }
}

#[test]
fn where_profiles_are_counted_apart_one_that_is_closed_keeps_no_other_waiting() {
    let now = at("12:00:10");
    let (busy, other) = (profile(1), profile(2));
    let mut limiter = Limiter::default();
    for _ in 0..5 {
        let pass = limiter.sent(Some(&busy), now);
        limiter.passed(pass, Scope::Unknown, Some(&busy));
    }
    let pass = limiter.sent(Some(&busy), now);
    let lesson = limiter.refused(
        pass,
        Scope::Unknown,
        Some(&busy),
        Duration::from_secs(50),
        now,
    );
    assert_eq!(lesson.scope, None, "nobody else asked yet");
    let admits = |limiter: &mut Limiter, who| {
        limiter
            .admits(Scope::Unknown, Some(who), Class::Work, now)
            .is_ok()
    };
    assert!(!admits(&mut limiter, &busy));
    assert!(admits(&mut limiter, &other), "the other one tells");
    let pass = limiter.sent(Some(&other), now);
    let lesson = limiter.passed(pass, Scope::Unknown, Some(&other));
    assert_eq!(lesson.scope, Some(Scope::Asked));
    assert!(
        limiter
            .admits(Scope::Asked, Some(&other), Class::Work, now)
            .is_ok()
    );
    assert!(
        limiter
            .admits(Scope::Asked, Some(&busy), Class::Work, now)
            .is_err()
    );
}

#[test]
fn the_refusal_of_a_second_profile_shows_that_all_are_counted_together() {
    let now = at("12:00:10");
    let (busy, other) = (profile(1), profile(2));
    let mut limiter = Limiter::default();
    for _ in 0..5 {
        let pass = limiter.sent(Some(&busy), now);
        limiter.passed(pass, Scope::Unknown, Some(&busy));
    }
    let wait = Duration::from_secs(50);
    let pass = limiter.sent(Some(&busy), now);
    limiter.refused(pass, Scope::Unknown, Some(&busy), wait, now);
    let pass = limiter.sent(Some(&other), now);
    let lesson = limiter.refused(pass, Scope::Unknown, Some(&other), wait, now);
    assert_eq!(lesson.scope, Some(Scope::Token));
    assert_eq!(limiter.limit(now).unwrap().per_minute, 5);
    assert!(
        limiter
            .admits(Scope::Token, Some(&profile(3)), Class::Click, now)
            .is_err()
    );
}

#[test]
fn a_refusal_at_the_end_of_a_minute_says_nothing_of_what_passes_in_the_next() {
    let (busy, other) = (profile(1), profile(2));
    let mut limiter = Limiter::default();
    let now = at("12:00:59.6");
    for _ in 0..5 {
        let pass = limiter.sent(Some(&busy), now);
        limiter.passed(pass, Scope::Unknown, Some(&busy));
    }
    let pass = limiter.sent(Some(&busy), now);
    let wait = Duration::from_secs(1);
    limiter.refused(pass, Scope::Unknown, Some(&busy), wait, now);
    // For our clock the wait is not over, for the API the minute is.
    let pass = limiter.sent(Some(&other), at("12:01:00.2"));
    let lesson = limiter.passed(pass, Scope::Unknown, Some(&other));
    assert_eq!(lesson.scope, None);
}

#[test]
fn what_another_program_used_up_before_is_taken_for_no_limit() {
    let now = at("12:00:10");
    for scope in [Scope::Unknown, Scope::Token, Scope::Asked] {
        let mut limiter = Limiter::default();
        for number in 0..3 {
            let pass = limiter.sent(Some(&profile(number)), now);
            let wait = Duration::from_secs(50);
            limiter.refused(pass, scope, Some(&profile(number)), wait, now);
        }
        assert_eq!(limiter.limit(now), None);
        let admits = |limiter: &mut Limiter, asked, now| {
            limiter.admits(scope, Some(&profile(asked)), Class::Work, now)
        };
        // Two that are refused without a third that gets through keep everybody waiting.
        let waits = admits(&mut limiter, 9, now).is_err();
        assert_eq!(waits, scope != Scope::Asked, "{scope:?}");
        assert_eq!(admits(&mut limiter, 1, at("12:01:01")), Ok(()));
    }
}

#[test]
fn a_refusal_that_is_answered_before_all_else_teaches_what_passes_after_it() {
    let now = at("12:00:10");
    let mut limiter = Limiter::default();
    let passes: Vec<_> = (0..11).map(|_| limiter.sent(None, now)).collect();
    let wait = Duration::from_secs(50);
    limiter.refused(passes[10], Scope::Token, None, wait, now);
    for pass in &passes[..10] {
        limiter.passed(*pass, Scope::Token, None);
    }
    assert_eq!(limiter.limit(now), Some(learned(10, now)));
}

#[test]
fn a_refusal_below_the_known_limit_holds_for_minutes_and_a_limit_for_a_day() {
    let now = at("12:00:10");
    let mut limiter = Limiter::new(Some(learned(100, at("11:00:00"))));
    for _ in 0..20 {
        let pass = limiter.sent(None, now);
        limiter.passed(pass, Scope::Token, None);
    }
    let pass = limiter.sent(None, now);
    limiter.refused(pass, Scope::Token, None, Duration::from_secs(50), now);
    assert_eq!(limiter.limit(at("12:05:00")).unwrap().per_minute, 20);
    assert_eq!(limiter.limit(at("12:11:00")), None);
    let limiter = Limiter::new(Some(learned(100, now)));
    let tomorrow = |text: &str| format!("2026-11-25T{text}Z").parse().unwrap();
    assert!(limiter.limit(tomorrow("12:00:00")).is_some());
    assert!(limiter.limit(tomorrow("12:01:00")).is_none());
    let documented = Limiter::new(Some(Limit {
        per_minute: 50,
        learned_at: None,
    }));
    assert!(documented.limit(tomorrow("23:00:00")).is_some());
}

#[test]
fn a_clock_that_jumps_closes_nothing_for_longer_than_a_minute() {
    let mut limiter = Limiter::new(Some(learned(10, at("12:00:00"))));
    let now = at("12:00:10");
    let pass = limiter.sent(None, now);
    limiter.refused(pass, Scope::Token, None, Duration::from_secs(50), now);
    for jumped in [at("11:00:00"), at("12:30:00")] {
        let mut limiter = limiter.clone();
        assert_eq!(
            limiter.admits(Scope::Token, None, Class::Work, jumped),
            Ok(())
        );
    }
}

#[test]
fn a_computer_whose_clock_differs_keeps_to_the_minute_of_the_api() {
    let mut limiter = Limiter::new(Some(learned(100, at("11:00:00"))));
    // Its minute begins 20 seconds past ours.
    let now = at("12:00:10");
    let pass = limiter.sent(None, now);
    limiter.refused(pass, Scope::Token, None, Duration::from_secs(10), now);
    let mut limiter = Limiter {
        limit: Some(learned(100, at("11:00:00"))),
        ..limiter
    };
    let opens = limiter
        .admits(Scope::Token, None, Class::Work, now)
        .unwrap_err();
    assert_eq!(opens, at("12:00:20.5"));
    assert_eq!(fill(&mut limiter, Scope::Token, Class::Work, opens), 98);
    let opens = limiter.admits(Scope::Token, None, Class::Work, opens);
    assert_eq!(opens, Err(at("12:01:20.5")));
}

#[test]
fn a_wait_that_is_longer_than_the_minute_is_kept() {
    let mut limiter = Limiter::default();
    let pass = limiter.sent(None, at("12:00:10"));
    limiter.refused(
        pass,
        Scope::Token,
        None,
        Duration::from_mins(5),
        at("12:00:10"),
    );
    let opens = limiter.admits(Scope::Token, None, Class::Work, at("12:02:00"));
    assert!(opens.unwrap_err() >= at("12:05:10"));
    assert_eq!(
        limiter.admits(Scope::Token, None, Class::Work, at("12:06:00")),
        Ok(())
    );
}

#[test]
fn the_smallest_limits_leave_something_for_the_work() {
    assert_eq!([1, 2, 5, 100, 500].map(reserve), [0, 1, 1, 2, 10]);
}

#[test]
fn a_limit_that_was_lowered_is_learned_although_the_refusals_are_heard_of_first() {
    let now = at("12:00:10");
    let mut limiter = Limiter::new(Some(learned(30, at("11:00:00"))));
    let passes: Vec<_> = (0..16)
        .map(|number| (limiter.sent(Some(&profile(number)), now), profile(number)))
        .collect();
    let wait = Duration::from_secs(50);
    for (pass, asked) in &passes[10..] {
        limiter.refused(*pass, Scope::Token, Some(asked), wait, now);
    }
    for (pass, asked) in &passes[..10] {
        limiter.passed(*pass, Scope::Token, Some(asked));
    }
    assert_eq!(limiter.limit(now).unwrap().per_minute, 10);
}
