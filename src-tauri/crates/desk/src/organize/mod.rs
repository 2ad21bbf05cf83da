//! What a person keeps about profiles on this computer: groups, notes, views. None of it is ever sent.

mod file;

use store::{GroupKey, ProfileKey};

use crate::event::StoreNews;
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};
use crate::read::{FleetSelection, FleetSum, GroupKind, GroupRow, ServiceSum, ViewRow};

/// Letters of a name, at most.
const LONGEST_NAME: usize = 100;
/// Letters of a note, at most: some pages.
const LONGEST_NOTE: usize = 20_000;
/// Letters of an address, at most: a filter is typed by hand.
const LONGEST_ADDRESS: usize = 4_000;

impl Desk {
    /// All groups, by kind and name. The favourites are always among them.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is bound to one lifetime"
    )]
    pub async fn groups(&self) -> Result<Vec<GroupRow>, Problem> {
        let groups = self.inner.read(|store| store.groups()).await?;
        Ok(groups.into_iter().map(GroupRow::from).collect())
    }

    /// Makes a group, or gives the one with this number another name or kind. A name that another group
    /// of the kind bears is refused, and so is any change of the favourites.
    pub async fn put_group(
        &self,
        key: Option<i64>,
        name: &str,
        kind: GroupKind,
    ) -> Result<GroupRow, Problem> {
        let name = group_name(name)?;
        if kind == GroupKind::Favourites {
            return Err(Problem::invalid(
                "There is one group of favourites, and it is there already.",
            ));
        }
        let wanted = name.clone();
        let put = self
            .inner
            .write(move |store| {
                let kind = kind.into();
                let folded = store::folded(&wanted);
                let taken = store.groups()?.into_iter().any(|group| {
                    group.kind == kind
                        && store::folded(&group.name) == folded
                        && Some(group.key.0) != key
                });
                if taken {
                    return Ok(Put::Taken);
                }
                let key = match key {
                    None => store.add_group(&wanted, kind)?,
                    Some(key) => {
                        let key = GroupKey(key);
                        match store.group(key)? {
                            None => return Ok(Put::Gone),
                            Some(group) if group.kind == store::GroupKind::Favourites => {
                                return Ok(Put::Fixed);
                            }
                            Some(_) => store.put_group(key, &wanted, kind)?,
                        };
                        key
                    }
                };
                Ok(store.group(key)?.map_or(Put::Gone, Put::Done))
            })
            .await?;
        match put {
            Put::Done(group) => {
                self.tell_groups();
                Ok(group.into())
            }
            Put::Taken => Err(Problem::invalid(format!(
                "There is a group “{name}” of this kind already."
            ))
            .with_hint("Choose another name.")),
            Put::Fixed => Err(favourites_stay()),
            Put::Gone => Err(no_such_group()),
        }
    }

    /// Deletes a group; its profiles stay. The favourites cannot be deleted.
    pub async fn delete_group(&self, key: i64) -> Result<(), Problem> {
        let key = GroupKey(key);
        let deleted = self
            .inner
            .write(move |store| match store.group(key)? {
                Some(group) if group.kind == store::GroupKind::Favourites => Ok(None),
                _ => store.delete_group(key).map(Some),
            })
            .await?;
        match deleted {
            Some(true) => {
                self.tell_groups();
                Ok(())
            }
            Some(false) => Err(no_such_group()),
            None => Err(favourites_stay()),
        }
    }

    /// Puts profiles into a group, or takes them out. Returns how many were not so before.
    pub async fn assign_group(
        &self,
        key: i64,
        selection: FleetSelection,
        member: bool,
    ) -> Result<u32, Problem> {
        let now = self.inner.clock.now();
        let selected = Selected::parse(selection)?;
        let changed = self
            .inner
            .write(move |store| {
                let key = GroupKey(key);
                if store.group(key)?.is_none() {
                    return Ok(None);
                }
                let profiles = store.selected(&selected.resolve(store, now)?)?;
                store.put_members(key, &profiles, member).map(Some)
            })
            .await?
            .ok_or_else(no_such_group)?;
        self.tell_groups();
        Ok(u32::try_from(changed).unwrap_or(u32::MAX))
    }

    /// What some profiles use and may use, together.
    pub async fn fleet_sum(&self, selection: FleetSelection) -> Result<FleetSum, Problem> {
        let now = self.inner.clock.now();
        let selected = Selected::parse(selection)?;
        let sum = self
            .inner
            .read(move |store| store.fleet_sum(&selected.resolve(store, now)?))
            .await?;
        let service = |sum: &store::ServiceSum| ServiceSum {
            used: sum.used,
            used_known: sum.used_known,
            limit: sum.limit,
            limit_known: sum.limit_known,
        };
        Ok(FleetSum {
            profiles: sum.profiles,
            services: sum.services.iter().map(service).collect(),
        })
    }

    /// What is written about a profile.
    pub async fn note(&self, profile: i64) -> Result<Option<String>, Problem> {
        self.inner
            .read(move |store| store.note(ProfileKey(profile)))
            .await
    }

    /// Writes a note about a profile in place of the one before; an empty one is none.
    pub async fn put_note(&self, profile: i64, text: &str) -> Result<(), Problem> {
        let text = text.trim_end().to_owned();
        longest_note(&text)?;
        let key = ProfileKey(profile);
        let now = self.inner.clock.now();
        let changed = self
            .inner
            .write(move |store| match store.profile(key)? {
                None => Ok(None),
                Some(_) => store.put_note(key, &text, now).map(Some),
            })
            .await?
            .ok_or_else(crate::read::no_such_profile)?;
        if changed {
            let mut news = StoreNews::profile(profile);
            news.add(StoreNews::groups());
            self.inner.tell_changed(news);
        }
        Ok(())
    }

    /// All views, by name.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is bound to one lifetime"
    )]
    pub async fn views(&self) -> Result<Vec<ViewRow>, Problem> {
        let views = self.inner.read(|store| store.views()).await?;
        let row = |view: store::View| ViewRow {
            key: view.key,
            name: view.name,
            address: view.address,
        };
        Ok(views.into_iter().map(row).collect())
    }

    /// Keeps an address in the window under a name, in place of what the name meant before.
    pub async fn put_view(&self, name: &str, address: &str) -> Result<ViewRow, Problem> {
        let name = one_line("view", name)?;
        if !address.starts_with("#/") || address.len() > LONGEST_ADDRESS {
            return Err(Problem::invalid("This is no address of a screen."));
        }
        let (wanted, address) = (name.clone(), address.to_owned());
        let kept = address.clone();
        let key = self
            .inner
            .write(move |store| store.put_view(&wanted, &kept))
            .await?;
        self.tell_groups();
        Ok(ViewRow { key, name, address })
    }

    /// Deletes a view.
    pub async fn delete_view(&self, key: i64) -> Result<(), Problem> {
        if !self
            .inner
            .write(move |store| store.delete_view(key))
            .await?
        {
            return Err(Problem::new(
                ProblemCode::NotFound,
                "There is no such view any more.",
            ));
        }
        self.tell_groups();
        Ok(())
    }

    fn tell_groups(&self) {
        self.inner.tell_changed(StoreNews::groups());
    }
}

