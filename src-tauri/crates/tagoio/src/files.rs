//! Files of a profile, as far as a picture needs them.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::request::Request;
use crate::{ApiError, Session};

/// A file to be put into a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileUpload {
    /// Its name, with folders.
    pub filename: String,
    /// Its content, base64.
    #[serde(rename = "file")]
    pub base64: String,
    /// Whether everybody may read it, as a picture's readers must.
    pub public: bool,
}

/// What came of an upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uploaded {
    /// The addresses that the reply names, in its order. TagoIO does not document the reply: they are
    /// found wherever they stand in it, and there may be none.
    pub urls: Vec<String>,
}

impl<'de> Deserialize<'de> for Uploaded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut urls = Vec::new();
        collect(&Value::deserialize(deserializer)?, &mut urls);
        Ok(Self { urls })
    }
}

fn collect(value: &Value, urls: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("https://") || text.starts_with("http://") => {
            urls.push(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, urls)),
        Value::Object(entries) => entries.values().for_each(|entry| collect(entry, urls)),
        _ => {}
    }
}

impl Session {
    /// Puts files into the token's profile.
    pub async fn upload_files(&self, files: &[FileUpload]) -> Result<Uploaded, ApiError> {
        self.fetch(Request::post("upload of a file", "/files").json(files))
            .await
    }
}
