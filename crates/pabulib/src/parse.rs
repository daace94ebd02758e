//! The sections of a file, read from its first line to its last.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::hash_map::{Entry, HashMap};

use crate::amount::{cents, count};
use crate::error::{Error, ErrorKind, Item, Section};
use crate::row::{Field, split};
use crate::{Election, Project, VoteType, Voter};

/// A line of the file, without its end.
#[derive(Clone, Copy)]
struct Line<'a> {
    number: usize,
    text: &'a str,
}

impl Line<'_> {
    /// The line and the column, in characters, of the line's byte `offset`.
    fn place(self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        (self.number, before.chars().count() + 1)
    }

    /// The error `kind` at the line's byte `offset`.
    fn error(self, offset: usize, kind: ErrorKind) -> Error {
        let (line, column) = self.place(offset);
        Error { line, column, kind }
    }

    /// The error `kind` after the line's last character.
    fn error_at_end(self, kind: ErrorKind) -> Error {
        self.error(self.text.len(), kind)
    }

    /// The section that begins here, if one does. Spreadsheets leave their other columns' semicolons
    /// after the name.
    fn section(self) -> Option<Section> {
        let name = self.text.trim_end_matches(|c: char| c == ';' || c.is_whitespace());
        Section::ALL.into_iter().find(|section| name.trim_start() == section.name())
    }
}

/// A count stated in `META`, and where.
struct Declared {
    item: Item,
    count: u64,
    line: usize,
    column: usize,
}

impl Declared {
    fn check(this: Option<&Self>, found: usize) -> Result<(), Error> {
        match this {
            Some(declared) if declared.count != found as u64 => Err(Error {
                line: declared.line,
                column: declared.column,
                kind: ErrorKind::CountMismatch {
                    item: declared.item,
                    declared: declared.count,
                    found: found as u64,
                },
            }),
            _ => Ok(()),
        }
    }
}

/// Where the columns of `PROJECTS` stand.
struct ProjectColumns {
    id: usize,
    cost: usize,
    name: Option<usize>,
    category: Option<usize>,
    votes: Option<usize>,
    selected: Option<usize>,
}

/// Where the columns of `VOTES` stand.
struct VoteColumns {
    voter_id: usize,
    vote: usize,
}

/// The section being read, with its columns once their line is read.
enum State {
    Before,
    Meta { rows: usize },
    Projects(Option<ProjectColumns>),
    Votes(Option<VoteColumns>),
}

/// What is read so far.
#[derive(Default)]
struct Reader<'a> {
    meta: BTreeMap<String, String>,
    budget_cents: Option<u64>,
    vote_type: Option<VoteType>,
    num_projects: Option<Declared>,
    num_votes: Option<Declared>,
    projects: Vec<Project>,
    project_lines: Vec<usize>,
    project_indices: HashMap<Cow<'a, str>, u16>,
    voters: Vec<Voter>,
    voter_lines: HashMap<Cow<'a, str>, usize>,
    /// For each project, the last ballot that named it, counted from 1.
    last_named: Vec<usize>,
}

pub(crate) fn parse(bytes: &[u8]) -> Result<Election, Error> {
    let text = decode(bytes)?;
    let mut reader = Reader::default();
    let mut state = State::Before;
    let mut fields = Vec::new();
    let mut last = Line { number: 1, text: "" };
    for line in lines(text) {
        if line.text.trim().is_empty() {
            continue;
        }
        last = line;
        if let Some(section) = line.section() {
            state = reader.next_section(state, section, line)?;
            continue;
        }
        split(line.text, &mut fields).map_err(|(offset, kind)| line.error(offset, kind))?;
        match &mut state {
            State::Before => {
                return Err(line.error(0, ErrorKind::MissingSection(Section::Meta)));
            }
            State::Meta { rows } => {
                reader.meta_row(line, &fields, *rows == 0)?;
                *rows += 1;
            }
            State::Projects(columns @ None) => {
                *columns = Some(ProjectColumns::find(line, &fields)?)
            }
            State::Projects(Some(columns)) => reader.project_row(line, &fields, columns)?,
            State::Votes(columns @ None) => *columns = Some(VoteColumns::find(line, &fields)?),
            State::Votes(Some(columns)) => reader.vote_row(line, &fields, columns)?,
        }
    }
    reader.finish(state, last)
}

