//! Who has access to what: the ways into profiles, gathered once for the list of persons, for one person's
//! profiles, for `pdesk access` and for the evidence that is exported.

mod before;
mod lines;
mod people;
mod team;
mod wanted;
mod ways;

pub(crate) use lines::{is_sign_in, meant};
pub(crate) use people::identity;
pub(crate) use ways::{Moment, Way, Ways};
