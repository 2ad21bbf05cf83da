//! Which thresholds a profile's services are at, so that reaching one is noted once.

use std::collections::BTreeMap;

use model::Service;

use crate::{ProfileKey, Reader, StoreError, Writer};

pub(crate) const V2: &str = "
    CREATE TABLE threshold (
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        service TEXT NOT NULL,
        percent INTEGER NOT NULL CHECK (percent IN (80, 90, 100)),
        PRIMARY KEY (profile, service)
    ) STRICT, WITHOUT ROWID;
";

impl Reader<'_> {
    /// The highest threshold that each service of a profile is at, in percent of its limit: 80, 90 or
    /// 100. Services below all of them are left out.
    pub fn thresholds(&self, profile: ProfileKey) -> Result<BTreeMap<Service, u8>, StoreError> {
        let sql = "SELECT service, percent FROM threshold WHERE profile = ?1";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([profile])?;
        let mut thresholds = BTreeMap::new();
        while let Some(row) = rows.next()? {
            if let Some(service) = Service::from_key(row.get_ref(0)?.as_str().unwrap_or("")) {
                thresholds.insert(service, row.get(1)?);
            }
        }
        Ok(thresholds)
    }
}

impl Writer<'_> {
    /// Notes the highest threshold that a service is at: 80, 90 or 100, and no other number.
    /// `None` forgets it.
    pub fn put_threshold(
        &self,
        profile: ProfileKey,
        service: Service,
        percent: Option<u8>,
    ) -> Result<(), StoreError> {
        if let Some(percent) = percent {
            let sql = "INSERT INTO threshold (profile, service, percent) VALUES (?1, ?2, ?3)
                       ON CONFLICT (profile, service) DO UPDATE SET percent = excluded.percent";
            let mut upsert = self.db.prepare_cached(sql)?;
            upsert.execute((profile, service.key(), percent))?;
        } else {
            let sql = "DELETE FROM threshold WHERE profile = ?1 AND service = ?2";
            let mut delete = self.db.prepare_cached(sql)?;
            delete.execute((profile, service.key()))?;
        }
        Ok(())
    }
}
