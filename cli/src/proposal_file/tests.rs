use super::*;

const KEY: &str = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v";

fn parsed(text: &str) -> std::result::Result<Proposed, String> {
    parse(text, Path::new("folder"))
}

fn matter(text: &str) -> std::result::Result<Matter, String> {
    parsed(&format!("title = \"t\"\n{text}")).map(|proposed| proposed.matter)
}

/// What the writer of a file is told, in one line without a full stop.
fn told(text: &str) -> String {
    let why = matter(text).unwrap_err();
    assert!(!why.is_empty() && !why.contains('\n') && !why.ends_with('.'), "{why}");
    why
}

#[test]
fn an_award_is_read_with_its_defaults() {
    let text = format!(
        "title = \"Docs\"\nuri = \"https://example.org/d\"\nmetadata = \"docs.md\"\n[award]\n\
         category = \"general\"\namount = \"18,000.5\"\nduration = \"90d\"\nrecipient = \"{KEY}\""
    );
    let proposed = parsed(&text).unwrap();
    assert_eq!(
        proposed.words,
        Words {
            title: "Docs".to_owned(),
            uri: "https://example.org/d".to_owned(),
            metadata: Some(PathBuf::from("folder/docs.md")),
            metadata_hash: None,
        }
    );
    assert_eq!(
        proposed.matter,
        Matter::Award(AwardAsk {
            category: "general".to_owned(),
            amount: "18,000.5".to_owned(),
            recipient: Some(KEY.parse().unwrap()),
            duration_secs: 90 * 86_400,
            cliff_secs: 0,
            checkpoints: 0,
        })
    );
}

#[test]
fn every_act_is_read() {
    let role = matter("[set_role]\nrole = \"risk-reporter\"\nholder = \"nobody\"").unwrap();
    assert_eq!(role, Matter::SetRole { role: Role::RiskReporter, holder: Pubkey::default() });
    let ruling = |text: &str| matter(&format!("[rule_on_stream]\nstream = \"0/3\"\n{text}"));
    let stream = StreamName::Award { epoch: 0, entry: 3 };
    for (text, wanted) in [
        ("ruling = \"resume\"", RulingAsk::Resume),
        ("ruling = \"cancel\"", RulingAsk::Cancel),
        ("ruling = \"reduce\"\nkeep = \"25%\"", RulingAsk::Reduce { keep_bps: 2_500 }),
    ] {
        assert_eq!(ruling(text).unwrap(), Matter::RuleOnStream { stream, ruling: wanted });
    }
    assert_eq!(matter("[clear_breaker]").unwrap(), Matter::ClearBreaker);
    let loss = matter("[write_off]\ncategory = \"hedge\"\namount = 5").unwrap();
    let (category, amount) = ("hedge".to_owned(), "5".to_owned());
    assert_eq!(loss, Matter::WriteOff { category, amount });
    let policy = matter("[set_policy.slate]\nbond = \"5\"").unwrap();
    let Matter::SetPolicy { section: "slate", values } = policy else { panic!("{policy:?}") };
    assert_eq!(values["bond"].as_str(), Some("5"));
}

#[test]
fn a_file_says_exactly_one_thing() {
    let award = "[award]\ncategory = \"a\"\namount = 1\nduration = \"1d\"\n";
    assert!(matter(award).is_ok());
    for text in ["", &format!("{award}[clear_breaker]"), "[set_policy]"] {
        let why = told(text);
        assert!(why.contains("exactly one of") || why.contains("one section"), "{text}: {why}");
    }
    let two = told("[set_policy.slate]\nbond = 1\n[set_policy.stake]\nmin_total_weight = 1");
    assert!(two.starts_with("a vote replaces one section"), "{two}");
}

