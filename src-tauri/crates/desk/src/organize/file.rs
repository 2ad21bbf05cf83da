//! Groups and notes as a CSV file, to be edited in a spreadsheet and read back: a row a profile.
//!
//! | Column | Holds |
//! |---|---|
//! | `api` | the API's base URL; may be left out where an id is known once |
//! | `id` | TagoIO's id of the profile |
//! | `name` | its name, for the reader; passed over when the file is read |
//! | `groups`, `customer`, `environment` | names of groups, divided by semicolons |
//! | `favourite` | `yes`, or empty |
//! | `note` | the note |
//!
//! A column that is not there leaves what it is about as it is; an empty cell empties it. A file that
//! cannot be understood changes nothing.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use jiff::tz::TimeZone;
use model::Timestamp;
use store::{GroupKey, GroupKind, ProfileFilter, ProfileKey, ProfileTest, StoreError, Writer};

use super::group_name;
use crate::csv_file::divider;
use crate::event::StoreNews;
use crate::export::{
    ExportFormat, csv_record, file_name, for_spreadsheet, not_written, original, write_whole,
};
use crate::open::{Desk, blocking};
use crate::problem::Problem;
use crate::read::GroupImport;

/// The columns of names, and which groups they are of.
const NAMES: [(&str, GroupKind); 3] = [
    ("groups", GroupKind::Group),
    ("customer", GroupKind::Customer),
    ("environment", GroupKind::Environment),
];

/// Profiles that are not known, named at most.
const NAMED: usize = 20;

/// Bytes of a file, at most.
const LARGEST: usize = 32 << 20;

/// What a row says of a profile; `None` is nothing.
#[derive(Debug, Default)]
struct Row {
    api: String,
    id: String,
    /// In the order of [`NAMES`].
    names: [Option<BTreeSet<String>>; 3],
    favourite: Option<bool>,
    note: Option<String>,
}

impl Desk {
    /// Groups and notes of every profile that is in a group or has a note, as CSV in UTF-8 with a byte
    /// order mark, without which a spreadsheet takes it for something else.
    pub async fn groups_csv(&self) -> Result<Vec<u8>, Problem> {
        let rows = self
            .inner
            .read(|store| {
                let groups: HashMap<GroupKey, store::Group> = store
                    .groups()?
                    .into_iter()
                    .map(|group| (group.key, group))
                    .collect();
                let mut members = store.groups_of_profiles()?;
                let mut notes = store.notes()?;
                let keys: BTreeSet<ProfileKey> =
                    members.keys().chain(notes.keys()).copied().collect();
                let mut rows = Vec::new();
                for key in keys {
                    let Some(profile) = store.profile(key)? else {
                        continue;
                    };
                    let of: Vec<&store::Group> = members
                        .remove(&key)
                        .unwrap_or_default()
                        .iter()
                        .filter_map(|key| groups.get(key))
                        .collect();
                    let named = |kind| -> String {
                        let names = of.iter().filter(|group| group.kind == kind);
                        let names: Vec<&str> = names.map(|group| group.name.as_str()).collect();
                        names.join("; ")
                    };
                    let favourite = of.iter().any(|group| group.kind == GroupKind::Favourites);
                    rows.push([
                        profile.api,
                        profile.id.to_string(),
                        profile.name,
                        named(GroupKind::Group),
                        named(GroupKind::Customer),
                        named(GroupKind::Environment),
                        if favourite { "yes" } else { "" }.to_owned(),
                        notes.remove(&key).unwrap_or_default(),
                    ]);
                }
                Ok(rows)
            })
            .await?;
        Ok(document(&rows))
    }

    /// The name to propose for the file: `Profile Desk Groups 2026-11-24.csv`.
    pub fn groups_file_name(&self) -> String {
        let today = TimeZone::system()
            .to_datetime(self.inner.clock.now())
            .date();
        file_name("Groups", today, ExportFormat::Csv)
    }

    /// Writes groups and notes to a file, whole or not at all. Returns its path.
    pub async fn save_groups(&self, path: PathBuf) -> Result<String, Problem> {
        let document = self.groups_csv().await?;
        blocking(move || {
            write_whole(&path, &document).map_err(|error| not_written(&path, &error))?;
            Ok(path.display().to_string())
        })
        .await?
    }

    /// Takes groups and notes over from a file.
    pub async fn read_groups(&self, path: PathBuf) -> Result<GroupImport, Problem> {
        let file = path.display().to_string();
        let document = blocking(move || std::fs::read(path))
            .await?
            .map_err(|error| {
                Problem::invalid(format!("{file} could not be read: {error}."))
                    .with_hint("Nothing was changed.")
            })?;
        let report = self.import_groups(document).await?;
        Ok(GroupImport {
            file: Some(file),
            ..report
        })
    }

