//! One line of a table, split at its semicolons.

use std::borrow::Cow;

use crate::ErrorKind;

/// One value of a row, without its quotation marks and the spaces around it.
pub(crate) struct Field<'a> {
    /// The value; owned only where doubled quotation marks had to be undone.
    pub(crate) value: Cow<'a, str>,
    /// Where in the line the value starts, in bytes.
    start: usize,
}

impl<'a> Field<'a> {
    fn new(value: Cow<'a, str>, start: usize) -> Self {
        let lead = value.len() - value.trim_start().len();
        let value = match value {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        };
        Self { value, start: start + lead }
    }

    /// Where in the line the value's byte `index` stands, in bytes.
    pub(crate) fn offset(&self, index: usize) -> usize {
        let doubled = match &self.value {
            Cow::Borrowed(_) => 0,
            // Every quotation mark left in the value was written twice.
            Cow::Owned(text) => text.bytes().take(index).filter(|b| *b == b'"').count(),
        };
        self.start + index + doubled
    }
}

/// Splits `line` into `fields`, which it clears first.
///
/// A value whose first character is a quotation mark ends at the next single one; elsewhere the
/// mark is a character like any other.
///
/// # Errors
///
/// What is wrong, with the byte of the line where it is.
pub(crate) fn split<'a>(
    line: &'a str,
    fields: &mut Vec<Field<'a>>,
) -> Result<(), (usize, ErrorKind)> {
    fields.clear();
    let mut next = Some(line);
    while let Some(rest) = next {
        let text = rest.trim_start();
        let start = line.len() - text.len();
        next = match text.strip_prefix('"') {
            Some(body) => {
                let Some((inner, after)) = closing_mark(body) else {
                    return Err((start, ErrorKind::UnterminatedQuote));
                };
                let value = if inner.contains('"') {
                    Cow::Owned(inner.replace("\"\"", "\""))
                } else {
                    Cow::Borrowed(inner)
                };
                fields.push(Field::new(value, start + 1));
                let tail = after.trim_start();
                match tail.strip_prefix(';') {
                    None if !tail.is_empty() => {
                        return Err((line.len() - tail.len(), ErrorKind::TextAfterQuote));
                    }
                    following => following,
                }
            }
            None => {
                let (value, following) = match text.split_once(';') {
                    Some((value, following)) => (value, Some(following)),
                    None => (text, None),
                };
                fields.push(Field::new(Cow::Borrowed(value), start));
                following
            }
        };
    }
    Ok(())
}

/// Splits the text after an opening quotation mark at the mark that closes it.
fn closing_mark(body: &str) -> Option<(&str, &str)> {
    let mut from = 0;
    loop {
        let (_, tail) = body.split_at_checked(from)?;
        let (before, after) = tail.split_once('"')?;
        if after.starts_with('"') {
            from += before.len() + 2;
        } else {
            let (inner, _) = body.split_at_checked(from + before.len())?;
            return Some((inner, after));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(line: &str) -> Vec<String> {
        let mut fields = Vec::new();
        split(line, &mut fields).expect("a well-formed line");
        fields.iter().map(|f| f.value.clone().into_owned()).collect()
    }

    fn fault(line: &str) -> (usize, ErrorKind) {
        split(line, &mut Vec::new()).expect_err("a malformed line")
    }

    #[test]
    fn plain_values() {
        assert_eq!(values("a;b;c"), ["a", "b", "c"]);
        assert_eq!(values("1; 600 ;culture, education"), ["1", "600", "culture, education"]);
        assert_eq!(values(";;"), ["", "", ""]);
        assert_eq!(values(""), [""]);
        assert_eq!(values("5\" pipe;''x''"), ["5\" pipe", "''x''"]);
    }

    #[test]
    fn quoted_values() {
        assert_eq!(values("1;\"a; b\";2"), ["1", "a; b", "2"]);
        assert_eq!(values("\"\";x"), ["", "x"]);
        assert_eq!(values("x;\"\"\"A\"\" b\"\"\""), ["x", "\"A\" b\""]);
        assert_eq!(values("x; \"\"\"A\"\" - b\" ;y"), ["x", "\"A\" - b", "y"]);
        assert_eq!(values("\"\"\"\""), ["\""]);
    }

    #[test]
    fn faults_point_at_their_byte() {
        assert_eq!(fault("a; \"b;c"), (3, ErrorKind::UnterminatedQuote));
        assert_eq!(fault("\"\"\""), (0, ErrorKind::UnterminatedQuote));
        assert_eq!(fault("\"a\" b;c"), (4, ErrorKind::TextAfterQuote));
    }

    #[test]
    fn offsets_count_doubled_marks() {
        let line = " x ;  \" \"\"a\"\",b\"";
        let mut fields = Vec::new();
        split(line, &mut fields).expect("a well-formed line");
        assert_eq!(fields[0].offset(0), 1);
        assert_eq!(fields[1].value, "\"a\",b");
        let index = fields[1].value.find('b').expect("b");
        assert_eq!(fields[1].offset(index), line.find('b').expect("b"));
    }
}
