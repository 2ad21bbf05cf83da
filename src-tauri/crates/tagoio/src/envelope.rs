//! Which part of an answer's JSON is its result, found without reading it. So a result is read once, as what
//! it is; as values of any kind first, a month of hours would cost many times as much.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::lenient::{self, Key};

/// JSON that is sound as far as its marks go, and the place of the result in it.
pub(crate) struct Json {
    text: Vec<u8>,
    result: Range<usize>,
    /// Whether the result stands in an envelope, and not by itself.
    enveloped: bool,
    /// Whether the envelope says that it did not go well.
    pub(crate) says_no: bool,
}

impl Json {
    /// Nothing, as a `null`.
    pub(crate) fn null() -> Self {
        let text = b"null".to_vec();
        Self {
            result: 0..text.len(),
            text,
            enveloped: false,
            says_no: false,
        }
    }

    /// The JSON of a body without spaces around it.
    pub(crate) fn of(text: Vec<u8>) -> serde_json::Result<Self> {
        let mut json = Self {
            result: 0..text.len(),
            text,
            enveloped: false,
            says_no: false,
        };
        if json.text.first() != Some(&b'{') {
            // Only to see that it is sound to its end.
            let _sound: &RawValue = serde_json::from_slice(&json.text)?;
            return Ok(json);
        }
        let envelope: Envelope<'_> = serde_json::from_slice(&json.text)?;
        json.says_no = envelope.status == Some("false");
        if envelope.is_one() {
            json.enveloped = true;
            // Without a result it says that it went well, and nothing else.
            json.result = envelope.result.map_or(0..0, |part| place(&json.text, part));
        }
        Ok(json)
    }

    /// The whole as a value of any kind; `None` where a text in it is none.
    pub(crate) fn whole(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.text).ok()
    }

    /// Where paths into the result begin.
    pub(crate) fn root(&self) -> &'static str {
        if self.enveloped { "$.result" } else { "$" }
    }

    /// The result as a `T`, or the path of what cannot be read and why, without any value of the reply.
    pub(crate) fn shaped<T: DeserializeOwned>(&self) -> Result<T, (String, String)> {
        let result = match &self.text[self.result.clone()] {
            [] => b"null",
            result => result,
        };
        lenient::shaped(result)
    }
}

/// The place of a part of a text.
fn place(text: &[u8], part: &str) -> Range<usize> {
    let start = part.as_ptr().addr() - text.as_ptr().addr();
    start..start + part.len()
}

/// `{"status": true, "result": …}` with either missing, as texts of JSON. Of an entry that comes twice the
/// last one counts.
#[derive(Default)]
struct Envelope<'a> {
    status: Option<&'a str>,
    result: Option<&'a str>,
}

impl Envelope<'_> {
    /// A thing of its own can have a `status` too, but then that is a word.
    fn is_one(&self) -> bool {
        match self.status {
            Some("true" | "false") => true,
            None | Some("null") => self.result.is_some(),
            Some(_) => false,
        }
    }
}

impl<'de> Deserialize<'de> for Envelope<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Envelope<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut entries: A,
            ) -> Result<Envelope<'de>, A::Error> {
                let mut envelope = Envelope::default();
                while let Some(Key(key)) = entries.next_key()? {
                    match &*key {
                        "status" => {
                            envelope.status = Some(entries.next_value::<&RawValue>()?.get());
                        }
                        "result" => {
                            envelope.result = Some(entries.next_value::<&RawValue>()?.get());
                        }
                        _ => drop(entries.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(envelope)
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(text: &str) -> (Value, &'static str, bool) {
        let json = Json::of(text.as_bytes().to_vec()).unwrap();
        (json.shaped().unwrap(), json.root(), json.says_no)
    }

    #[test]
    fn the_result_is_what_stands_in_the_envelope_or_the_whole_where_there_is_none() {
        for (text, result, root) in [
            (
                r#"{"status": true, "result": [1, {"a": 2}]}"#,
                json!([1, {"a": 2}]),
                "$.result",
            ),
            (r#"{"result" : "words" }"#, json!("words"), "$.result"),
            (r#"{"result": null}"#, Value::Null, "$.result"),
            (r#"{"status": true}"#, Value::Null, "$.result"),
            (
                r#"{"status": null, "result": 1, "result": 2}"#,
                json!(2),
                "$.result",
            ),
            (
                r#"{"status": "active", "result": 1}"#,
                json!({"status": "active", "result": 1}),
                "$",
            ),
            (r#"{"status": null}"#, json!({"status": null}), "$"),
            ("{}", json!({}), "$"),
            ("[1]", json!([1]), "$"),
            ("7", json!(7), "$"),
        ] {
            assert_eq!(read(text), (result, root, false), "{text}");
        }
        assert!(read(r#"{"result": 1, "status": false}"#).2);
    }

    #[test]
    fn what_ends_early_is_told_from_what_is_no_json() {
        for text in [
            "{",
            r#"{"result": [1, 2"#,
            r#"{"result": {"a": "b"#,
            "[1, ",
            "\"wor",
        ] {
            assert!(Json::of(text.into()).err().unwrap().is_eof(), "{text}");
        }
        for text in [
            "{]",
            r#"{"result": [1 2]}"#,
            r#"{"a": 1} more"#,
            "[1]]",
            "words",
            r#"{"a": tru}"#,
        ] {
            assert!(!Json::of(text.into()).err().unwrap().is_eof(), "{text}");
        }
    }
}
