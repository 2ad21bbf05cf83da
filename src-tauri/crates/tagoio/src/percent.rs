//! Percent-encoding of a piece of a path or a query, as TagoIO's JavaScript SDK does it: all but
//! letters, digits and `-._~`.

use std::fmt::Write as _;

/// `text` so that it stands for itself wherever it is put into a URL.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
