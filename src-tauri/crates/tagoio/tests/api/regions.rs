//! Which API hosts are taken, and why others are not.

use std::collections::HashSet;

use tagoio::{Region, RegionError};

#[test]
fn the_two_regions_are_known_by_name_and_by_every_address_of_theirs() {
    for text in [
        "us-e1",
        " us-e1\n",
        "https://api.tago.io",
        "https://API.tago.io/",
        "https://api.us-e1.tago.io",
        "https://api.tago.io:443",
        "https://api.tago.io.",
    ] {
        let region = Region::parse(text).unwrap();
        assert_eq!(region, Region::US_EAST, "{text}");
        assert_eq!(region.base_url(), "https://api.tago.io");
        assert_eq!(region.to_string(), "us-e1");
        assert!(!region.is_custom() && !region.is_loopback());
    }
    for text in ["eu-w1", "https://api.eu-w1.tago.io/"] {
        assert_eq!(Region::parse(text).unwrap(), Region::EU_WEST, "{text}");
    }
    assert_eq!(Region::EU_WEST.base_url(), "https://api.eu-w1.tago.io");
    assert_ne!(Region::US_EAST, Region::EU_WEST);
}

#[test]
fn an_installation_of_ones_own_is_its_host_however_it_is_written() {
    let table = [
        (
            "https://api.acme.tagoio.net",
            "https://api.acme.tagoio.net",
            "api.acme.tagoio.net",
        ),
        (
            "HTTPS://API.Acme.TagoIO.net/",
            "https://api.acme.tagoio.net",
            "api.acme.tagoio.net",
        ),
        (
            "https://iot.example.com:8443/",
            "https://iot.example.com:8443",
            "iot.example.com:8443",
        ),
        (
            "https://münchen.example",
            "https://xn--mnchen-3ya.example",
            "xn--mnchen-3ya.example",
        ),
        ("https://192.0.2.7", "https://192.0.2.7", "192.0.2.7"),
    ];
    for (text, base, name) in table {
        let region = Region::parse(text).unwrap();
        assert_eq!(region.base_url(), base, "{text}");
        assert_eq!(region.name(), name, "{text}");
        assert!(region.is_custom() && !region.is_loopback(), "{text}");
    }
    let same: HashSet<Region> = ["https://a.example", "https://A.example:443/"]
        .map(|text| Region::parse(text).unwrap())
        .into();
    assert_eq!(same.len(), 1);
}

#[test]
fn http_is_taken_for_this_machine_alone() {
    for (text, base) in [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.9.9.9/", "http://127.9.9.9"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://LOCALHOST.:3000", "http://localhost:3000"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://[::ffff:127.0.0.1]:1", "http://[::ffff:7f00:1]:1"),
        ("https://localhost:3000", "https://localhost:3000"),
    ] {
        let region = Region::parse(text).unwrap();
        assert_eq!(region.base_url(), base, "{text}");
        assert!(region.is_custom() && region.is_loopback(), "{text}");
    }
    for text in [
        "http://api.tago.io",
        "http://192.168.1.4:8080",
        "http://0.0.0.0:80",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://[::2]",
    ] {
        assert_eq!(Region::parse(text), Err(RegionError::NotSecure), "{text}");
    }
}

#[test]
fn anything_else_is_refused_with_its_reason_and_without_being_repeated() {
    use RegionError::{Credentials, Empty, Fragment, NoHost, NotAUrl, Path, Query, Scheme};
    let table = [
        ("", Empty),
        ("  \t", Empty),
        ("us-e2", NotAUrl),
        ("api.tago.io", NotAUrl),
        ("localhost:8080", NotAUrl),
        ("https://", NoHost),
        ("https://exa mple.com", NotAUrl),
        ("https://example.com:99999", NotAUrl),
        ("ftp://api.tago.io", Scheme),
        ("file:///etc/passwd", Scheme),
        ("ws://127.0.0.1", Scheme),
        ("javascript:alert(1)", NotAUrl),
        ("https://user:s3cr3t-w0rd@api.tago.io", Credentials),
        ("https://s3cr3t-w0rd@api.tago.io", Credentials),
        ("https://@api.tago.io", Credentials),
        ("http://user:s3cr3t-w0rd@example.com?x", Credentials),
        ("https://api.tago.io?token=s3cr3t-w0rd", Query),
        ("https://api.tago.io/?", Query),
        ("https://api.tago.io#s3cr3t-w0rd", Fragment),
        ("https://api.tago.io/profile", Path),
        ("https://example.com/a/../b", Path),
        ("https://example.com//", Path),
        ("https://.", NoHost),
    ];
    for (text, reason) in table {
        let refused = Region::parse(text).unwrap_err();
        assert_eq!(refused, reason, "{text}");
        let shown = format!("{refused} {refused:?}");
        assert!(!shown.contains("s3cr3t-w0rd"), "{shown}");
    }
}
