//! Amounts, shares and spans as people type and read them.

use budget_words::format;

use crate::exit::{Failure, Result};

/// A mint, as far as amounts need it.
#[derive(Clone, Debug)]
pub struct Token {
    /// Places behind the point.
    pub decimals: u8,
    /// What it is called, for people; no truth of the chain.
    pub symbol: String,
}

impl Token {
    /// `1250500000` base units of six decimals as `1,250.5 USDC`.
    pub fn show(&self, amount: u64) -> String {
        format!("{} {}", self.number(amount), self.symbol)
    }

    /// The same without the symbol.
    pub fn number(&self, amount: u64) -> String {
        let Some(unit) = 10u64.checked_pow(u32::from(self.decimals)) else {
            return format!("{amount}e-{}", self.decimals);
        };
        let whole = format::count(amount / unit);
        let rest = amount % unit;
        if rest == 0 {
            return whole;
        }
        let digits = format!("{rest:0width$}", width = usize::from(self.decimals));
        format!("{whole}.{}", digits.trim_end_matches('0'))
    }

    /// The base units that `text` means: digits, commas between them, at most one point.
    ///
    /// # Errors
    /// A sentence, when it is no number, has more places than the token, or exceeds 64 bits.
    pub fn parse(&self, text: &str) -> Result<u64> {
        let plain: String = text.chars().filter(|c| !matches!(c, ',' | '_')).collect();
        let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(rest) || (whole.is_empty() && rest.is_empty()) {
            return Err(Failure::input(format!(
                "`{text}` is no amount; write 1250.5, for example."
            )));
        }
        let places = usize::from(self.decimals);
        let significant = rest.trim_end_matches('0');
        if significant.len() > places {
            return Err(Failure::input(format!(
                "`{text}` is more exact than {} counts: it has {places} decimals.",
                self.symbol
            )));
        }
        format!("{whole}{significant:0<places$}")
            .parse()
            .map_err(|_| Failure::input(format!("`{text}` is more than a token can have.")))
    }
}

/// Lamports as SOL, exactly.
pub fn sol(lamports: u64) -> String {
    Token { decimals: 9, symbol: "SOL".to_owned() }.show(lamports)
}

/// Seconds that `text` means: a number with `d`, `h`, `m` or `s`, or several, as in `1d12h`.
///
/// # Errors
/// A sentence.
pub fn span(text: &str) -> std::result::Result<u32, String> {
    let wrong = || format!("`{text}` is no span of time; write 30d, 12h or 1d12h");
    let mut total = 0u32;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (digits, tail) = rest.split_at(end);
        let number: u32 = digits.parse().map_err(|_| wrong())?;
        let mut letters = tail.chars();
        let unit = match letters.next() {
            Some('d') => 86_400,
            Some('h') => 3_600,
            Some('m') => 60,
            Some('s') => 1,
            _ => return Err(wrong()),
        };
        rest = letters.as_str();
        let part = number.checked_mul(unit);
        total = part.and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
    }
    Ok(total)
}

/// Seconds as `7 days`, `1 day 12 hours` or `40 minutes`: the two largest units.
pub fn long_span(secs: u64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let mut rest = secs;
    let mut parts = Vec::new();
    for (size, noun) in units {
        let number = rest / size;
        rest %= size;
        if number > 0 {
            let ending = if number == 1 { "" } else { "s" };
            parts.push(format!("{number} {noun}{ending}"));
        }
    }
    parts.truncate(2);
    if parts.is_empty() { "0 seconds".to_owned() } else { parts.join(" ") }
}

/// A moment with its distance: `Thu 3 Dec 2026, 18:00 UTC (in 2 days 4 hours)`.
pub fn when(at: i64, now: i64) -> String {
    let distance = long_span(at.abs_diff(now));
    let relation = match at.cmp(&now) {
        std::cmp::Ordering::Greater => format!("in {distance}"),
        std::cmp::Ordering::Less => format!("{distance} ago"),
        std::cmp::Ordering::Equal => "now".to_owned(),
    };
    format!("{} UTC ({relation})", format::moment(at))
}

/// Basis points that `text` means: `66.67%` or `6667`.
///
/// # Errors
/// A sentence.
pub fn bps(text: &str) -> std::result::Result<u16, String> {
    let wrong = || format!("`{text}` is no share; write 66.67% or 6667 (basis points)");
    let value = match text.trim().strip_suffix('%') {
        None => text.trim().parse::<u32>().map_err(|_| wrong())?,
        Some(percent) => {
            let token = Token { decimals: 2, symbol: "percent".to_owned() };
            let value = token.parse(percent.trim()).map_err(|_| wrong())?;
            u32::try_from(value).map_err(|_| wrong())?
        }
    };
    u16::try_from(value).ok().filter(|value| *value <= 10_000).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(decimals: u8) -> Token {
        Token { decimals, symbol: "USDC".to_owned() }
    }

    #[test]
    fn amounts_are_read_as_they_are_shown() {
        for amount in [0, 1, 10, 999_999, 1_000_000, 1_250_500_000, u64::MAX] {
            let shown = token(6).number(amount);
            assert_eq!(token(6).parse(&shown).unwrap(), amount, "{shown}");
        }
        assert_eq!(token(6).show(1_250_500_000), "1,250.5 USDC");
        assert_eq!(token(0).show(7), "7 USDC");
        assert_eq!(token(6).parse(".5").unwrap(), 500_000);
        assert_eq!(token(6).parse("1.5000000").unwrap(), 1_500_000);
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", ".", "-1", "1e3", "1.2.3", "0x10", "1.0000001", "18446744073709551616"] {
            assert!(token(6).parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn spans_add_up_and_have_units() {
        assert_eq!(span("30d"), Ok(2_592_000));
        assert_eq!(span("1d12h"), Ok(129_600));
        assert_eq!(span("90m5s"), Ok(5_405));
        for text in ["", "30", "d", "-1d", "1w", "9999999999d", "50000d"] {
            assert!(span(text).is_err(), "{text}");
        }
        assert_eq!(long_span(129_600), "1 day 12 hours");
        assert_eq!(long_span(0), "0 seconds");
    }

    #[test]
    fn shares_are_percent_or_basis_points() {
        assert_eq!(bps("66.67%"), Ok(6_667));
        assert_eq!(bps("6667"), Ok(6_667));
        assert_eq!(bps("100 %"), Ok(10_000));
        for text in ["", "%", "100.01%", "10001", "-1", "0.001%"] {
            assert!(bps(text).is_err(), "{text}");
        }
    }

    #[test]
    fn moments_say_how_far_they_are() {
        let at = 1_767_571_200;
        assert_eq!(when(at, at - 90_000), "Mon 5 Jan 2026, 00:00 UTC (in 1 day 1 hour)");
        assert!(when(at, at + 60).ends_with("(1 minute ago)"));
    }
}
