//! Arguments of `pdesk account invitation`.
#![allow(clippy::doc_markdown)] // what --help prints has no markup

use clap::{Args, ValueEnum};

use super::act::Agree;

#[derive(Debug, Args)]
pub(crate) struct InvitationArgs {
    /// The account's label or id
    pub(crate) account: String,
    /// The invitation, by the id that the list shows
    #[arg(requires = "answer")]
    pub(crate) invitation: Option<String>,
    /// What is answered; it cannot be taken back
    pub(crate) answer: Option<InvitationAnswer>,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InvitationAnswer {
    /// The account may see the profile from then on
    Accept,
    /// It is not asked again
    Refuse,
}
