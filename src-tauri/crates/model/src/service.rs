//! The nine services that TagoIO limits per profile.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A service that a profile uses up and is limited in. The names are the API's own keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Variables that devices sent.
    Input,
    /// Registers that were read.
    Output,
    /// Minutes that scripts ran.
    Analysis,
    /// SMS messages.
    Sms,
    /// E-mail messages, counted per recipient.
    Email,
    /// Push notifications.
    PushNotification,
    /// Registers stored.
    DataRecords,
    /// Megabytes stored, with decimals.
    FileStorage,
    /// End users registered.
    RunUsers,
}

/// How a service's number behaves over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// A running total that starts from zero at each billing cycle; amounts are differences.
    Counter,
    /// What is stored at a moment; it is never differenced.
    Level,
}

impl Service {
    /// All nine, counters first, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Input,
        Self::Output,
        Self::Analysis,
        Self::Sms,
        Self::Email,
        Self::PushNotification,
        Self::DataRecords,
        Self::FileStorage,
        Self::RunUsers,
    ];

    /// The API's key, as it stands in JSON and in the store's columns.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::Analysis => "analysis",
            Self::Sms => "sms",
            Self::Email => "email",
            Self::PushNotification => "push_notification",
            Self::DataRecords => "data_records",
            Self::FileStorage => "file_storage",
            Self::RunUsers => "run_users",
        }
    }

    /// The service with this key, if it is one of the nine.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.key() == key)
    }

    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Input => "Data input",
            Self::Output => "Data output",
            Self::Analysis => "Analysis",
            Self::Sms => "SMS",
            Self::Email => "E-mail",
            Self::PushNotification => "Push notifications",
            Self::DataRecords => "Data records",
            Self::FileStorage => "File storage",
            Self::RunUsers => "End users",
        }
    }

    /// What one of it is.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Input => "variables",
            Self::Output => "registers read",
            Self::Analysis => "minutes",
            Self::Sms | Self::Email | Self::PushNotification => "messages",
            Self::DataRecords => "registers stored",
            Self::FileStorage => "MB",
            Self::RunUsers => "users",
        }
    }

    /// Whether it counts up within a cycle or states what is stored.
    pub const fn kind(self) -> ServiceKind {
        match self {
            Self::DataRecords | Self::FileStorage | Self::RunUsers => ServiceKind::Level,
            _ => ServiceKind::Counter,
        }
    }

    /// Its place in [`Service::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_leads_back_to_its_service_and_is_what_serde_writes() {
        for (place, service) in Service::ALL.into_iter().enumerate() {
            assert_eq!(Service::from_key(service.key()), Some(service));
            assert_eq!(service.index(), place);
            assert_eq!(
                serde_json::to_value(service).unwrap(),
                serde_json::Value::from(service.key())
            );
        }
        assert_eq!(Service::from_key("tcore"), None);
    }
}