#[test]
fn what_makes_no_sense_is_told_with_its_line_or_key() {
    let cases = [
        ("[award]\ncategory = \"a\"\nduration = \"1d\"", "line 2: missing field `amount`"),
        ("[award]\namont = 1", "line 3: unknown field `amont`"),
        ("[award]\namount = 1.5", "line 3: an amount is tokens in quotes"),
        ("[award]\namount = -1", "line 3: an amount is tokens in quotes"),
        ("[award]\nduration = \"90\"", "`90` is no span of time"),
        ("[award]\nrecipient = \"me\"", "`me` is no address"),
        ("[award]\ncheckpoints = 300", "line 3: "),
        ("metadata_hash = \"ab\"\n[clear_breaker]", "`ab` is no SHA-256 hash"),
        ("[clear_breaker]\nnow = true", "unknown field `now`"),
        ("[set_role]\nrole = \"king\"\nholder = \"nobody\"", "`king` is no role"),
        ("[set_role]\nrole = \"guardian\"\nholder = \"me\"", "`me` is no address, nor nobody"),
        ("[rule_on_stream]\nstream = \"x\"\nruling = \"cancel\"", "`x` is no stream"),
        ("[rule_on_stream]\nstream = \"0/1\"\nruling = \"stop\"", "`stop` is no ruling"),
        ("[rule_on_stream]\nstream = \"0/1\"\nruling = \"reduce\"", "reduce needs the share"),
        (
            "[rule_on_stream]\nstream = \"0/1\"\nruling = \"cancel\"\nkeep = \"5%\"",
            "only reduce has a share",
        ),
        (
            "[rule_on_stream]\nstream = \"0/1\"\nruling = \"reduce\"\nkeep = \"100%\"",
            "keeps more than 0 % and less than 100 %",
        ),
        ("[set_policy.taxes]\nrate = 1", "`taxes` is no section of the policy"),
        ("[set_policy]\nslate = 1", "set_policy.slate must be a section"),
        ("nonsense", "line 2: "),
    ];
    for (text, wanted) in cases {
        let why = told(text);
        assert!(why.contains(wanted), "{text}: {why}");
    }
    assert!(parsed("[clear_breaker]").unwrap_err().contains("missing field `title`"));
}

#[test]
fn the_hash_is_that_of_the_text_and_an_address_alone_is_no_promise() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.md");
    std::fs::write(&path, "abc").unwrap();
    // FIPS 180-2, appendix B.1.
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let with = |metadata: Option<&Path>, metadata_hash, uri: &str| Words {
        title: "t".to_owned(),
        uri: uri.to_owned(),
        metadata: metadata.map(Path::to_path_buf),
        metadata_hash,
    };
    let hash = with(Some(&path), None, "https://x").hash().unwrap();
    assert_eq!(view::hex(&hash), known);
    assert_eq!(with(None, Some(hash), "https://x").hash().unwrap(), hash);
    assert_eq!(with(Some(&path), Some(hash), "").hash().unwrap(), hash);
    assert_eq!(with(None, None, "").hash().unwrap(), [0; 32]);
    let alone = with(None, None, "https://x").hash().unwrap_err().to_string();
    assert!(alone.contains("--metadata FILE"), "{alone}");
    let other = with(Some(&path), Some([1; 32]), "").hash().unwrap_err().to_string();
    assert!(other.contains(known), "{other}");
    let missing = with(Some(&folder.path().join("none")), None, "").hash();
    assert!(matches!(missing, Err(Failure::File(_))));
}

#[test]
fn hidden_characters_are_refused() {
    let words = |title: &str| Words { title: title.to_owned(), ..Words::default() };
    assert!(words("Grün").check().is_ok());
    for title in ["a\u{202e}b", "a\nb", "\u{1b}[2J"] {
        assert!(words(title).check().is_err(), "{title:?}");
    }
}

#[test]
fn the_examples_are_proposals_of_every_kind() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut kinds = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("proposal-") || !name.ends_with(".toml") {
            continue;
        }
        let proposed = read(&path).unwrap();
        assert!(proposed.words.check().is_ok() && proposed.words.hash().is_ok(), "{name}");
        kinds.push(match proposed.matter {
            Matter::Award(_) => 0,
            Matter::SetPolicy { .. } => 1,
            Matter::SetRole { .. } => 2,
            Matter::RuleOnStream { .. } => 3,
            Matter::ClearBreaker => 4,
            Matter::WriteOff { .. } => 5,
        });
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.toml");
    assert!(matches!(read(&path), Err(Failure::File(_))));
    std::fs::write(&path, "title = 1").unwrap();
    let why = read(&path).unwrap_err().to_string();
    assert!(why.contains("p.toml: line 1: "), "{why}");
}
