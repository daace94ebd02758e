//! Moments in a policy file.

use toml::{
    Value,
    value::{Datetime, Offset},
};

use super::Checked;

const DAY: i64 = 86_400;

/// Unix seconds of a TOML date-time with an offset; 0 for "at once", a moment long past.
///
/// # Errors
/// A sentence.
pub fn unix(value: &Value) -> Checked<i64> {
    let wrong = || {
        "first_open_at must be a moment with an offset, for example 2026-11-02T09:00:00Z, or \
         \"at once\""
            .to_owned()
    };
    match value {
        Value::String(text) if text == "at once" => Ok(0),
        Value::Datetime(moment) => seconds(moment).ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

fn seconds(moment: &Datetime) -> Option<i64> {
    let (date, time) = (moment.date?, moment.time?);
    let minutes = match moment.offset? {
        Offset::Z => 0,
        Offset::Custom { minutes } => i64::from(minutes),
    };
    let days = days(date.year.into(), date.month.into(), date.day.into());
    let clock = i64::from(time.hour) * 3_600 + i64::from(time.minute) * 60;
    Some(days * DAY + clock + i64::from(time.second) - minutes * 60)
}

/// Days from 1970-01-01 to a day of the Gregorian calendar. Years begin in March here, so that the
/// day that comes and goes is their last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    // Days from 0000-03-01 to 1970-01-01.
    365 * year + leap_days + day_of_year - 719_468
}

/// A moment as the file has it.
pub fn text(at: i64) -> String {
    // No clock shows a time so early, and the file has a word for it.
    if at <= 0 {
        return "\"at once\"".to_owned();
    }
    // Found by counting forward with `days`, so that reading and writing cannot disagree.
    let (day, clock) = (at.div_euclid(DAY), at.rem_euclid(DAY));
    let mut year = 1970 + day / 366;
    while days(year + 1, 1, 1) <= day {
        year += 1;
    }
    let month = (1..=12).rev().find(|month| days(year, *month, 1) <= day).unwrap_or(1);
    let of_month = day - days(year, month, 1) + 1;
    let (hour, minute, second) = (clock / 3_600, clock % 3_600 / 60, clock % 60);
    format!("{year:04}-{month:02}-{of_month:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Checked<i64> {
        let table: toml::Table = format!("at = {text}").parse().unwrap();
        unix(&table["at"])
    }

    #[test]
    fn moments_are_read_as_they_are_shown() {
        assert_eq!(read("1970-01-01T00:00:00Z"), Ok(0));
        assert_eq!(read("2026-01-05T18:05:00Z"), Ok(1_767_571_200 + 18 * 3_600 + 300));
        assert_eq!(read("2026-01-05T19:05:00+01:00"), read("2026-01-05T18:05:00Z"));
        assert_eq!(read("2026-01-05T13:35:00-04:30"), read("2026-01-05T18:05:00Z"));
        for at in (1..20_000).map(|day| day * DAY + 61) {
            let text = text(at);
            assert_eq!(read(&text), Ok(at), "{text}");
            let year = text.get(..4).unwrap();
            assert!(budget_words::format::day(at).ends_with(year), "{text}");
        }
        assert_eq!(read(&text(951_782_400)), Ok(951_782_400));
        assert!(text(951_782_400).starts_with("2000-02-29T"));
    }

    #[test]
    fn what_names_no_instant_is_refused() {
        assert_eq!(read("\"at once\""), Ok(0));
        assert_eq!(read(&text(0)), Ok(0));
        for text in ["2026-01-05T18:05:00", "2026-01-05", "18:05:00", "\"soon\"", "1767571200"] {
            assert!(read(text).unwrap_err().contains("with an offset"), "{text}");
        }
    }
}
