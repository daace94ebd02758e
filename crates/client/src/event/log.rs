//! The log of one transaction, read so that only the program's own lines count.

use anchor_lang::prelude::Pubkey;
use base64::prelude::{BASE64_STANDARD, Engine};
use community_budget::ID;

use super::{Event, NotAnEvent};

/// What the program said in one transaction.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Its events in the order in which they were emitted.
    pub events: Vec<Event>,
    /// Lines, from 0, in which the program logged data that is no event known here, and why.
    pub unknown: Vec<(usize, NotAnEvent)>,
    /// The node cut the log, after 10,000 bytes as a rule: events may be missing behind the cut,
    /// and [`Sequence`](super::Sequence) tells how many.
    pub truncated: bool,
    /// A program failed, so the transaction changed nothing and what it said did not happen; there
    /// are no events.
    pub failed: bool,
}

/// Why a log cannot be a transaction's: its lines do not nest. Nothing in it is to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadLog {
    /// A program begins at another depth than the one that the lines before it leave; the line.
    Depth(usize),
    /// A program ends that is not the one running; the line.
    NotRunning(usize),
    /// The log ends while a program is running.
    Unfinished,
}

impl core::fmt::Display for BadLog {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Depth(line) => {
                write!(f, "line {line} of the log begins a program at a depth that does not follow")
            }
            Self::NotRunning(line) => {
                write!(f, "line {line} of the log ends a program that is not running")
            }
            Self::Unfinished => f.write_str("the log ends while a program is running"),
        }
    }
}

impl std::error::Error for BadLog {}

/// What a line of the runtime says.
enum Line<'a> {
    Invoke(Pubkey, usize),
    Success(Pubkey),
    Failed(Pubkey),
    Data(&'a str),
    Truncated,
    Other,
}

fn parse(line: &str) -> Line<'_> {
    // What a program prints comes as "Program log: ...", whatever it prints: no key is spelled so.
    if let Some(data) = line.strip_prefix("Program data: ") {
        return Line::Data(data);
    }
    if line == "Log truncated" {
        return Line::Truncated;
    }
    let Some((key, said)) = line.strip_prefix("Program ").and_then(|rest| rest.split_once(' '))
    else {
        return Line::Other;
    };
    let Ok(program) = key.parse::<Pubkey>() else { return Line::Other };
    if said == "success" {
        return Line::Success(program);
    }
    if said.starts_with("failed") {
        return Line::Failed(program);
    }
    let depth = said.strip_prefix("invoke [").and_then(|rest| rest.strip_suffix(']'));
    match depth.and_then(|depth| depth.parse().ok()) {
        Some(depth) => Line::Invoke(program, depth),
        None => Line::Other,
    }
}

fn event(data: &str) -> Result<Event, NotAnEvent> {
    Event::decode(&BASE64_STANDARD.decode(data).map_err(|_| NotAnEvent::Base64)?)
}

/// Reads the log messages of one transaction, each as the node sends it; a text that was put
/// together and split again at line ends can be forged.
///
/// A transaction can also fail when all of its programs have succeeded, so ask the node whether it
/// did (`meta.err`) before believing its log.
///
/// # Errors
/// [`BadLog`]
pub fn read<L: AsRef<str>>(log: &[L]) -> Result<Reading, BadLog> {
    let mut reading = Reading::default();
    // Programs that are running, the one called last at the end. Only its lines can follow.
    let mut running = Vec::new();
    for (number, line) in log.iter().enumerate() {
        match parse(line.as_ref()) {
            Line::Invoke(program, depth) => {
                running.push(program);
                if depth != running.len() {
                    return Err(BadLog::Depth(number));
                }
            }
            Line::Success(program) => end(&mut running, program, number)?,
            Line::Failed(program) => {
                end(&mut running, program, number)?;
                reading.failed = true;
            }
            Line::Data(data) if running.last() == Some(&ID) => match event(data) {
                Ok(event) => reading.events.push(event),
                Err(why) => reading.unknown.push((number, why)),
            },
            Line::Truncated => {
                // SECURITY: the runtime leaves long lines out from here on and may still write
                // short ones, so who is running is no longer known.
                reading.truncated = true;
                running.clear();
                break;
            }
            Line::Data(_) | Line::Other => {}
        }
    }
    if !running.is_empty() {
        return Err(BadLog::Unfinished);
    }
    if reading.failed {
        reading.events.clear();
        reading.unknown.clear();
    }
    Ok(reading)
}

fn end(running: &mut Vec<Pubkey>, program: Pubkey, line: usize) -> Result<(), BadLog> {
    match running.pop() {
        Some(last) if last == program => Ok(()),
        _ => Err(BadLog::NotRunning(line)),
    }
}

#[cfg(test)]
mod tests {
    use anchor_lang::system_program;
    use community_budget::events::{StakeClosed, VoteRetracted};

    use super::*;

    const OTHER: Pubkey = Pubkey::new_from_array([5; 32]);

    fn closed(seq: u64) -> Event {
        let owner = Pubkey::new_from_array([3; 32]);
        Event::StakeClosed(StakeClosed { seq, treasury: Pubkey::new_from_array([1; 32]), owner })
    }

    fn data(event: &Event) -> String {
        format!("Program data: {}", BASE64_STANDARD.encode(event.encode()))
    }

