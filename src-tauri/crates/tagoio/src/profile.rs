//! Profiles: list, information, summary, and changes to them.

use std::collections::BTreeMap;

use model::{AccountId, Amounts, ProfileId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::login::{Exposed, Password};
use crate::request::Request;
use crate::{ApiError, Reply, Session, lenient};

/// A profile as the list shows it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ProfileListed {
    /// Its id.
    pub id: ProfileId,
    /// Its name. Two profiles may bear the same.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The address of its picture.
    #[serde(default, deserialize_with = "lenient::text")]
    pub logo_url: Option<String>,
    /// Whether somebody else owns it. Missing means no.
    #[serde(default, deserialize_with = "lenient::flag_or_no")]
    pub from_share: bool,
    /// The owner's account, where the API tells it.
    #[serde(default, deserialize_with = "lenient::id")]
    pub account: Option<AccountId>,
}

/// A profile's own information with its allocation. The API nests it in `info`, `allocation` …; here
/// it is flat.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "InfoReply")]
pub struct ProfileInfo {
    /// Its id.
    pub id: ProfileId,
    /// The owner's account.
    pub account: Option<AccountId>,
    /// Its name.
    pub name: Option<String>,
    /// The address of its picture.
    pub logo_url: Option<String>,
    /// The address of its banner.
    pub banner_url: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// Its own region, which can differ from its account's host.
    pub region: Option<String>,
    /// Its limits of requests.
    pub rpm: Option<RequestsPerMinute>,
    /// What the account allocated to it; `None` where the reply has none, as for a member.
    pub allocation: Option<Amounts>,
    /// Its add-ons.
    pub addons: Option<Addons>,
    /// The key of the plan of the account that owns it.
    pub account_plan: Option<String>,
}

/// How many requests a minute a profile may send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub struct RequestsPerMinute {
    /// Requests that write data.
    #[serde(default, deserialize_with = "lenient::number")]
    pub data_input: Option<f64>,
    /// Requests that read data.
    #[serde(default, deserialize_with = "lenient::number")]
    pub data_output: Option<f64>,
}

/// Which add-ons a profile has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Addons {
    /// A domain of its own.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub custom_dns: Option<bool>,
    /// A mobile app of its own.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub mobile: Option<bool>,
    /// The control tower.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub control_tower: Option<bool>,
}

/// A profile's limits, what is used of them, and how many resources it has.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ProfileSummary {
    /// Its limits; `tcore` and other keys come along. `None` where the reply has none.
    #[serde(default)]
    pub limit: Option<Amounts>,
    /// What is used of them in this cycle. `None` where the reply has none.
    #[serde(default)]
    pub limit_used: Option<Amounts>,
    /// Numbers of resources by the API's keys: `device`, `bucket`, `dashboard`, `analysis`, ….
    #[serde(default, rename = "amount", deserialize_with = "lenient::numbers")]
    pub resources: BTreeMap<String, f64>,
    /// Its add-ons.
    #[serde(default)]
    pub addons: Option<Addons>,
}

/// What is to change of a profile; `None` leaves it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ProfileEdit {
    /// The new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The new picture's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    /// The new banner's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banner_url: Option<String>,
}

/// A profile that was just made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ProfileCreated {
    /// Its id.
    pub id: ProfileId,
}

#[derive(Deserialize)]
struct InfoReply {
    info: InfoPart,
    #[serde(default)]
    allocation: Option<Amounts>,
    #[serde(default)]
    addons: Option<Addons>,
    #[serde(default, deserialize_with = "lenient::text")]
    account_plan: Option<String>,
}

#[derive(Deserialize)]
struct InfoPart {
    id: ProfileId,
    #[serde(default, deserialize_with = "lenient::id")]
    account: Option<AccountId>,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    logo_url: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    banner_url: Option<String>,
    #[serde(default, deserialize_with = "lenient::date")]
    created_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "lenient::date")]
    updated_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "lenient::text")]
    region: Option<String>,
    #[serde(default)]
    rpm: Option<RequestsPerMinute>,
}

