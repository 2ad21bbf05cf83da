//! What the fleet is searched, sorted and counted by, in one narrow row a profile: ten thousand of them
//! are read through for each page.

use jiff::Timestamp;
use model::Service;
use rusqlite::ToSql;

use crate::sql::Millis;
use crate::{AccountKey, ProfileKey, StoreError, Summary, Writer};

// `search` holds name, id and the labels of the accounts that reach the profile now, a line each, folded.
pub(crate) const V1: &str = "
    CREATE TABLE rank (
        profile INTEGER PRIMARY KEY REFERENCES profile ON DELETE CASCADE,
        removed INTEGER NOT NULL,
        name TEXT NOT NULL,
        account TEXT,
        search TEXT NOT NULL,
        state INTEGER,
        fetched_at INTEGER,
        risk REAL,
        share_input REAL, share_output REAL, share_analysis REAL, share_sms REAL,
        share_email REAL, share_push_notification REAL, share_data_records REAL,
        share_file_storage REAL, share_run_users REAL
    ) STRICT;
    CREATE INDEX rank_state ON rank (removed, state);
    CREATE INDEX rank_name ON rank (removed, name);
    CREATE INDEX rank_account ON rank (removed, account, name);
    CREATE INDEX rank_fetched_at ON rank (removed, fetched_at, name);
    CREATE INDEX rank_risk ON rank (removed, risk, name);
    CREATE INDEX rank_share_input ON rank (removed, share_input, name);
    CREATE INDEX rank_share_output ON rank (removed, share_output, name);
    CREATE INDEX rank_share_analysis ON rank (removed, share_analysis, name);
    CREATE INDEX rank_share_sms ON rank (removed, share_sms, name);
    CREATE INDEX rank_share_email ON rank (removed, share_email, name);
    CREATE INDEX rank_share_push_notification ON rank (removed, share_push_notification, name);
    CREATE INDEX rank_share_data_records ON rank (removed, share_data_records, name);
    CREATE INDEX rank_share_file_storage ON rank (removed, share_file_storage, name);
    CREATE INDEX rank_share_run_users ON rank (removed, share_run_users, name);
";

// What else the fleet is filtered and sorted by. `region` is what the profile says, else the API's address.
pub(crate) const V3: &str = "
    ALTER TABLE rank ADD COLUMN plan TEXT;
    ALTER TABLE rank ADD COLUMN region TEXT NOT NULL DEFAULT '';
    ALTER TABLE rank ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE rank ADD COLUMN growth REAL;
    UPDATE rank SET (plan, region, shared) = (
        SELECT lower(plan), lower(coalesce(region, api)), NOT owned FROM profile WHERE key = rank.profile);
    DROP INDEX rank_risk;
    CREATE INDEX rank_risk ON rank (removed, risk, growth, name);
";

impl Writer<'_> {
    /// Takes over what a profile's own row, its reach and its accounts' labels mean for its place.
    pub(crate) fn place(&self, profile: ProfileKey) -> Result<(), StoreError> {
        let sql = "
            INSERT INTO rank (profile, removed, name, account, plan, region, shared, search)
            SELECT profile.key, profile.removed_at IS NOT NULL, name_folded, account.label_folded,
                lower(profile.plan), lower(coalesce(profile.region, profile.api)), NOT owned,
                name_folded || char(10) || profile.id || char(10) || ifnull((
                    SELECT group_concat(label_folded, char(10))
                    FROM reach JOIN account ON account.key = reach.account
                    WHERE reach.profile = ?1 AND gone_at IS NULL), '')
            FROM profile LEFT JOIN account ON account.key = preferred
            WHERE profile.key = ?1
            ON CONFLICT (profile) DO UPDATE SET removed = excluded.removed,
                name = excluded.name, account = excluded.account, plan = excluded.plan,
                region = excluded.region, shared = excluded.shared, search = excluded.search
            WHERE (removed, name, region, shared, search) <> (excluded.removed, excluded.name,
                    excluded.region, excluded.shared, excluded.search)
                OR account IS NOT excluded.account OR plan IS NOT excluded.plan";
        self.db.prepare_cached(sql)?.execute([profile])?;
        Ok(())
    }

    /// Takes over an account's label for all that it reaches or once reached.
    pub(crate) fn place_all(&self, account: AccountKey) -> Result<(), StoreError> {
        for profile in self.reached_by(account)? {
            self.place(profile)?;
        }
        Ok(())
    }

    /// Notes what a profile's summary means for its place in the fleet.
    pub(crate) fn put_rank(
        &self,
        profile: ProfileKey,
        summary: &Summary,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let shares = Service::ALL.map(|service| format!("share_{service} = ?"));
        let sql = format!(
            "UPDATE rank SET state = ?, fetched_at = ?, risk = ?, growth = ?, {} WHERE profile = ?",
            shares.join(", ")
        );
        let state = summary.worst_state() as i64;
        let fetched_at = Millis(at);
        let risk = summary.worst().map(|(_, share)| share);
        let growth = self.growth(profile, summary)?;
        let shares = Service::ALL.map(|service| summary.share(service));
        let mut values: Vec<&dyn ToSql> = vec![&state, &fetched_at, &risk, &growth];
        values.extend(shares.iter().map(|share| share as &dyn ToSql));
        values.push(&profile);
        self.db.prepare_cached(&sql)?.execute(&*values)?;
        Ok(())
    }
}