    fn invoke(program: Pubkey, depth: usize) -> String {
        format!("Program {program} invoke [{depth}]")
    }

    fn success(program: Pubkey) -> String {
        format!("Program {program} success")
    }

    fn events(log: &[String]) -> Vec<Event> {
        let reading = read(log).unwrap();
        assert!(reading.unknown.is_empty() && !reading.truncated && !reading.failed);
        reading.events
    }

    #[test]
    fn the_programs_events_come_in_their_order() {
        let retracted = Event::VoteRetracted(VoteRetracted {
            seq: 4,
            epoch: OTHER,
            owner: OTHER,
            by_delegate: true,
            weight: 5,
            voting_closes_at: 6,
        });
        let log = [
            invoke(system_program::ID, 1),
            success(system_program::ID),
            invoke(ID, 1),
            "Program log: about to close".into(),
            data(&closed(1)),
            format!("Program {ID} consumed 3949 of 200000 compute units"),
            success(ID),
            invoke(ID, 1),
            data(&retracted),
            success(ID),
        ];
        assert_eq!(events(&log), [closed(1), retracted]);
    }

    #[test]
    fn another_program_cannot_speak_in_its_name() {
        let log = [
            invoke(OTHER, 1),
            data(&closed(1)),
            // Called by another program, it speaks for itself, and its caller does not.
            invoke(ID, 2),
            data(&closed(2)),
            invoke(OTHER, 3),
            data(&closed(3)),
            success(OTHER),
            data(&closed(4)),
            success(ID),
            data(&closed(5)),
            success(OTHER),
            data(&closed(6)),
        ];
        assert_eq!(events(&log), [closed(2), closed(4)]);
    }

    #[test]
    fn what_a_program_prints_is_no_line_of_the_runtime() {
        let forged = [
            format!("Program log: {}", invoke(ID, 2)),
            format!("Program log: \n{}\n{}", invoke(ID, 2), data(&closed(1))),
            format!("Program log: {}", data(&closed(1))),
            format!("Program log: {}", success(OTHER)),
            format!("Program return: {ID} {}", BASE64_STANDARD.encode(closed(1).encode())),
            format!("Program {ID}  invoke [2]"),
            format!("Program {ID} invoke [2] "),
            format!(" {}", invoke(ID, 2)),
        ];
        for line in forged {
            let log = [invoke(OTHER, 1), line, data(&closed(1)), success(OTHER)];
            assert_eq!(events(&log), []);
        }
    }

    #[test]
    fn a_transaction_that_failed_has_no_events() {
        let log = [
            invoke(ID, 1),
            data(&closed(1)),
            "Program data: !".into(),
            success(ID),
            invoke(OTHER, 1),
            format!("Program {OTHER} failed: custom program error: 0x1"),
        ];
        let reading = read(&log).unwrap();
        assert_eq!(reading, Reading { failed: true, ..Reading::default() });
    }

    #[test]
    fn nothing_behind_a_cut_is_believed() {
        let log = [
            invoke(ID, 1),
            data(&closed(1)),
            "Log truncated".into(),
            data(&closed(2)),
            success(OTHER),
        ];
        let reading = read(&log).unwrap();
        assert_eq!((reading.events, reading.truncated), (vec![closed(1)], true));
    }

    #[test]
    fn lines_that_do_not_nest_are_refused() {
        for (log, flaw) in [
            (vec![invoke(ID, 2)], BadLog::Depth(0)),
            (vec![invoke(ID, 1), invoke(OTHER, 1)], BadLog::Depth(1)),
            (vec![invoke(ID, 0)], BadLog::Depth(0)),
            (vec![success(ID)], BadLog::NotRunning(0)),
            (vec![invoke(OTHER, 1), success(ID)], BadLog::NotRunning(1)),
            (
                vec![invoke(OTHER, 1), format!("Program {ID} failed: custom program error: 0x1")],
                BadLog::NotRunning(1),
            ),
            (vec![invoke(ID, 1), data(&closed(1))], BadLog::Unfinished),
        ] {
            assert_eq!(read(&log), Err(flaw));
        }
        assert!(BadLog::NotRunning(3).to_string().starts_with("line 3 of the log"));
        assert_eq!(read::<&str>(&[]), Ok(Reading::default()));
    }

    #[test]
    fn data_that_is_no_event_is_kept_with_its_reason() {
        let twice = format!("{0} {0}", BASE64_STANDARD.encode(closed(1).encode()));
        let mut long = closed(1).encode();
        long.push(0);
        let log = [
            invoke(ID, 1),
            "Program data: AQID".into(),
            "Program data: ?".into(),
            format!("Program data: {twice}"),
            format!("Program data: {}", BASE64_STANDARD.encode(long)),
            "Program data: ".into(),
            data(&closed(2)),
            success(ID),
        ];
        let reading = read(&log).unwrap();
        assert_eq!(reading.events, [closed(2)]);
        let trailing = NotAnEvent::Trailing { event: "StakeClosed", bytes: 1 };
        assert_eq!(
            reading.unknown,
            [
                (1, NotAnEvent::Discriminator),
                (2, NotAnEvent::Base64),
                (3, NotAnEvent::Base64),
                (4, trailing),
                (5, NotAnEvent::Discriminator),
            ]
        );
    }
}
