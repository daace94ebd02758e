//! Numbers, dates and bars as people read them. Integers only: a printed figure is never off by a
//! rounding of floating point, and shares are rounded down, so that none looks reached that is not.

const DAY: i64 = 86_400;

/// `1234567` as `1,234,567`.
pub fn count(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Hundredths as `1,234.50`.
pub fn money(hundredths: u64) -> String {
    format!("{}.{:02}", count(hundredths / 100), hundredths % 100)
}

/// Hundredths as `1,234` when they are whole units, else as [`money`].
pub fn short_money(hundredths: u64) -> String {
    if hundredths.is_multiple_of(100) { count(hundredths / 100) } else { money(hundredths) }
}

/// A part of a whole as `12.3 %`, rounded down; `0.0 %` of nothing.
pub fn percent(part: u64, whole: u64) -> String {
    let tenths = u128::from(part) * 1_000 / u128::from(whole.max(1));
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// Basis points as `66.67 %` or `3 %`.
pub fn bps(value: u16) -> String {
    match (value / 100, value % 100) {
        (whole, 0) => format!("{whole} %"),
        (whole, rest) => format!("{whole}.{rest:02} %"),
    }
}

/// Unix seconds as `Mon 5 Jan 2026`.
pub fn day(at: i64) -> String {
    let (year, month, day) = civil(at.div_euclid(DAY));
    format!("{} {day} {} {year}", weekday(at), MONTHS[month])
}

/// Unix seconds as `Mon 5 Jan`.
pub fn short_day(at: i64) -> String {
    let (_, month, day) = civil(at.div_euclid(DAY));
    format!("{} {day} {}", weekday(at), MONTHS[month])
}

/// Unix seconds as `Mon 5 Jan 2026, 18:00`.
pub fn moment(at: i64) -> String {
    format!("{}, {}", day(at), clock(at))
}

/// Unix seconds as `Mon 5 Jan, 18:00`.
pub fn short_moment(at: i64) -> String {
    format!("{}, {}", short_day(at), clock(at))
}

fn clock(at: i64) -> String {
    let minutes = at.rem_euclid(DAY) / 60;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A span as `34 days` or `5 hours`, rounded down to the unit shown.
pub fn span(secs: i64) -> String {
    let (number, unit) = if secs >= DAY { (secs / DAY, "day") } else { (secs / 3_600, "hour") };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// `1 ballot`, `2 ballots`.
pub fn plural(number: usize, noun: &str) -> String {
    let number_text = count(u64::try_from(number).unwrap_or(u64::MAX));
    format!("{number_text} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Text cut to `width` characters, with an ellipsis when something is missing, and padded to it.
pub fn fit(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return format!("{text:<width$}");
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{:<width$}", format!("{}…", kept.trim_end()))
}

/// A bar of `width` cells for a whole of `scale`: each segment's glyph as far as its cumulative
/// share reaches, the rest dots, and a tick before the cell that `mark` falls into.
pub fn bar(segments: &[(char, u64)], scale: u64, width: usize, mark: Option<u64>) -> String {
    let cells = |amount: u64| -> usize {
        let scaled = u128::from(amount) * width as u128 / u128::from(scale.max(1));
        usize::try_from(scaled).unwrap_or(width).min(width)
    };
    let mut row: Vec<char> = Vec::with_capacity(width);
    let mut sum = 0u64;
    for (glyph, amount) in segments {
        sum = sum.saturating_add(*amount);
        let end = cells(sum);
        // What is there shows, even when it is less than a cell.
        let end = if *amount > 0 && end == row.len() { (end + 1).min(width) } else { end };
        row.resize(end.max(row.len()), *glyph);
    }
    row.resize(width, '·');
    if let Some(mark) = mark {
        let at = cells(mark).min(width - 1);
        row[at] = '│';
    }
    row.into_iter().collect()
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn weekday(at: i64) -> &'static str {
    // 1970-01-01 was a Thursday.
    let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    names[usize::try_from(at.div_euclid(DAY).rem_euclid(7)).unwrap_or(0)]
}

/// Year, month from 0 and day of month of a day number since 1970-01-01.
fn civil(days: i64) -> (i64, usize, i64) {
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let (mut year, mut rest) = (1970, days.max(0));
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if rest < length {
            break;
        }
        rest -= length;
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while rest >= lengths[month] {
        rest -= lengths[month];
        month += 1;
    }
    (year, month, rest + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_separators_and_units() {
        assert_eq!(count(0u64), "0");
        assert_eq!(count(999u64), "999");
        assert_eq!(count(1_000u64), "1,000");
        assert_eq!(count(12_345_678u64), "12,345,678");
        assert_eq!(money(1_245_050), "12,450.50");
        assert_eq!(money(7), "0.07");
        assert_eq!(short_money(1_245_050), "12,450.50");
        assert_eq!(short_money(100_000), "1,000");
        assert_eq!(bps(5_001), "50.01 %");
        assert_eq!(bps(300), "3 %");
    }

    #[test]
    fn shares_are_rounded_down() {
        assert_eq!(percent(2, 3), "66.6 %");
        assert_eq!(percent(9_999, 10_000), "99.9 %");
        assert_eq!(percent(1, 1), "100.0 %");
        assert_eq!(percent(0, 0), "0.0 %");
        assert_eq!(percent(u64::MAX, u64::MAX), "100.0 %");
    }

    #[test]
    fn dates_follow_the_calendar() {
        assert_eq!(day(0), "Thu 1 Jan 1970");
        assert_eq!(day(951_782_400), "Tue 29 Feb 2000");
        assert_eq!(day(951_868_800), "Wed 1 Mar 2000");
        assert_eq!(moment(1_767_571_200 + 18 * 3_600 + 300), "Mon 5 Jan 2026, 18:05");
        assert_eq!(short_moment(1_767_571_199), "Sun 4 Jan, 23:59");
        assert_eq!(short_day(1_798_761_599), "Thu 31 Dec");
    }

    #[test]
    fn text_is_cut_by_characters_not_bytes() {
        assert_eq!(fit("Łódź", 6), "Łódź  ");
        assert_eq!(fit("Łódź nad Nerem", 6), "Łódź… ");
        assert_eq!(fit("abcdef", 6), "abcdef");
    }

    #[test]
    fn bars_show_shares_and_the_mark() {
        assert_eq!(bar(&[('█', 50), ('▒', 25)], 100, 8, None), "████▒▒··");
        assert_eq!(bar(&[('█', 50)], 100, 8, Some(25)), "██│█····");
        assert_eq!(bar(&[('█', 1)], 1_000, 4, None), "█···");
        assert_eq!(bar(&[('█', 0)], 0, 4, None), "····");
        assert_eq!(bar(&[('█', 100)], 100, 4, Some(100)), "███│");
    }
}