/// The text of the file, without its byte order mark.
fn decode(bytes: &[u8]) -> Result<&str, Error> {
    const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let (valid, _) = bytes.split_at_checked(error.valid_up_to()).unwrap_or((bytes, &[]));
        let valid = std::str::from_utf8(valid).unwrap_or_default();
        let number = valid.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let text = valid.rsplit('\n').next().unwrap_or_default();
        Line { number, text }.error_at_end(ErrorKind::NotUtf8)
    })
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.split('\n').enumerate().map(|(index, text)| Line {
        number: index + 1,
        text: text.strip_suffix('\r').unwrap_or(text),
    })
}

impl<'a> Reader<'a> {
    /// Ends the section of `state` and begins `section`, whose name is on `line`.
    fn next_section(
        &mut self,
        state: State,
        section: Section,
        line: Line<'_>,
    ) -> Result<State, Error> {
        let missing = |section| Err(line.error(0, ErrorKind::MissingSection(section)));
        match (state, section) {
            (State::Before, Section::Meta) => Ok(State::Meta { rows: 0 }),
            (State::Before, _) => missing(Section::Meta),
            (State::Meta { .. }, Section::Projects) => {
                self.required_keys().map_err(|kind| line.error(0, kind))?;
                Ok(State::Projects(None))
            }
            (State::Meta { .. }, Section::Votes) => missing(Section::Projects),
            (State::Projects(columns), Section::Votes) => {
                if columns.is_none() {
                    let section = Section::Projects;
                    let column = ProjectColumns::ID;
                    return Err(line.error(0, ErrorKind::MissingColumn { section, column }));
                }
                Declared::check(self.num_projects.as_ref(), self.projects.len())?;
                self.last_named = vec![0; self.projects.len()];
                Ok(State::Votes(None))
            }
            (State::Meta { .. }, Section::Meta)
            | (State::Projects(_), Section::Meta | Section::Projects)
            | (State::Votes(_), _) => Err(line.error(0, ErrorKind::RepeatedSection(section))),
        }
    }

