//! A line of CSV.

/// What a field is put into quotes for. RFC 4180 asks it for commas, quotes and line breaks; spreadsheets of other
/// countries divide by semicolons, and some by tabs.
const QUOTED: [char; 6] = [',', ';', '\t', '"', '\r', '\n'];

/// A line of CSV by RFC 4180, without its end. What is in its fields is the caller's: see
/// [`for_spreadsheet`](super::for_spreadsheet).
pub fn csv_record<F: AsRef<str>>(fields: impl IntoIterator<Item = F>) -> String {
    let mut line = String::new();
    let mut many = 0;
    for field in fields {
        let field = field.as_ref();
        if many > 0 {
            line.push(',');
        }
        many += 1;
        if field.contains(QUOTED) {
            line.push('"');
            line.push_str(&field.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(field);
        }
    }
    // An empty line would be no line.
    if many == 1 && line.is_empty() {
        line.push_str("\"\"");
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_may_divide_a_field_is_in_quotes() {
        let fields = [
            "Acme",
            "a,b",
            "x;y",
            "t\tu",
            "two\nlines",
            "say \"hi\"",
            "",
            "a b",
        ];
        assert_eq!(
            csv_record(fields),
            "Acme,\"a,b\",\"x;y\",\"t\tu\",\"two\nlines\",\"say \"\"hi\"\"\",,a b"
        );
        assert_eq!(csv_record([""]), "\"\"");
        assert_eq!(csv_record(["", ""]), ",");
    }

    proptest! {
        #[test]
        fn a_strict_reader_gets_back_every_field(
            fields in prop::collection::vec("[a,;\t\"\r\n' ]{0,4}.{0,3}", 1..5)
        ) {
            // A line of titles comes first: what a document begins with may be its byte order mark.
            let document = format!("title\r\n{}\r\n", csv_record(&fields));
            let mut reader = csv::ReaderBuilder::new()
                .flexible(true)
                .from_reader(document.as_bytes());
            let read: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            prop_assert_eq!(read.len(), 1);
            prop_assert_eq!(read[0].iter().collect::<Vec<_>>(), fields);
        }
    }
}
