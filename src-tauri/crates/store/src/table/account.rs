//! Accounts: who is connected, with which token (its metadata alone), and how its last sync ended.

use jiff::Timestamp;
use model::{AccountId, Fingerprint};
use rusqlite::{OptionalExtension, Row, ToSql};

use crate::sql::{Millis, folded, found, parsed, time};
use crate::table::version::Aspect;
use crate::{AccountKey, Reader, StoreError, Subject, Writer};

// A number is never given twice: keychain entries bear it.
pub(crate) const V1: &str = "
    CREATE TABLE account (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        api TEXT NOT NULL,
        id TEXT NOT NULL,
        label TEXT NOT NULL,
        label_folded TEXT NOT NULL,
        name TEXT,
        email TEXT,
        plan TEXT,
        timezone TEXT,
        token_fingerprint TEXT,
        token_last4 TEXT CHECK (length(token_last4) <= 4),
        token_name TEXT,
        token_expires_at INTEGER,
        token_place TEXT NOT NULL CHECK (token_place IN ('keychain', 'environment', 'none')),
        signed_out_at INTEGER,
        signed_out_message TEXT,
        last_sync_at INTEGER,
        problem_code TEXT,
        problem_message TEXT,
        created_at INTEGER NOT NULL,
        removed_at INTEGER,
        UNIQUE (api, id)
    ) STRICT;
    CREATE UNIQUE INDEX account_label ON account (label_folded) WHERE removed_at IS NULL;
";

const SELECT: &str = "
    SELECT account.*, (
        SELECT count(*) FROM reach
        WHERE reach.account = account.key AND reach.gone_at IS NULL
    ) AS profiles,
    EXISTS (SELECT 1 FROM read_only WHERE read_only.account = account.key) AS read_only
    FROM account WHERE removed_at IS NULL";

fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    let token = match row.get::<_, Option<String>>("token_fingerprint")? {
        None => None,
        Some(fingerprint) => Some(AccountToken {
            fingerprint: fingerprint.into(),
            last4: row
                .get::<_, Option<String>>("token_last4")?
                .unwrap_or_default(),
            name: row.get("token_name")?,
            expires_at: time(row, "token_expires_at")?,
        }),
    };
    let signed_out = match time(row, "signed_out_at")? {
        None => None,
        Some(since) => Some(SignedOut {
            since,
            message: row
                .get::<_, Option<String>>("signed_out_message")?
                .unwrap_or_default(),
        }),
    };
    let problem = match row.get::<_, Option<String>>("problem_code")? {
        None => None,
        Some(code) => Some(SyncProblem {
            code,
            message: row
                .get::<_, Option<String>>("problem_message")?
                .unwrap_or_default(),
        }),
    };
    let id = parsed(row, "id")?.ok_or(rusqlite::Error::InvalidQuery)?;
    Ok(Account {
        key: row.get("key")?,
        api: row.get("api")?,
        id,
        label: row.get("label")?,
        name: row.get("name")?,
        email: row.get("email")?,
        plan: row.get("plan")?,
        timezone: row.get("timezone")?,
        token,
        token_place: TokenPlace::from_word(row.get_ref("token_place")?.as_str()?),
        signed_out,
        last_sync_at: time(row, "last_sync_at")?,
        problem,
        created_at: row.get::<_, Millis>("created_at")?.0,
        profiles: row.get("profiles")?,
        read_only: row.get("read_only")?,
    })
}

impl TokenPlace {
    const fn word(self) -> &'static str {
        match self {
            Self::Keychain => "keychain",
            Self::Environment => "environment",
            Self::None => "none",
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "keychain" => Self::Keychain,
            "environment" => Self::Environment,
            _ => Self::None,
        }
    }
}

/// The base URL as it is stored and compared.
pub(crate) fn base(api: &str) -> &str {
    api.trim_end_matches('/')
}

/// Where an account's token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPlace {
    /// In the OS keychain.
    Keychain,
    /// Nowhere: each run takes it from the environment.
    Environment,
    /// Nowhere: it was forgotten.
    None,
}

/// What is known of the token that an account is reached with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountToken {
    /// Of its value, with the store's salt.
    pub fingerprint: Fingerprint,
    /// The last characters of its value, at most four.
    pub last4: String,
    /// Its name at TagoIO.
    pub name: Option<String>,
    /// When it expires; `None` is never or unknown.
    pub expires_at: Option<Timestamp>,
}

/// That the API does not take an account's token any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedOut {
    /// Since when.
    pub since: Timestamp,
    /// The API's words.
    pub message: String,
}

/// What stopped an account's last sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncProblem {
    /// A stable word for the cause.
    pub code: String,
    /// What happened, for a person.
    pub message: String,
}

