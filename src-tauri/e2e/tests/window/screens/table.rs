//! Which screens there are, and by what a person knows that each is there.

/// A screen of the window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    /// Its name, as a part of a file's name.
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    /// What an element of it, found by this selector, shows only with what is in the store.
    pub(crate) filled: &'static str,
    /// Words of it while the store is empty.
    pub(crate) empty: &'static str,
    /// Whether the name of the profile that uses up its limit stands on it.
    pub(crate) names_profile: bool,
    /// What is typed into its filter box where that is to be tried: it finds something.
    pub(crate) filter: Option<&'static str>,
}

/// How a person comes to a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// By this name at the left, with which its heading begins, too.
    Navigation(&'static str),
    /// By opening a profile, at this part of its address. Its heading is the profile's name.
    Profile(&'static str),
    /// By this address, under this heading: another face of a screen.
    Face(&'static str, &'static str),
}

impl Screen {
    /// Whether a person goes to it by the navigation. The way back leads over these alone: it passes over
    /// what a script opened, as our tests open the parts of a profile.
    pub(crate) const fn is_in_navigation(&self) -> bool {
        matches!(self.place, Place::Navigation(_))
    }
}

const ROW: &str = "[role=grid] [role=row][id]";

pub(crate) static SCREENS: [Screen; 19] = [
    Screen {
        name: "today",
        place: Place::Navigation("Today"),
        filled: ROW,
        empty: "Connect an account",
        names_profile: true,
        filter: Some("img"),
    },
    Screen {
        name: "fleet",
        place: Place::Navigation("Fleet"),
        filled: ROW,
        empty: "Connect an account",
        names_profile: true,
        filter: Some("img"),
    },
    Screen {
        name: "allocation",
        place: Place::Navigation("Allocation"),
        filled: ROW,
        empty: "Connect an account",
        names_profile: false,
        filter: Some("alpine"),
    },
    Screen {
        name: "costs",
        place: Place::Navigation("Costs"),
        filled: ROW,
        empty: "account",
        names_profile: false,
        filter: Some("img"),
    },
    Screen {
        name: "tokens",
        place: Place::Navigation("Tokens"),
        filled: ROW,
        empty: "Connect an account",
        names_profile: false,
        filter: Some("permission:full"),
    },
    Screen {
        name: "people",
        place: Place::Navigation("People"),
        filled: ROW,
        empty: "Connect an account",
        names_profile: false,
        filter: Some("role:member"),
    },
    Screen {
        name: "activity",
        place: Place::Navigation("Activity"),
        filled: ROW,
        empty: "Nothing",
        names_profile: true,
        filter: Some("img"),
    },
    Screen {
        name: "accounts",
        place: Place::Navigation("Accounts"),
        filled: "[data-sign-in]",
        empty: "No account is connected yet",
        names_profile: false,
        filter: None,
    },
    Screen {
        name: "profile",
        place: Place::Profile(""),
        filled: "main [data-state]",
        empty: "",
        names_profile: true,
        filter: None,
    },
    Screen {
        name: "profile-usage",
        place: Place::Profile("/usage"),
        filled: "main canvas",
        empty: "",
        names_profile: true,
        filter: None,
    },
    Screen {
        name: "profile-tokens",
        place: Place::Profile("/tokens"),
        filled: ROW,
        empty: "",
        names_profile: true,
        filter: None,
    },
    Screen {
        name: "profile-team",
        place: Place::Profile("/team"),
        filled: "main tr[data-role]",
        empty: "",
        names_profile: true,
        filter: None,
    },
    Screen {
        name: "profile-audit",
        place: Place::Profile("/audit"),
        filled: ROW,
        empty: "",
        names_profile: true,
        filter: None,
    },
    Screen {
        name: "profile-backups",
        place: Place::Profile("/backups"),
        filled: "main tr[data-backup]",
        empty: "",
        names_profile: true,
        filter: None,
    },
    Screen {
        name: "profile-changes",
        place: Place::Profile("/changes"),
        filled: ROW,
        empty: "",
        names_profile: true,
        filter: None,
    },
    Screen {
        name: "fleet-heat",
        place: Place::Face("#/fleet?face=heat", "Fleet"),
        filled: ROW,
        empty: "",
        names_profile: true,
        filter: None,
    },
    Screen {
        name: "accounts-token-ends",
        place: Place::Face("#/accounts?show=ends", "Accounts"),
        filled: "[data-end]",
        empty: "",
        names_profile: false,
        filter: None,
    },
    Screen {
        name: "activity-actions",
        place: Place::Face("#/activity?log=actions", "Activity"),
        filled: ROW,
        empty: "",
        names_profile: false,
        filter: None,
    },
    Screen {
        name: "activity-syncs",
        place: Place::Face("#/activity?log=syncs", "Activity"),
        filled: ROW,
        empty: "",
        names_profile: false,
        filter: None,
    },
];