impl From<InfoReply> for ProfileInfo {
    fn from(reply: InfoReply) -> Self {
        let InfoPart {
            id,
            account,
            name,
            logo_url,
            banner_url,
            created_at,
            updated_at,
            region,
            rpm,
        } = reply.info;
        Self {
            id,
            account,
            name,
            logo_url,
            banner_url,
            created_at,
            updated_at,
            region,
            rpm,
            allocation: reply.allocation,
            addons: reply.addons,
            account_plan: reply.account_plan,
        }
    }
}

#[derive(Serialize)]
struct DeleteBody<'a> {
    password: Exposed<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_code: Option<Exposed<'a>>,
}

impl Session {
    /// Every profile that the token reaches, those shared in by others included.
    pub async fn profiles(&self) -> Result<Vec<ProfileListed>, ApiError> {
        self.fetch(Request::get("list of profiles", "/profile"))
            .await
    }

    /// A profile's information.
    pub async fn profile_info(&self, profile: &ProfileId) -> Result<ProfileInfo, ApiError> {
        let path = format!("/profile/{profile}");
        self.fetch(Request::get("information of a profile", path))
            .await
    }

    /// The information of the profile that the token belongs to.
    pub async fn current_profile(&self) -> Result<ProfileInfo, ApiError> {
        let request = Request::get("information of the token's profile", "/profile/current");
        self.fetch(request).await
    }

    /// A profile's limits, what is used of them, and its numbers of resources.
    pub async fn profile_summary(&self, profile: &ProfileId) -> Result<ProfileSummary, ApiError> {
        let path = format!("/profile/{profile}/summary");
        self.fetch(Request::get("summary of a profile", path)).await
    }

    /// A profile's numbers of resources alone, which the API answers faster; the limits are `None`.
    pub async fn profile_resources(&self, profile: &ProfileId) -> Result<ProfileSummary, ApiError> {
        let path = format!("/profile/{profile}/summary");
        let request =
            Request::get("resource counts of a profile", path).query("onlyAmount", "true");
        self.fetch(request).await
    }

    /// Makes a profile. With `allocate_free_resources` it gets what the account has not allocated.
    pub async fn create_profile(
        &self,
        name: &str,
        allocate_free_resources: bool,
    ) -> Result<ProfileCreated, ApiError> {
        #[derive(Serialize)]
        struct Body<'a> {
            name: &'a str,
        }
        let mut request = Request::post("new profile", "/profile/").json(&Body { name });
        if allocate_free_resources {
            request = request.query("allocate_free_resources", "true");
        }
        self.fetch(request).await
    }

    /// Renames a profile, or changes its pictures.
    pub async fn edit_profile(
        &self,
        profile: &ProfileId,
        edit: &ProfileEdit,
    ) -> Result<Reply, ApiError> {
        let path = format!("/profile/{profile}");
        self.tell(Request::put("change of a profile", path).json(edit))
            .await
    }

    /// Deletes a profile with everything in it, for good. The kind of the PIN is not sent.
    pub async fn delete_profile(
        &self,
        profile: &ProfileId,
        password: &Password,
    ) -> Result<Reply, ApiError> {
        let body = DeleteBody {
            password: password.exposed(),
            pin_code: password.exposed_pin(),
        };
        let request = Request::delete("deletion of a profile", format!("/profile/{profile}"))
            .json(&body)
            .password(password);
        self.tell(request).await
    }

    /// A profile's add-ons. Deprecated upstream: [`Self::profile_info`] tells them too.
    pub async fn profile_addons(&self, profile: &ProfileId) -> Result<Addons, ApiError> {
        let path = format!("/profile/{profile}/addons");
        self.fetch(Request::get("add-ons of a profile", path)).await
    }

    /// Sets a profile's allocation; services that are not known in `amounts` are left alone.
    pub async fn set_services(
        &self,
        profile: &ProfileId,
        amounts: &Amounts,
    ) -> Result<Reply, ApiError> {
        let path = format!("/profile/{profile}/services");
        let request = Request::post("services of a profile", path).json(&known(amounts));
        self.tell(request).await
    }
}

/// What is known of `amounts` as the API takes it, without the `null`s that would say "unknown".
pub(crate) fn known(amounts: &Amounts) -> serde_json::Map<String, serde_json::Value> {
    let Ok(serde_json::Value::Object(mut all)) = serde_json::to_value(amounts) else {
        return serde_json::Map::new(); // an `Amounts` is always an object
    };
    all.retain(|_, value| !value.is_null());
    all
}
