//! The services that TagoIO counts.

/// One number a service, indexed by `Service as usize`.
pub type Amounts = [f64; 10];

/// A service that a profile uses: the nine that are sold, then what is counted besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Variables that devices sent; a counter.
    Input,
    /// Registers read; a counter.
    Output,
    /// Minutes of scripts, with decimals; a counter.
    Analysis,
    /// Messages; a counter.
    Sms,
    /// Messages; a counter.
    Email,
    /// Messages; a counter.
    PushNotification,
    /// Registers stored; a level.
    DataRecords,
    /// Megabytes stored, with decimals; a level.
    FileStorage,
    /// End users; a level.
    RunUsers,
    /// Registers read by dashboards; a counter that is limited by the plan and not sold.
    DashboardOutput,
}

impl Service {
    /// All of them, the nine that are sold first.
    pub const ALL: [Self; 10] = [
        Self::Input,
        Self::Output,
        Self::Analysis,
        Self::Sms,
        Self::Email,
        Self::PushNotification,
        Self::DataRecords,
        Self::FileStorage,
        Self::RunUsers,
        Self::DashboardOutput,
    ];

    /// The nine that are sold and allocated to profiles.
    pub const NINE: [Self; 9] = [
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

    /// Its key in the API.
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
            Self::DashboardOutput => "dashboard_output",
        }
    }

    /// The service with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.key() == key)
    }

    /// Whether it is what is stored at a moment, not a count that is reset by the cycle.
    pub const fn is_level(self) -> bool {
        matches!(self, Self::DataRecords | Self::FileStorage | Self::RunUsers)
    }
}
