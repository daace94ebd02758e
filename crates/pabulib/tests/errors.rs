//! Every kind of error, with its line and its column.

use pabulib::{Error, ErrorKind, Item, Section, parse};

const META: &str = "META\nkey;value\nbudget;1000\nvote_type;approval\n";
const PROJECTS: &str = "PROJECTS\nproject_id;cost;name\nA;100;Ławki\nB;250.50;Trees\n";
const VOTES: &str = "VOTES\nvoter_id;vote\nv1;A\nv2;A,B\n";

fn assert_error(input: impl AsRef<[u8]>, line: usize, column: usize, kind: ErrorKind) {
    let input = input.as_ref();
    let text = String::from_utf8_lossy(input);
    let error = parse(input).expect_err(&text);
    assert_eq!(error, Error { line, column, kind }, "{text}");
    let sentence = error.to_string();
    assert!(sentence.starts_with(&format!("line {line}, column {column}: ")), "{sentence}");
    assert!(!sentence.contains('\n'), "{sentence}");
}

/// The fixture is sound, so that each test below breaks it in one way only.
#[test]
fn the_fixture_parses() {
    parse(format!("{META}{PROJECTS}{VOTES}")).expect("the fixture");
}

#[test]
fn not_utf8() {
    assert_error(b"META\nk;\xc5\x81\xff", 2, 4, ErrorKind::NotUtf8);
    assert_error(b"\xef\xbb\xbfME\xc5", 1, 3, ErrorKind::NotUtf8);
    assert_error(b"\xff", 1, 1, ErrorKind::NotUtf8);
}

#[test]
fn empty() {
    assert_error("", 1, 1, ErrorKind::Empty);
    assert_error("\u{feff}", 1, 1, ErrorKind::Empty);
    assert_error(" \r\n\n", 1, 1, ErrorKind::Empty);
}

#[test]
fn missing_section() {
    use Section::{Meta, Projects, Votes};
    let missing = ErrorKind::MissingSection;
    assert_error("\nkey;value\n", 2, 1, missing(Meta));
    assert_error(PROJECTS, 1, 1, missing(Meta));
    assert_error(META, 4, 19, missing(Projects));
    assert_error(format!("{META}{VOTES}"), 5, 1, missing(Projects));
    assert_error(format!("{META}{VOTES}{PROJECTS}"), 5, 1, missing(Projects));
    assert_error(format!("{META}{PROJECTS}\n\n"), 8, 15, missing(Votes));
}

#[test]
fn repeated_section() {
    use Section::{Meta, Projects, Votes};
    let repeated = ErrorKind::RepeatedSection;
    assert_error(format!("{META}{META}"), 5, 1, repeated(Meta));
    assert_error(format!("{META}{PROJECTS}{META}"), 9, 1, repeated(Meta));
    assert_error(format!("{META}{PROJECTS}{PROJECTS}"), 9, 1, repeated(Projects));
    for (again, section) in [(META, Meta), (PROJECTS, Projects), (VOTES, Votes)] {
        let input = format!("{META}{PROJECTS}{VOTES}{again}");
        assert_error(input, 13, 1, repeated(section));
    }
}

#[test]
fn missing_column() {
    let missing = |section, column| ErrorKind::MissingColumn { section, column };
    for (header, column) in [("cost;name", "project_id"), ("project_id;name", "cost")] {
        let input = format!("{META}PROJECTS\n{header}\nA;1\n{VOTES}");
        assert_error(input, 6, 1, missing(Section::Projects, column));
    }
    for (header, column) in [("vote;age", "voter_id"), ("voter_id;votes", "vote")] {
        let input = format!("{META}{PROJECTS}VOTES\n{header}\nv1;A\n");
        assert_error(input, 10, 1, missing(Section::Votes, column));
    }
    // A section with no line of columns at all.
    let input = format!("{META}PROJECTS\n{VOTES}");
    assert_error(input, 6, 1, missing(Section::Projects, "project_id"));
    let input = format!("{META}{PROJECTS}VOTES");
    assert_error(input, 9, 6, missing(Section::Votes, "voter_id"));
}

#[test]
fn repeated_column() {
    assert_error(
        format!("{META}PROJECTS\nproject_id;cost;name;cost\n{VOTES}"),
        6,
        22,
        ErrorKind::RepeatedColumn { section: Section::Projects, column: "cost" },
    );
    // A column that is not read may stand twice.
    let input = format!("{META}PROJECTS\nproject_id;cost;x;x\nA;1;2;3\nB;1;2;3\n{VOTES}");
    parse(input).expect("an unknown column twice");
}

#[test]
fn missing_key() {
    let input = format!("META\nkey;value\nvote_type;approval\n{PROJECTS}{VOTES}");
    assert_error(input, 4, 1, ErrorKind::MissingKey("budget"));
    let input = format!("META\nbudget;5\n{PROJECTS}{VOTES}");
    assert_error(input, 3, 1, ErrorKind::MissingKey("vote_type"));
}