    fn meta_row(&mut self, line: Line<'_>, fields: &[Field<'a>], first: bool) -> Result<(), Error> {
        let [key, value, ..] = fields else {
            let (expected, found) = (2, fields.len());
            return Err(line.error_at_end(ErrorKind::TooFewFields { expected, found }));
        };
        let text = value.value.as_ref();
        let at_value = |kind| line.error(value.offset(0), kind);
        let declared = |item| {
            let count = count(item, text).map_err(at_value)?;
            let (line, column) = line.place(value.offset(0));
            Ok(Some(Declared { item, count, line, column }))
        };
        if self.meta.contains_key(key.value.as_ref()) {
            let kind = ErrorKind::RepeatedKey(key.value.to_string());
            return Err(line.error(key.offset(0), kind));
        }
        match key.value.as_ref() {
            "key" if first && text == "value" => return Ok(()),
            "" => {
                return Err(line.error(key.offset(0), ErrorKind::EmptyValue(Item::MetaKey)));
            }
            "budget" => self.budget_cents = Some(cents(Item::Budget, text).map_err(at_value)?),
            "vote_type" if text.is_empty() => {
                return Err(at_value(ErrorKind::EmptyValue(Item::VoteType)));
            }
            "vote_type" => self.vote_type = Some(VoteType::from_text(text)),
            "num_projects" => self.num_projects = declared(Item::NumProjects)?,
            "num_votes" => self.num_votes = declared(Item::NumVotes)?,
            _ => {}
        }
        self.meta.insert(key.value.to_string(), text.to_owned());
        Ok(())
    }

    /// The budget and the vote type, which `META` must have.
    fn required_keys(&self) -> Result<(u64, &VoteType), ErrorKind> {
        let budget_cents = self.budget_cents.ok_or(ErrorKind::MissingKey("budget"))?;
        let vote_type = self.vote_type.as_ref();
        let vote_type = vote_type.ok_or(ErrorKind::MissingKey("vote_type"))?;
        Ok((budget_cents, vote_type))
    }

    fn project_row(
        &mut self,
        line: Line<'_>,
        fields: &[Field<'a>],
        columns: &ProjectColumns,
    ) -> Result<(), Error> {
        let (Some(id), Some(cost)) = (fields.get(columns.id), fields.get(columns.cost)) else {
            return Err(too_few(line, fields, columns.id.max(columns.cost)));
        };
        if id.value.is_empty() {
            return Err(line.error(id.offset(0), ErrorKind::EmptyValue(Item::ProjectId)));
        }
        let Ok(index) = u16::try_from(self.projects.len()) else {
            return Err(line.error(0, ErrorKind::TooManyProjects));
        };
        match self.project_indices.entry(id.value.clone()) {
            Entry::Vacant(entry) => entry.insert(index),
            Entry::Occupied(entry) => {
                let first = usize::from(*entry.get());
                let kind = ErrorKind::RepeatedProject {
                    id: id.value.to_string(),
                    first_line: self.project_lines.get(first).copied().unwrap_or_default(),
                };
                return Err(line.error(id.offset(0), kind));
            }
        };
        let cost_cents =
            cents(Item::Cost, &cost.value).map_err(|kind| line.error(cost.offset(0), kind))?;
        self.project_lines.push(line.number);
        self.projects.push(Project {
            id: id.value.to_string(),
            cost_cents,
            name: optional(fields, columns.name)
                .map(|field| field.value.to_string())
                .unwrap_or_default(),
            category: optional(fields, columns.category).map(|field| field.value.to_string()),
            votes: optional_count(line, fields, columns.votes, Item::Votes)?,
            selected: optional_count(line, fields, columns.selected, Item::Selected)?,
        });
        Ok(())
    }

    fn vote_row(
        &mut self,
        line: Line<'_>,
        fields: &[Field<'a>],
        columns: &VoteColumns,
    ) -> Result<(), Error> {
        let (Some(id), Some(vote)) = (fields.get(columns.voter_id), fields.get(columns.vote))
        else {
            return Err(too_few(line, fields, columns.voter_id.max(columns.vote)));
        };
        if id.value.is_empty() {
            return Err(line.error(id.offset(0), ErrorKind::EmptyValue(Item::VoterId)));
        }
        match self.voter_lines.entry(id.value.clone()) {
            Entry::Vacant(entry) => entry.insert(line.number),
            Entry::Occupied(entry) => {
                let kind =
                    ErrorKind::RepeatedVoter { id: id.value.to_string(), first_line: *entry.get() };
                return Err(line.error(id.offset(0), kind));
            }
        };
        let ballot = self.voters.len() + 1;
        let approved =
            if vote.value.is_empty() { Vec::new() } else { self.vote(line, vote, ballot)? };
        self.voters.push(Voter { id: id.value.to_string(), approved });
        Ok(())
    }

    /// The projects a vote lists, as indices; `ballot` is the ballot's number from 1.
    fn vote(&mut self, line: Line<'_>, vote: &Field<'a>, ballot: usize) -> Result<Vec<u16>, Error> {
        let text = vote.value.as_ref();
        let mut approved = Vec::with_capacity(text.bytes().filter(|b| *b == b',').count() + 1);
        let mut start = 0;
        for part in text.split(',') {
            let id = part.trim();
            let offset = vote.offset(start + part.len() - part.trim_start().len());
            start += part.len() + 1;
            if id.is_empty() {
                return Err(line.error(offset, ErrorKind::EmptyValue(Item::ProjectId)));
            }
            let Some(index) = self.project_indices.get(id).copied() else {
                return Err(line.error(offset, ErrorKind::UnknownProject(id.to_owned())));
            };
            if let Some(last) = self.last_named.get_mut(usize::from(index)) {
                if *last == ballot {
                    return Err(line.error(offset, ErrorKind::ProjectTwiceInVote(id.to_owned())));
                }
                *last = ballot;
            }
            approved.push(index);
        }
        Ok(approved)
    }

    /// Ends the file, whose last line that is not blank is `last`.
    fn finish(self, state: State, last: Line<'_>) -> Result<Election, Error> {
        let lacking = match state {
            State::Before => Some(ErrorKind::Empty),
            State::Meta { .. } => Some(ErrorKind::MissingSection(Section::Projects)),
            State::Projects(_) => Some(ErrorKind::MissingSection(Section::Votes)),
            State::Votes(None) => Some(ErrorKind::MissingColumn {
                section: Section::Votes,
                column: VoteColumns::VOTER_ID,
            }),
            State::Votes(Some(_)) => None,
        };
        if let Some(kind) = lacking {
            return Err(last.error_at_end(kind));
        }
        Declared::check(self.num_votes.as_ref(), self.voters.len())?;
        let required = self.required_keys();
        let (budget_cents, vote_type) = required.map_err(|kind| last.error_at_end(kind))?;
        let vote_type = vote_type.clone();
        let value = |key| self.meta.get(key).cloned();
        Ok(Election {
            description: value("description").unwrap_or_default(),
            currency: value("currency").filter(|currency| !currency.is_empty()),
            meta: self.meta,
            budget_cents,
            vote_type,
            projects: self.projects,
            voters: self.voters,
        })
    }
}

impl ProjectColumns {
    const ID: &str = "project_id";

    fn find(line: Line<'_>, header: &[Field<'_>]) -> Result<Self, Error> {
        let find = |column| find_column(line, header, Section::Projects, column);
        let need = |column| need_column(line, header, Section::Projects, column);
        Ok(Self {
            id: need(Self::ID)?,
            cost: need("cost")?,
            name: find("name")?,
            category: find("category")?,
            votes: find("votes")?,
            selected: find("selected")?,
        })
    }
}