/// A connected account.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Its number in this store.
    pub key: AccountKey,
    /// The API's base URL, without a slash at its end.
    pub api: String,
    /// TagoIO's id of it.
    pub id: AccountId,
    /// What the user calls it; unique, whatever the case of its letters.
    pub label: String,
    /// Its name at TagoIO.
    pub name: Option<String>,
    /// Its e-mail address at TagoIO.
    pub email: Option<String>,
    /// Its plan.
    pub plan: Option<String>,
    /// Its IANA time zone.
    pub timezone: Option<String>,
    /// The token's metadata; `None` once it was forgotten.
    pub token: Option<AccountToken>,
    /// Where the token is.
    pub token_place: TokenPlace,
    /// Set if it must sign in again.
    pub signed_out: Option<SignedOut>,
    /// When a sync of it last ended, however it ended.
    pub last_sync_at: Option<Timestamp>,
    /// What stopped that sync, if something did.
    pub problem: Option<SyncProblem>,
    /// When it was connected.
    pub created_at: Timestamp,
    /// Profiles that it reaches and that are not removed.
    pub profiles: u32,
    /// Whether a person switched off every change that goes by it.
    pub read_only: bool,
}

/// An account to connect.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAccount {
    /// The API's base URL; stored without a slash at its end.
    pub api: String,
    /// TagoIO's id of it.
    pub id: AccountId,
    /// What the user calls it.
    pub label: String,
    /// What it says of itself.
    pub info: AccountInfo,
    /// The token's metadata.
    pub token: AccountToken,
    /// Where the token is.
    pub token_place: TokenPlace,
}

/// What an account says of itself; `None` is unknown and erases nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountInfo {
    /// Name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Plan.
    pub plan: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
}

/// What [`Writer::put_account`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountPut {
    /// The account.
    pub key: AccountKey,
    /// Whether it was connected already, so that only its token was replaced (its label is kept).
    pub was_there: bool,
}

impl Reader<'_> {
    /// The connected accounts, by label.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let sql = format!("{SELECT} ORDER BY label_folded");
        let mut query = self.db.prepare_cached(&sql)?;
        let rows = query.query_map([], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn account_where(
        &self,
        condition: &str,
        values: &[&dyn ToSql],
    ) -> Result<Option<Account>, StoreError> {
        let sql = format!("{SELECT} AND {condition}");
        let mut query = self.db.prepare_cached(&sql)?;
        Ok(query.query_row(values, read).optional()?)
    }

    /// A connected account.
    pub fn account(&self, key: AccountKey) -> Result<Option<Account>, StoreError> {
        self.account_where("key = ?1", &[&key])
    }

    /// The connected account with a label, whatever the case of its letters.
    pub fn account_by_label(&self, label: &str) -> Result<Option<Account>, StoreError> {
        self.account_where("label_folded = ?1", &[&folded(label.trim())])
    }

    /// The connected account with an id on an API host.
    pub fn account_by_id(&self, api: &str, id: &AccountId) -> Result<Option<Account>, StoreError> {
        self.account_where("api = ?1 AND id = ?2", &[&base(api), &id.as_str()])
    }
}

