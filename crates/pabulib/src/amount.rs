//! Amounts of money, from decimal text to hundredths.

use crate::ErrorKind;
use crate::error::Item;

/// Reads a positive amount into hundredths of the currency's unit.
///
/// The decimal sign is a point or a comma. Zeros after the second decimal are harmless after a point
/// (`12.500`), but after a comma three digits may as well be thousands (`12,500`), so they are
/// refused rather than guessed at.
pub(crate) fn cents(item: Item, text: &str) -> Result<u64, ErrorKind> {
    let named = || text.to_owned();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, decimals, comma) = match digits.split_once(['.', ',']) {
        Some((whole, decimals)) => (whole, Some(decimals), digits.contains(',')),
        None => (digits, None, false),
    };
    if !is_digits(whole) || !decimals.is_none_or(is_digits) {
        return Err(ErrorKind::NotANumber { item, text: named() });
    }
    if negative {
        return Err(ErrorKind::NotPositive { item, text: named() });
    }
    let mut decimals = decimals.unwrap_or_default();
    if !comma && decimals.len() > 2 {
        decimals = decimals.trim_end_matches('0');
    }
    if decimals.len() > 2 {
        return Err(ErrorKind::TooManyDecimals { item, text: named() });
    }
    let hundredths = decimals.bytes().chain([b'0', b'0']).take(2);
    let value = whole
        .bytes()
        .chain(hundredths)
        .try_fold(0_u64, |value, digit| {
            value.checked_mul(10)?.checked_add(u64::from(digit.wrapping_sub(b'0')))
        })
        .ok_or_else(|| ErrorKind::TooLarge { item, text: named() })?;
    if value == 0 {
        return Err(ErrorKind::NotPositive { item, text: named() });
    }
    Ok(value)
}

/// Reads a count: digits only.
pub(crate) fn count<T: std::str::FromStr>(item: Item, text: &str) -> Result<T, ErrorKind> {
    if !is_digits(text) {
        return Err(ErrorKind::NotAWholeNumber { item, text: text.to_owned() });
    }
    text.parse().map_err(|_| ErrorKind::TooLarge { item, text: text.to_owned() })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(text: &str) -> Result<u64, ErrorKind> {
        cents(Item::Cost, text)
    }

    #[test]
    fn amounts_become_hundredths() {
        for (text, value) in [
            ("1", 100),
            ("827838.5", 82_783_850),
            ("827838,5", 82_783_850),
            ("0.01", 1),
            ("12.34", 1_234),
            ("12,34", 1_234),
            ("12.3400", 1_234),
            ("12.000", 1_200),
            ("007", 700),
            ("184467440737095516.15", u64::MAX),
        ] {
            assert_eq!(cost(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn text_that_is_no_amount_is_refused() {
        for text in [
            "",
            "abc",
            ".5",
            "5.",
            "1 000",
            "1.000.000",
            "1,000,000",
            "1,000.50",
            "1e6",
            "+5",
            "--5",
            "-",
            "٣",
            "NaN",
            "5 €",
        ] {
            assert_eq!(
                cost(text),
                Err(ErrorKind::NotANumber { item: Item::Cost, text: text.to_owned() }),
                "{text}"
            );
        }
    }

    #[test]
    fn amounts_out_of_range_are_refused() {
        let item = Item::Cost;
        for text in ["0", "0.00", "-5", "-0", "0,0"] {
            let text = text.to_owned();
            assert_eq!(cost(&text), Err(ErrorKind::NotPositive { item, text }));
        }
        for text in ["1.234", "0.001", "12,500", "12,345"] {
            let text = text.to_owned();
            assert_eq!(cost(&text), Err(ErrorKind::TooManyDecimals { item, text }));
        }
        for text in ["184467440737095516.16", "184467440737095517", "99999999999999999999999"] {
            let text = text.to_owned();
            assert_eq!(cost(&text), Err(ErrorKind::TooLarge { item, text }));
        }
    }

    #[test]
    fn counts_are_digits_only() {
        let item = Item::NumVotes;
        assert_eq!(count(item, "0"), Ok(0_u64));
        assert_eq!(count(item, "90494"), Ok(90_494_u64));
        for text in ["", "-1", "+1", "1.0", "x"] {
            let text = text.to_owned();
            assert_eq!(count::<u64>(item, &text), Err(ErrorKind::NotAWholeNumber { item, text }));
        }
        let text = "256".to_owned();
        assert_eq!(count::<u8>(item, &text), Err(ErrorKind::TooLarge { item, text }));
    }
}