#[test]
fn repeated_key() {
    let input = format!("{META}budget;2000\n{PROJECTS}{VOTES}");
    let kind = ErrorKind::RepeatedKey("budget".to_owned());
    assert_error(input, 5, 1, kind);
}

#[test]
fn too_few_fields() {
    let few = |expected, found| ErrorKind::TooFewFields { expected, found };
    assert_error(format!("{META}unit\n{PROJECTS}{VOTES}"), 5, 5, few(2, 1));
    assert_error(format!("{META}{PROJECTS}Ł\n{VOTES}"), 9, 2, few(2, 1));
    assert_error(format!("{META}{PROJECTS}{VOTES}v3\n"), 13, 3, few(2, 1));
    let input = format!("{META}{PROJECTS}VOTES\nage;vote;sex;voter_id\n30;A;F\n");
    assert_error(input, 11, 7, few(4, 3));
}

#[test]
fn unterminated_quote() {
    let input = format!("{META}{PROJECTS}C;10;\"Łąka\n{VOTES}");
    assert_error(input, 9, 6, ErrorKind::UnterminatedQuote);
    let input = format!("{META}{PROJECTS}C;10; \"Łąka \"\"x\"\"\r\n{VOTES}");
    assert_error(input, 9, 7, ErrorKind::UnterminatedQuote);
}

#[test]
fn text_after_quote() {
    let input = format!("{META}{PROJECTS}C;10;\"Łąka\" x\n{VOTES}");
    assert_error(input, 9, 13, ErrorKind::TextAfterQuote);
}

#[test]
fn empty_value() {
    let empty = ErrorKind::EmptyValue;
    let input = format!("{META};x\n{PROJECTS}{VOTES}");
    assert_error(input, 5, 1, empty(Item::MetaKey));
    assert_error("META\nbudget;1\nvote_type;\n", 3, 11, empty(Item::VoteType));
    let input = format!("{META}{PROJECTS};10;x\n{VOTES}");
    assert_error(input, 9, 1, empty(Item::ProjectId));
    let input = format!("{META}{PROJECTS}{VOTES};A\n");
    assert_error(input, 13, 1, empty(Item::VoterId));
    for (vote, column) in [(",A", 4), ("A,", 6), ("A,,B", 6), ("A, ,B", 7), (",", 4)] {
        let input = format!("{META}{PROJECTS}{VOTES}v3;{vote}\n");
        assert_error(input, 13, column, empty(Item::ProjectId));
    }
}

#[test]
fn not_a_number() {
    let not = |item, text: &str| {
        let text = text.to_owned();
        ErrorKind::NotANumber { item, text }
    };
    let input = format!("{META}{PROJECTS}C; abc;x\n{VOTES}");
    assert_error(input, 9, 4, not(Item::Cost, "abc"));
    let input = format!("{META}{PROJECTS}C;;x\n{VOTES}");
    assert_error(input, 9, 3, not(Item::Cost, ""));
    assert_error("META\nbudget;10 000\n", 2, 8, not(Item::Budget, "10 000"));
}

#[test]
fn not_a_whole_number() {
    let not = |item, text: &str| {
        let text = text.to_owned();
        ErrorKind::NotAWholeNumber { item, text }
    };
    assert_error("META\nnum_votes;-1\n", 2, 11, not(Item::NumVotes, "-1"));
    assert_error("META\nnum_projects; x\n", 2, 15, not(Item::NumProjects, "x"));
    let header = "PROJECTS\nselected;votes;project_id;cost\n";
    let input = format!("{META}{header}1;2.5;A;10\n");
    assert_error(input, 7, 3, not(Item::Votes, "2.5"));
    let input = format!("{META}{header}yes;2;A;10\n");
    assert_error(input, 7, 1, not(Item::Selected, "yes"));
}

#[test]
fn not_positive() {
    let not = |item, text: &str| {
        let text = text.to_owned();
        ErrorKind::NotPositive { item, text }
    };
    let input = format!("{META}{PROJECTS}Ł;-5;x\n{VOTES}");
    assert_error(input, 9, 3, not(Item::Cost, "-5"));
    let input = format!("{META}{PROJECTS}Ł;0.00;x\n{VOTES}");
    assert_error(input, 9, 3, not(Item::Cost, "0.00"));
    assert_error("META\nbudget;0\n", 2, 8, not(Item::Budget, "0"));
}

#[test]
fn too_many_decimals() {
    let many = |item, text: &str| {
        let text = text.to_owned();
        ErrorKind::TooManyDecimals { item, text }
    };
    let input = format!("{META}{PROJECTS}C;1.005;x\n{VOTES}");
    assert_error(input, 9, 3, many(Item::Cost, "1.005"));
    let input = "META\nbudget;\"12,500\"\n";
    assert_error(input, 2, 9, many(Item::Budget, "12,500"));
}

