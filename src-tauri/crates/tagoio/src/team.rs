//! Who else may sign in to a profile.

use model::{AccountId, ProfileId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::request::Request;
use crate::{ApiError, Reply, Session, lenient};

/// A member of a profile's team, or somebody who is invited to it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TeamMember {
    /// The person's account.
    pub id: AccountId,
    /// The person's name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(default, deserialize_with = "lenient::text")]
    pub email: Option<String>,
    /// `false` is an open invitation, which ends after 7 days.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub active: Option<bool>,
    /// When the person was invited.
    #[serde(default, deserialize_with = "lenient::date")]
    pub created_at: Option<Timestamp>,
}

impl Session {
    /// The team of a profile. For its owner only.
    pub async fn team(&self, profile: &ProfileId) -> Result<Vec<TeamMember>, ApiError> {
        let path = format!("/profile/{profile}/team");
        self.fetch(Request::get("team of a profile", path)).await
    }

    /// Invites somebody to a profile.
    pub async fn add_team_member(
        &self,
        profile: &ProfileId,
        email: &str,
    ) -> Result<Reply, ApiError> {
        #[derive(Serialize)]
        struct Body<'a> {
            email: &'a str,
        }
        let path = format!("/profile/{profile}/team");
        let request = Request::post("invitation to a profile", path).json(&Body { email });
        self.tell(request).await
    }

    /// Takes somebody out of a profile's team, or an invitation back.
    pub async fn remove_team_member(
        &self,
        profile: &ProfileId,
        member: &AccountId,
    ) -> Result<Reply, ApiError> {
        let path = format!("/profile/{profile}/team/{member}");
        self.tell(Request::delete("removal of a person from a profile", path))
            .await
    }
}
