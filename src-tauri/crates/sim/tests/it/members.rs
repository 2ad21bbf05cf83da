//! Who may see and change what.

use serde_json::json;
use sim::world::Permission;

use crate::http::{Client, own, start};

#[tokio::test]
async fn a_member_reads_a_shared_profile_but_not_what_is_its_owners() {
    let running = start(20, 2).await;
    let world = running.world();
    let tokens = running.tokens();
    let shared = world
        .owned_by(&tokens[0].account)
        .find(|profile| profile.is_member(&tokens[1].account))
        .expect("a shared profile");
    let (owner, member) = (Client::of(&running, 0), Client::of(&running, 1));
    let path = |rest: &str| format!("/profile/{}{rest}", shared.id);

    let row = member.get("/profile").await.result();
    let row = row
        .as_array()
        .expect("a list")
        .iter()
        .find(|row| row["id"] == shared.id.as_str())
        .expect("the row")
        .clone();
    assert_eq!(
        (&row["from_share"], &row["account"]),
        (&json!(true), &json!(shared.owner))
    );

    let seen = member.get(&path("")).await.result();
    assert_eq!(seen["info"]["account"], shared.owner.as_str());
    assert!(seen.get("allocation").is_none() && seen.get("account_plan").is_none());
    assert!(
        owner
            .get(&path(""))
            .await
            .result()
            .get("allocation")
            .is_some()
    );
    for open in ["/summary", "/statistics", "/token"] {
        assert_eq!(
            member.get(&path(open)).await.result(),
            owner.get(&path(open)).await.result()
        );
    }
    for closed in ["/auditlog", "/auditlog/x", "/team", "/backup"] {
        assert_eq!(
            member.get(&path(closed)).await.refusal(403),
            "Authorization Denied"
        );
        assert_ne!(owner.get(&path(closed)).await.status, 403);
    }
    assert_eq!(
        member
            .send("PUT", &path(""), json!({"name": "Mine"}))
            .await
            .refusal(403),
        "Authorization Denied"
    );
    member
        .send("POST", &path("/services"), json!({"input": 1}))
        .await
        .refusal(403);
    member
        .send(
            "POST",
            "/account/allocation",
            json!([{"profile": shared.id, "input": 1}]),
        )
        .await
        .refusal(403);
    let allocation = member.get("/account/allocation").await.result();
    assert!(
        !allocation
            .as_array()
            .expect("a list")
            .iter()
            .any(|row| row["profile"] == shared.id.as_str())
    );
}

#[tokio::test]
async fn a_profile_of_another_account_is_denied_and_an_unknown_one_missing() {
    let running = start(20, 2).await;
    let foreign = own(&running, 0).into_iter().find(|id| {
        !running
            .world()
            .profile(id)
            .expect("a profile")
            .is_member(&running.tokens()[1].account)
    });
    let client = Client::of(&running, 1);
    let path = format!("/profile/{}", foreign.expect("a profile"));
    assert_eq!(client.get(&path).await.refusal(403), "Authorization Denied");
    client
        .get("/profile/000000000000000000000000/summary")
        .await
        .refusal(404);
}

#[tokio::test]
async fn permissions_bound_what_a_token_may_do() {
    let running = start(20, 2).await;
    let id = own(&running, 0)[0].clone();
    let with = |permission| {
        let value = running.tokens()[0].token.clone();
        running.change(|world| {
            let token = world
                .profile_mut(&id)
                .and_then(|profile| profile.tokens.iter_mut().find(|token| token.token == value));
            token.expect("the token").permission = permission;
        });
        Client::of(&running, 0)
    };
    let rename = json!({"name": "Renamed"});
    for (permission, reads, writes) in [
        (Permission::Full, 200, 200),
        (Permission::Read, 200, 403),
        (Permission::Write, 403, 200),
        (Permission::Deny, 403, 403),
    ] {
        let client = with(permission);
        assert_eq!(client.get("/profile").await.status, reads, "{permission:?}");
        assert_eq!(
            client
                .send("PUT", &format!("/profile/{id}"), rename.clone())
                .await
                .status,
            writes,
            "{permission:?}"
        );
    }
}

#[tokio::test]
async fn a_team_grows_by_invitation_and_shrinks_by_removal() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    let world = running.world();
    let id = own(&running, 0)
        .into_iter()
        .find(|id| {
            !world
                .profile(id)
                .expect("a profile")
                .is_member(&running.tokens()[1].account)
        })
        .expect("a profile");
    let path = format!("/profile/{id}/team");
    let before = client.get(&path).await.result().as_array().map(Vec::len);
    let email = world.accounts[1].email.clone();
    client
        .send("POST", &path, json!({"email": "nobody"}))
        .await
        .refusal(400);
    client
        .send("POST", &path, json!({"email": email}))
        .await
        .result();
    client
        .send("POST", &path, json!({"email": email}))
        .await
        .refusal(400);
    let team = client.get(&path).await.result();
    assert_eq!(team.as_array().map(Vec::len), before.map(|count| count + 1));
    let row = team.as_array().and_then(|team| team.last()).expect("a row");
    assert_eq!(
        (&row["id"], &row["active"]),
        (&json!(world.accounts[1].id), &json!(false))
    );

    let invited = Client::of(&running, 1);
    invited.get(&format!("/profile/{id}")).await.refusal(403);
    let notification = invited.get("/notification").await.result()[0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    invited
        .ask("PUT", &format!("/notification/{notification}/accept"), None)
        .await
        .result();
    invited.get(&format!("/profile/{id}")).await.result();
    client
        .ask("DELETE", &format!("{path}/{}", world.accounts[1].id), None)
        .await
        .result();
    invited.get(&format!("/profile/{id}")).await.refusal(403);
    client
        .ask("DELETE", &format!("{path}/{}", world.accounts[1].id), None)
        .await
        .refusal(404);
}