impl Writer<'_> {
    /// Connects an account. One that is connected already gets the token and what it says of itself
    /// now, is signed in again, and keeps everything else; one that was removed with its history kept
    /// gets that back. What was not permitted before is forgotten. [`StoreError::LabelTaken`] if another account has the label.
    pub fn put_account(
        &self,
        account: &NewAccount,
        at: Timestamp,
    ) -> Result<AccountPut, StoreError> {
        let sql = "SELECT key, removed_at IS NULL FROM account WHERE api = ?1 AND id = ?2";
        let known: Option<(AccountKey, bool)> = self
            .db
            .query_row(sql, [base(&account.api), account.id.as_str()], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let key = match known {
            Some((key, true)) => key,
            Some((key, false)) => {
                let label = self.free_label(&account.label, Some(key))?;
                self.db.execute(
                    "UPDATE account SET removed_at = NULL, created_at = ?4,
                         label = ?2, label_folded = ?3 WHERE key = ?1",
                    (key, label, folded(label), Millis(at)),
                )?;
                self.place_all(key)?;
                // Nothing is known to be as it was when it was removed.
                self.db
                    .execute("DELETE FROM fetch_status WHERE account = ?1", [key])?;
                key
            }
            None => {
                let label = self.free_label(&account.label, None)?;
                self.db.execute(
                    "INSERT INTO account (api, id, label, label_folded, token_place, created_at)
                     VALUES (?1, ?2, ?3, ?4, 'none', ?5)",
                    (
                        base(&account.api),
                        account.id.as_str(),
                        label,
                        folded(label),
                        Millis(at),
                    ),
                )?;
                AccountKey(self.db.last_insert_rowid())
            }
        };
        let token = &account.token;
        self.db.execute(
            "UPDATE account SET token_fingerprint = ?2, token_last4 = ?3, token_name = ?4,
                 token_expires_at = ?5, token_place = ?6, problem_code = NULL,
                 problem_message = NULL WHERE key = ?1",
            (
                key,
                token.fingerprint.as_str(),
                &token.last4,
                &token.name,
                token.expires_at.map(Millis),
                account.token_place.word(),
            ),
        )?;
        self.put_signed_in(key)?;
        self.ask_account_again(key)?;
        self.put_account_info(key, &account.info, at)?;
        Ok(AccountPut {
            key,
            was_there: matches!(known, Some((_, true))),
        })
    }

    /// The label without white space around it, if no other account has it.
    fn free_label<'l>(
        &self,
        label: &'l str,
        but: Option<AccountKey>,
    ) -> Result<&'l str, StoreError> {
        let label = label.trim();
        match self.account_by_label(label)? {
            Some(other) if Some(other.key) != but => Err(StoreError::LabelTaken {
                label: label.to_owned(),
            }),
            _ => Ok(label),
        }
    }

    /// Changes a connected account's row.
    fn update(&self, key: AccountKey, set: &str, values: &[&dyn ToSql]) -> Result<(), StoreError> {
        let sql = format!("UPDATE account SET {set} WHERE key = ?1 AND removed_at IS NULL");
        let mut all: Vec<&dyn ToSql> = vec![&key];
        all.extend(values);
        match self.db.prepare_cached(&sql)?.execute(&*all)? {
            0 => Err(no_account(key)),
            _ => Ok(()),
        }
    }

    /// Gives an account another label. [`StoreError::LabelTaken`] if another account has it.
    pub fn rename_account(&self, key: AccountKey, label: &str) -> Result<(), StoreError> {
        let label = self.free_label(label, Some(key))?;
        self.update(
            key,
            "label = ?2, label_folded = ?3",
            &[&label, &folded(label)],
        )?;
        self.place_all(key)
    }

    /// Notes what an account says of itself; its name and plan become versions.
    pub fn put_account_info(
        &self,
        key: AccountKey,
        info: &AccountInfo,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.update(
            key,
            "name = coalesce(?2, name), email = coalesce(?3, email), plan = coalesce(?4, plan),
             timezone = coalesce(?5, timezone)",
            &[&info.name, &info.email, &info.plan, &info.timezone],
        )?;
        for (aspect, value) in [(Aspect::Name, &info.name), (Aspect::Plan, &info.plan)] {
            if let Some(value) = value {
                self.put_version(Subject::Account(key), aspect, value, at)?;
            }
        }
        let account = found(self.account(key)?, || account_named(key))?;
        let (name, email) = (info.name.as_deref(), info.email.as_deref());
        self.put_person(&account.api, &account.id, name, email, at)
    }

    /// Notes that the token is kept nowhere any more.
    pub fn forget_token(&self, key: AccountKey) -> Result<(), StoreError> {
        self.update(
            key,
            "token_fingerprint = NULL, token_last4 = NULL, token_name = NULL,
             token_expires_at = NULL, token_place = 'none'",
            &[],
        )
    }

    /// Notes that the API does not take the token any more; the first time stands.
    pub fn put_signed_out(
        &self,
        key: AccountKey,
        message: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.update(
            key,
            "signed_out_at = coalesce(signed_out_at, ?2), signed_out_message = ?3",
            &[&Millis(at), &message],
        )
    }

    /// Notes that the API took the token.
    pub fn put_signed_in(&self, key: AccountKey) -> Result<(), StoreError> {
        self.update(key, "signed_out_at = NULL, signed_out_message = NULL", &[])
    }

    /// Notes that a sync of an account ended, and what stopped it.
    pub fn put_synced(
        &self,
        key: AccountKey,
        problem: Option<&SyncProblem>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let code = problem.map(|problem| &problem.code);
        let message = problem.map(|problem| &problem.message);
        self.update(
            key,
            "last_sync_at = ?2, problem_code = ?3, problem_message = ?4",
            &[&Millis(at), &code, &message],
        )
    }

    /// Disconnects an account. With its history kept, profiles that no other account reaches are
    /// marked removed and come back when it is connected again; otherwise they are deleted with
    /// all that is known of them.
    pub fn remove_account(
        &self,
        key: AccountKey,
        keep_history: bool,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        found(self.account(key)?, || account_named(key))?;
        let reached = self.reached_by(key)?;
        if keep_history {
            self.forget_token(key)?;
            self.update(
                key,
                "removed_at = ?2, signed_out_at = NULL, signed_out_message = NULL,
                 problem_code = NULL, problem_message = NULL",
                &[&Millis(at)],
            )?;
            self.db.execute(
                "UPDATE reach SET gone_at = ?2 WHERE account = ?1 AND gone_at IS NULL",
                (key, Millis(at)),
            )?;
        } else {
            // A profile that another account reaches, or once reached, is its history as well.
            self.db.execute(
                "DELETE FROM profile
                 WHERE key IN (SELECT profile FROM reach WHERE account = ?1)
                   AND NOT EXISTS (
                     SELECT 1 FROM reach WHERE reach.profile = profile.key AND account <> ?1)",
                [key],
            )?;
            self.db
                .execute("DELETE FROM account WHERE key = ?1", [key])?;
        }
        for profile in reached {
            self.settle(profile, at)?;
        }
        Ok(())
    }
}

fn account_named(key: AccountKey) -> String {
    format!("account with the number {}", key.0)
}

fn no_account(key: AccountKey) -> StoreError {
    StoreError::NotFound {
        what: account_named(key),
    }
}