impl VoteColumns {
    const VOTER_ID: &str = "voter_id";

    fn find(line: Line<'_>, header: &[Field<'_>]) -> Result<Self, Error> {
        let need = |column| need_column(line, header, Section::Votes, column);
        Ok(Self { voter_id: need(Self::VOTER_ID)?, vote: need("vote")? })
    }
}

/// Where in the header the column stands, if it does.
fn find_column(
    line: Line<'_>,
    header: &[Field<'_>],
    section: Section,
    column: &'static str,
) -> Result<Option<usize>, Error> {
    let mut places = header.iter().enumerate().filter(|(_, field)| field.value == column);
    let first = places.next();
    match places.next() {
        Some((_, again)) => {
            let kind = ErrorKind::RepeatedColumn { section, column };
            Err(line.error(again.offset(0), kind))
        }
        None => Ok(first.map(|(index, _)| index)),
    }
}

fn need_column(
    line: Line<'_>,
    header: &[Field<'_>],
    section: Section,
    column: &'static str,
) -> Result<usize, Error> {
    find_column(line, header, section, column)?
        .ok_or_else(|| line.error(0, ErrorKind::MissingColumn { section, column }))
}

/// The error of a row that does not reach the column `needed`.
fn too_few(line: Line<'_>, fields: &[Field<'_>], needed: usize) -> Error {
    line.error_at_end(ErrorKind::TooFewFields { expected: needed + 1, found: fields.len() })
}

/// The value of a column the file may lack, if there is one.
fn optional<'f, 'a>(fields: &'f [Field<'a>], column: Option<usize>) -> Option<&'f Field<'a>> {
    fields.get(column?).filter(|field| !field.value.is_empty())
}

fn optional_count<T: std::str::FromStr>(
    line: Line<'_>,
    fields: &[Field<'_>],
    column: Option<usize>,
    item: Item,
) -> Result<Option<T>, Error> {
    optional(fields, column)
        .map(|field| count(item, &field.value).map_err(|kind| line.error(field.offset(0), kind)))
        .transpose()
}
