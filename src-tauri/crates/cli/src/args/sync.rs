//! What `pdesk sync` and `pdesk syncs` take.
#![allow(clippy::doc_markdown)]

use clap::Args;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "a command line has switches")]
pub(crate) struct SyncArgs {
    /// One account alone, by its label or id
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// One profile alone, by its id or name: all of it, also what is fresh
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Ask for what is fresh as well
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Ask for everything, and for the whole history again, not only for what is new of it
    #[arg(long)]
    pub(crate) full: bool,
    /// Only print what would be asked for; nothing is sent, and no token is needed
    #[arg(long)]
    pub(crate) plan: bool,
    /// Where another process syncs an account, wait for its end and then sync
    #[arg(long, conflicts_with = "plan")]
    pub(crate) wait: bool,
    /// Then archive the audit logs of the profiles that the accounts own, as far back as TagoIO keeps them
    ///
    /// It goes on where it stopped, one query at a time, and may take days the first time.
    ///
    /// An account whose archive was turned off is passed over unless --account names it.
    #[arg(long, conflicts_with_all = ["plan", "profile"])]
    pub(crate) archive: bool,
    /// Archive also an account of so many profiles that it is asked about first
    #[arg(long, requires = "archive")]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SyncsArgs {
    /// One sync alone, by its number
    #[arg(value_name = "NUMBER", conflicts_with = "limit")]
    pub(crate) run: Option<i64>,
    /// So many at most, the newest
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
}

#[cfg(test)]
mod tests {
    use crate::args::parse;

    #[test]
    fn a_plan_is_not_waited_for_and_an_archive_is_of_whole_accounts() {
        assert!(parse("pdesk sync --plan --full --account A --profile B").is_ok());
        assert!(parse("pdesk sync --archive --yes --wait --account A").is_ok());
        for line in [
            "pdesk sync --plan --wait",
            "pdesk sync --plan --archive",
            "pdesk sync --archive --profile B",
            "pdesk sync --yes",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn syncs_are_the_newest_or_one() {
        assert!(parse("pdesk syncs --limit 5 --json").is_ok());
        assert!(parse("pdesk syncs 12").is_ok());
        assert!(parse("pdesk syncs 12 --limit 5").is_err());
        assert!(parse("pdesk syncs --limit 0").is_err());
    }
}