    /// Takes groups and notes over from CSV. Groups that are named and not there are made.
    pub async fn import_groups(&self, document: Vec<u8>) -> Result<GroupImport, Problem> {
        let now = self.inner.clock.now();
        let rows = read(&document)?;
        let report = self
            .inner
            .write(move |store| take_over(store, &rows, now))
            .await?;
        if report.changed > 0 || report.created > 0 {
            let mut news = StoreNews::groups();
            news.add(StoreNews::everything());
            self.inner.tell_changed(news);
        }
        Ok(report)
    }
}

fn document(rows: &[[String; 8]]) -> Vec<u8> {
    let titles = [
        "api",
        "id",
        "name",
        "groups",
        "customer",
        "environment",
        "favourite",
        "note",
    ];
    let mut document = "\u{feff}".to_owned();
    let mut tell = |record: String| {
        document.push_str(&record);
        document.push_str("\r\n");
    };
    tell(csv_record(titles));
    for row in rows {
        tell(csv_record(row.iter().map(|text| for_spreadsheet(text))));
    }
    document.into_bytes()
}

fn read(document: &[u8]) -> Result<Vec<Row>, Problem> {
    if document.len() > LARGEST {
        return Err(Problem::invalid("The file is larger than 32 MB."));
    }
    let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
    let text = std::str::from_utf8(document).map_err(|_| {
        Problem::invalid("The file is no text in UTF-8.").with_hint("Save it as “CSV UTF-8”.")
    })?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(divider(text.as_bytes()))
        .from_reader(text.as_bytes());
    let malformed = |error: &csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        Problem::invalid(format!(
            "Line {line} of the file is no row of the table: {error}."
        ))
        .with_hint("Nothing was changed.")
    };
    let columns = Columns::of(reader.headers().map_err(|error| malformed(&error))?)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| malformed(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        if let Some(row) = columns.row(&record).map_err(|problem| {
            Problem::invalid(format!("Line {line} of the file: {}", problem.message))
                .with_hint("Nothing was changed.")
        })? {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Where each column stands.
struct Columns {
    api: Option<usize>,
    id: usize,
    names: [Option<usize>; 3],
    favourite: Option<usize>,
    note: Option<usize>,
}

impl Columns {
    fn of(titles: &csv::StringRecord) -> Result<Self, Problem> {
        let place = |wanted: &str| {
            titles
                .iter()
                .position(|title| title.trim().eq_ignore_ascii_case(wanted))
        };
        let columns = Self {
            api: place("api"),
            id: place("id").ok_or_else(|| {
                Problem::invalid("The file has no column “id”, so that no profile is meant.")
                    .with_hint("Export the groups once to see the columns: api, id, name, groups, customer, environment, favourite, note.")
            })?,
            names: NAMES.map(|(title, _)| place(title)),
            favourite: place("favourite"),
            note: place("note"),
        };
        let says = columns.names.iter().any(Option::is_some)
            || columns.favourite.is_some()
            || columns.note.is_some();
        if says {
            Ok(columns)
        } else {
            Err(Problem::invalid("The file says nothing of groups or notes.").with_hint(
                "It needs one at least of the columns groups, customer, environment, favourite and note.",
            ))
        }
    }

    /// A row; `None` for an empty one.
    fn row(&self, record: &csv::StringRecord) -> Result<Option<Row>, Problem> {
        let cell = |place: usize| original(record.get(place).unwrap_or_default());
        let id = cell(self.id).trim().to_ascii_lowercase();
        if id.is_empty() {
            if record.iter().all(|cell| cell.trim().is_empty()) {
                return Ok(None);
            }
            return Err(Problem::invalid("the id is empty."));
        }
        let mut row = Row {
            api: self.api.map(cell).unwrap_or_default().trim().to_owned(),
            id,
            note: self.note.map(|place| cell(place).trim_end().to_owned()),
            ..Row::default()
        };
        for (names, place) in row.names.iter_mut().zip(self.names) {
            let Some(place) = place else { continue };
            let mut found = BTreeSet::new();
            for name in cell(place)
                .split(';')
                .filter(|name| !name.trim().is_empty())
            {
                found.insert(group_name(name)?);
            }
            *names = Some(found);
        }
        if let Some(place) = self.favourite {
            row.favourite = Some(match cell(place).trim().to_ascii_lowercase().as_str() {
                "yes" | "true" | "1" | "x" => true,
                "" | "no" | "false" | "0" => false,
                other => {
                    return Err(Problem::invalid(format!(
                        "favourite is “{other}”; it takes yes or nothing."
                    )));
                }
            });
        }
        Ok(Some(row))
    }
}

fn take_over(store: &Writer<'_>, rows: &[Row], now: Timestamp) -> Result<GroupImport, StoreError> {
    let mut known: HashMap<String, Vec<(String, ProfileKey)>> = HashMap::new();
    let any = ProfileFilter(vec![ProfileTest::Any.into()]);
    for key in store.matching(&any)? {
        if let Some(profile) = store.profile(key)? {
            known
                .entry(profile.id.to_string())
                .or_default()
                .push((profile.api, key));
        }
    }
    let before = store.groups()?.len();
    let favourites = store
        .groups()?
        .into_iter()
        .find(|group| group.kind == GroupKind::Favourites)
        .map(|group| group.key);
    let mut report = GroupImport::default();
    // Once: to count a group's members for each row would take minutes.
    let mut kinds: HashMap<GroupKey, GroupKind> = store
        .groups()?
        .into_iter()
        .map(|group| (group.key, group.kind))
        .collect();
    let mut groups = store.groups_of_profiles()?;
    for row in rows {
        let api = row.api.trim_end_matches('/');
        let found: Vec<ProfileKey> = known
            .get(&row.id)
            .into_iter()
            .flatten()
            .filter(|(of, _)| api.is_empty() || of == api)
            .map(|(_, key)| *key)
            .collect();
        let [profile] = found[..] else {
            report.unknown_count += 1;
            if report.unknown.len() < NAMED {
                report
                    .unknown
                    .push(format!("{} {}", row.api, row.id).trim().to_owned());
            }
            continue;
        };
        let mut changed = false;
        for (names, (_, kind)) in row.names.iter().zip(NAMES) {
            let Some(names) = names else { continue };
            let mut wanted = BTreeSet::new();
            for name in names {
                let group = store.add_group(name, kind)?;
                kinds.insert(group, kind);
                wanted.insert(group);
            }
            let of = groups.entry(profile).or_default();
            let (had, others): (BTreeSet<GroupKey>, BTreeSet<GroupKey>) = of
                .iter()
                .copied()
                .partition(|group| kinds.get(group) == Some(&kind));
            for group in wanted.symmetric_difference(&had) {
                let member = wanted.contains(group);
                changed |= store.put_members(*group, &[profile], member)? > 0;
            }
            // The same profile may stand in a later row as well.
            *of = others.into_iter().chain(wanted).collect();
        }
        if let (Some(favourite), Some(group)) = (row.favourite, favourites) {
            changed |= store.put_members(group, &[profile], favourite)? > 0;
        }
        if let Some(note) = &row.note {
            changed |= store.put_note(profile, note, now)?;
        }
        if changed {
            report.changed += 1;
        } else {
            report.unchanged += 1;
        }
    }
    report.created = u32::try_from(store.groups()?.len().saturating_sub(before)).unwrap_or(0);
    Ok(report)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_note_comes_back_as_it_was(text in "['=+@|%a;\t\n -]{0,6}.{0,4}") {
            let mut row = [const { String::new() }; 8];
            row[1] = "5f1e0c9a7b3d2e4f60718293".to_owned();
            row[7].clone_from(&text);
            let document = document(&[row]);
            let read = read(&document).unwrap();
            prop_assert_eq!(read[0].note.as_deref(), Some(text.trim_end()));
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let row = [
            "https://api.tago.io",
            "5f1e0c9a7b3d2e4f60718293",
            "=Hafen, \"Kühl\"",
            "north; =south",
            "Acme, Ltd",
            "",
            "yes",
            "two\nlines; and a semicolon",
        ]
        .map(str::to_owned);

        let document = document(&[row]);
        let text = std::str::from_utf8(&document[3..]).unwrap();
        assert!(text.contains("\"'=Hafen, \"\"Kühl\"\"\""), "{text}");
        let [read] = &read(&document).unwrap()[..] else {
            panic!("one row");
        };
        let names = |at: usize| {
            read.names[at]
                .clone()
                .unwrap()
                .into_iter()
                .collect::<Vec<_>>()
        };
        assert_eq!(names(0), ["=south", "north"]);
        assert_eq!(names(1), ["Acme, Ltd"]);
        assert_eq!(names(2), [""; 0]);
        assert_eq!(read.favourite, Some(true));
        assert_eq!(read.note.as_deref(), Some("two\nlines; and a semicolon"));
    }

    #[test]
    fn a_file_without_ids_without_columns_or_with_bad_rows_is_refused_with_words() {
        for (text, says) in [
            ("", "no column “id”"),
            ("name,groups\na,b\n", "no column “id”"),
            ("id,name\nabc,b\n", "nothing of groups"),
            ("id,groups\n,north\n", "Line 2 of the file: the id is empty"),
            ("id,groups\nabc,a,b\n", "Line 2"),
            ("id,favourite\nabc,perhaps\n", "“perhaps”"),
            ("id,groups\nabc,none\n", "none"),
        ] {
            let problem = read(text.as_bytes()).unwrap_err();
            assert!(
                problem.message.contains(says),
                "{text:?}: {}",
                problem.message
            );
        }
        assert!(read(b"id,groups\n\xff,a\n").is_err());
    }

    #[test]
    fn columns_may_stand_in_any_order_be_divided_by_semicolons_and_be_left_out() {
        let rows = read("groups;ID\nnorth;ABC\n;def\n;\n".as_bytes()).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].id, "abc");
        assert_eq!(rows[0].names[0].as_ref().unwrap().len(), 1);
        assert!(rows[0].names[1].is_none() && rows[0].note.is_none());
        assert!(rows[1].names[0].as_ref().unwrap().is_empty());
    }
}
