//! The limits that TagoIO publishes, by plan; those of the `GET /profile` routes are not among them.
//! Source: the page on rate limits of its documentation.

/// The routes whose limits are published.
pub(super) const ROUTES: [&str; 6] = [
    "GET /account",
    "GET /info",
    "GET /profile/{id}/backup",
    "POST /profile/",
    "PUT /profile/{id}",
    "DELETE /profile/{id}",
];

/// Requests a minute of a route on a plan, if they are published.
pub(crate) fn limit(route: &str, plan: Option<&str>) -> Option<u32> {
    let plan = match plan?.to_ascii_lowercase().as_str() {
        "free" => 0,
        "starter" => 1,
        "scale" => 2,
        // A private deployment has limits of its own.
        _ => return None,
    };
    let limits: [Option<u32>; 3] = match route {
        "GET /account" => [Some(50), Some(100), Some(500)],
        "GET /info" => [Some(60), Some(5_000), Some(10_000)],
        "GET /profile/{id}/backup" => [None, Some(50), Some(100)],
        "POST /profile/" | "PUT /profile/{id}" | "DELETE /profile/{id}" => {
            [Some(60), Some(100), Some(200)]
        }
        _ => return None,
    };
    limits[plan]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_of_a_route_and_a_plan_that_are_both_known() {
        assert_eq!(limit("GET /account", Some("starter")), Some(100));
        assert_eq!(limit("GET /info", Some("Scale")), Some(10_000));
        assert_eq!(limit("GET /profile/{id}/backup", Some("free")), None);
        assert_eq!(limit("GET /profile/{id}/summary", Some("scale")), None);
        assert_eq!(limit("GET /account", Some("enterprise")), None);
        assert_eq!(limit("GET /account", None), None);
        assert_eq!(limit("PUT /profile/{id}", Some("scale")), Some(200));
        for route in ROUTES {
            assert!(limit(route, Some("scale")).is_some(), "{route}");
        }
    }
}