#[test]
fn too_large() {
    let large = |item, text: &str| {
        let text = text.to_owned();
        ErrorKind::TooLarge { item, text }
    };
    let text = "184467440737095516.16";
    let input = format!("{META}{PROJECTS}C;{text};x\n{VOTES}");
    assert_error(input, 9, 3, large(Item::Cost, text));
    let input = format!("{META}PROJECTS\nproject_id;cost;selected\nA;1;256\n{VOTES}");
    assert_error(input, 7, 5, large(Item::Selected, "256"));
    let text = "99999999999999999999";
    let input = format!("META\nnum_votes;{text}\n");
    assert_error(input, 2, 11, large(Item::NumVotes, text));
}

#[test]
fn too_many_projects() {
    let rows = |count: usize| -> String { (0..count).map(|id| format!("{id};1\n")).collect() };
    let header = "PROJECTS\nproject_id;cost\n";
    let votes = "VOTES\nvoter_id;vote\nv1;65535\n";
    let most = parse(format!("{META}{header}{}{votes}", rows(65_536))).expect("65,536 projects");
    assert_eq!(most.voters[0].approved, [u16::MAX]);
    let input = format!("{META}{header}{}{votes}", rows(65_537));
    let error = parse(input).expect_err("65,537 projects");
    let (line, column, kind) = (4 + 2 + 65_537, 1, ErrorKind::TooManyProjects);
    assert_eq!(error, Error { line, column, kind });
}

#[test]
fn repeated_project() {
    let input = format!("{META}{PROJECTS}\n A;5;again\n{VOTES}");
    let kind = ErrorKind::RepeatedProject { id: "A".to_owned(), first_line: 7 };
    assert_error(input, 10, 2, kind);
}

#[test]
fn repeated_voter() {
    let input = format!("{META}{PROJECTS}VOTES\nage;voter_id;vote\n30;v1;A\n31;\"v1\";B\n");
    let kind = ErrorKind::RepeatedVoter { id: "v1".to_owned(), first_line: 11 };
    assert_error(input, 12, 5, kind);
}

#[test]
fn unknown_project() {
    let unknown = |id: &str| ErrorKind::UnknownProject(id.to_owned());
    let input = format!("{META}{PROJECTS}{VOTES}Łoś;A, C\n");
    assert_error(input, 13, 8, unknown("C"));
    // Ids are compared as text.
    let input = format!("{META}{PROJECTS}{VOTES}v3;a\n");
    assert_error(input, 13, 4, unknown("a"));
    // In a quoted vote the doubled marks before the id count.
    let input = format!("{META}{PROJECTS}\"\"\"q\"\"\";5;x\n{VOTES}v3;\"\"\"q\"\",C\"\n");
    assert_error(input, 14, 11, unknown("C"));
}

#[test]
fn project_twice_in_vote() {
    let kind = ErrorKind::ProjectTwiceInVote("A".to_owned());
    let input = format!("{META}{PROJECTS}{VOTES}v3;A,B,A\n");
    assert_error(input, 13, 8, kind);
}

#[test]
fn count_mismatch() {
    let input = format!("{META}num_projects; 3\n{PROJECTS}{VOTES}");
    let kind = ErrorKind::CountMismatch { item: Item::NumProjects, declared: 3, found: 2 };
    assert_error(input, 5, 15, kind);
    let input = format!("{META}num_votes;1\n{PROJECTS}{VOTES}");
    let kind = ErrorKind::CountMismatch { item: Item::NumVotes, declared: 1, found: 2 };
    assert_error(input, 5, 11, kind);
}

#[test]
fn errors_read_as_sentences() {
    let sentence = |input: String| parse(input).expect_err("an error").to_string();
    assert_eq!(
        sentence(format!("{META}{PROJECTS}C;abc;x\n")),
        "line 9, column 3: the cost \"abc\" is not a number"
    );
    assert_eq!(
        sentence(format!("{META}{PROJECTS}A;1;x\n")),
        "line 9, column 1: the project id \"A\" is already used on line 7"
    );
    assert_eq!(
        sentence(format!("{META}{PROJECTS}{VOTES}v3;C\n")),
        "line 13, column 4: the vote names the project \"C\", which the PROJECTS section does not have"
    );
    assert_eq!(
        sentence(format!("{META}num_projects;3\n{PROJECTS}{VOTES}")),
        "line 5, column 14: META says num_projects is 3, but the PROJECTS section has 2"
    );
    assert_eq!(
        sentence(format!("{META}{PROJECTS}C\n")),
        "line 9, column 2: this row needs at least 2 fields but ends after 1"
    );
    // A value from the file can neither break the line nor flood it.
    assert_eq!(
        sentence(format!("{META}{PROJECTS}C;\u{1b}{};x\n", "9".repeat(100))),
        format!("line 9, column 3: the cost \"\\u{{1b}}{}…\" is not a number", "9".repeat(39))
    );
}