/// How putting a group ended.
enum Put {
    Done(store::Group),
    Taken,
    Fixed,
    Gone,
}

/// A selection whose filter is understood.
pub(crate) struct Selected {
    keys: Vec<ProfileKey>,
    all_of: Option<crate::read::Filter>,
}

impl Selected {
    pub(crate) fn parse(selection: FleetSelection) -> Result<Self, Problem> {
        let filter = selection.all_of.as_deref();
        Ok(Self {
            keys: selection.keys.into_iter().map(ProfileKey).collect(),
            all_of: filter
                .map(|text| crate::read::Filter::parse(text, &[]))
                .transpose()?,
        })
    }

    pub(crate) fn resolve(
        &self,
        store: &store::Reader<'_>,
        now: model::Timestamp,
    ) -> Result<store::FleetSelection, store::StoreError> {
        let all_of = self.all_of.as_ref();
        Ok(store::FleetSelection {
            keys: self.keys.clone(),
            all_of: all_of
                .map(|filter| filter.of_profiles(store, now))
                .transpose()?,
        })
    }
}

/// The name of a group. A semicolon divides names in a file of groups, and `none` means in filters that
/// there is no group.
pub(crate) fn group_name(name: &str) -> Result<String, Problem> {
    let name = one_line("group", name)?;
    if name.contains(';') || name.contains('"') {
        return Err(Problem::invalid(
            "The name of a group cannot hold a semicolon or a double quote.",
        ));
    }
    if name.eq_ignore_ascii_case("none") {
        return Err(Problem::invalid(
            "A group cannot be called “none”: in filters that means no group at all.",
        ));
    }
    Ok(name)
}

/// Refuses a note that is too long to be kept.
pub(crate) fn longest_note(text: &str) -> Result<(), Problem> {
    if text.chars().count() > LONGEST_NOTE {
        return Err(
            Problem::invalid(format!("The note is longer than {LONGEST_NOTE} letters."))
                .with_hint("It was not saved. Shorten it."),
        );
    }
    Ok(())
}

fn one_line(what: &str, name: &str) -> Result<String, Problem> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Problem::invalid(format!("The {what} has no name.")));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(Problem::invalid(format!(
            "The name of the {what} is longer than {LONGEST_NAME} letters."
        )));
    }
    if name.contains(char::is_control) {
        return Err(Problem::invalid(format!(
            "The name of the {what} must be one line of text."
        )));
    }
    Ok(name.to_owned())
}

fn no_such_group() -> Problem {
    Problem::new(ProblemCode::NotFound, "There is no such group any more.")
}

fn favourites_stay() -> Problem {
    Problem::invalid("The favourites cannot be renamed or deleted.")
}

impl From<GroupKind> for store::GroupKind {
    fn from(kind: GroupKind) -> Self {
        match kind {
            GroupKind::Group => Self::Group,
            GroupKind::Customer => Self::Customer,
            GroupKind::Environment => Self::Environment,
            GroupKind::Favourites => Self::Favourites,
        }
    }
}

impl From<store::Group> for GroupRow {
    fn from(group: store::Group) -> Self {
        Self {
            key: group.key.0,
            name: group.name,
            kind: match group.kind {
                store::GroupKind::Group => GroupKind::Group,
                store::GroupKind::Customer => GroupKind::Customer,
                store::GroupKind::Environment => GroupKind::Environment,
                store::GroupKind::Favourites => GroupKind::Favourites,
            },
            profiles: group.profiles,
        }
    }
}
