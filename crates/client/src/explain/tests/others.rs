//! Instructions of other programs beside ours.

use anchor_spl::{associated_token, token, token_2022};

use super::*;

fn foreign(program: Pubkey, data: &[u8], accounts: &[AccountMeta]) -> Explanation {
    let instruction =
        Instruction { program_id: program, accounts: accounts.to_vec(), data: data.to_vec() };
    explained(&[settle(), instruction])
}

/// Name and arguments of an instruction of another program, and the warnings that it causes.
fn said(program: Pubkey, data: &[u8]) -> (Option<&'static str>, serde_json::Value, Vec<Warning>) {
    let explanation = foreign(program, data, &[]);
    let step = &explanation.instructions[1];
    let arguments = serde_json::to_value(step).unwrap()["arguments"].clone();
    (step.name, arguments, explanation.warnings.clone())
}

#[test]
fn an_unknown_program_is_not_to_be_signed() {
    let explanation = foreign(key(80), &[1, 2, 3], &[]);
    let step = &explanation.instructions[1];
    assert_eq!((step.program, step.program_name, step.name), (key(80), None, None));
    assert_eq!(step.data.as_deref(), Some("010203"));
    let warning = Warning::UnknownProgram { step: 1, program: key(80) };
    assert!(warning.to_string().ends_with("do not sign unless you know it"));
    assert_eq!(explanation.warnings, [warning]);
}

#[test]
fn accounts_that_another_program_can_write_are_counted() {
    let accounts = [
        AccountMeta::new(key(81), false),
        AccountMeta::new_readonly(key(82), false),
        AccountMeta::new(FEE_PAYER, true),
    ];
    let warnings = foreign(key(80), &[], &accounts).warnings;
    assert_eq!(warnings[1], Warning::WritableElsewhere { step: 1, accounts: 2 });
    // Making an associated account harms nobody.
    let warnings = foreign(associated_token::ID, &[1], &accounts).warnings;
    assert_eq!(warnings, []);
    let warnings = foreign(associated_token::ID, &[2], &accounts).warnings;
    assert_eq!(warnings.len(), 2);
}

#[test]
fn the_system_programs_kinds_are_named() {
    let system =
        |kind: u32, rest: &[u8]| said(system_program::ID, &[&kind.to_le_bytes(), rest].concat());
    let lamports = 7u64.to_le_bytes();
    let space = 8u64.to_le_bytes();
    let owner = key(90).to_bytes();
    let moves = vec![Warning::MovesLamports { step: 1 }];
    let assigns = vec![Warning::Assign { step: 1 }];
    let to = json!({ "owner": key(90).to_string() });
    assert_eq!(system(2, &lamports), (Some("Transfer"), json!({ "lamports": 7 }), moves.clone()));
    assert_eq!(system(1, &owner), (Some("Assign"), to.clone(), assigns.clone()));
    let created = json!({ "lamports": 7, "space": 8, "owner": key(90).to_string() });
    let create = [&lamports[..], &space, &owner].concat();
    assert_eq!(system(0, &create), (Some("CreateAccount"), created, moves));
    // Base, seed, and the owner at the end.
    let with_seed = [&key(91).to_bytes()[..], &1u64.to_le_bytes(), b"x", &owner].concat();
    assert_eq!(system(10, &with_seed), (Some("AssignWithSeed"), to, assigns));
    assert_eq!(system(7, &owner).2, [Warning::SetAuthority { step: 1 }]);
    assert_eq!(system(8, &space), (Some("Allocate"), json!({}), vec![]));
    // Cut short, and beyond the last kind.
    for data in [&[2, 0, 0, 0, 1][..], &[14, 0, 0, 0], &[], &[1, 0, 0, 0, 9]] {
        let (name, _, warnings) = said(system_program::ID, data);
        assert_eq!(name, None);
        let why = "it is no instruction of System that is known here".to_owned();
        assert_eq!(warnings, [Warning::NotDecoded { step: 1, why }]);
    }
}

#[test]
fn the_token_programs_kinds_are_named() {
    let amount = |kind: u8| [&[kind][..], &9u64.to_le_bytes(), &[6]].concat();
    for program in [token::ID, token_2022::ID] {
        for (kind, name) in [
            (3, "Transfer"),
            (4, "Approve"),
            (7, "MintTo"),
            (8, "Burn"),
            (12, "TransferChecked"),
            (13, "ApproveChecked"),
            (14, "MintToChecked"),
            (15, "BurnChecked"),
        ] {
            let moves = vec![Warning::MovesTokens { step: 1 }];
            assert_eq!(said(program, &amount(kind)), (Some(name), json!({ "amount": 9 }), moves));
        }
        let (name, _, warnings) = said(program, &[9]);
        assert_eq!(
            (name, warnings),
            (Some("CloseAccount"), vec![Warning::MovesTokens { step: 1 }])
        );
        // What hides others inside is warned of as what it may hide.
        let (name, _, warnings) = said(program, &[255, 1, 1]);
        assert_eq!((name, warnings), (Some("Batch"), vec![Warning::MovesTokens { step: 1 }]));
        let authority = Warning::SetAuthority { step: 1 };
        let given = [&[6, 2, 1][..], &key(92).to_bytes()].concat();
        assert_eq!(
            said(program, &given),
            (
                Some("SetAuthority"),
                json!({ "authority": "AccountOwner", "new_holder": key(92).to_string() }),
                vec![authority.clone()],
            )
        );
        let dropped = json!({ "authority": 11, "new_holder": null });
        assert_eq!(said(program, &[6, 11, 0]), (Some("SetAuthority"), dropped, vec![authority]));
        assert_eq!(said(program, &[17]), (Some("SyncNative"), json!({}), vec![]));
        for data in [&[][..], &[3, 1], &[6, 2, 1, 0], &[6, 2, 2], &[47]] {
            let (name, _, warnings) = said(program, data);
            assert_eq!(name, None);
            assert!(matches!(warnings[..], [Warning::NotDecoded { step: 1, .. }]));
        }
    }
}

/// Numbers of the kinds beside the programs' own interface.
#[test]
fn token_kinds_have_the_numbers_of_their_program() {
    use anchor_spl::token_2022::spl_token_2022::instruction as upstream;
    let (one, two, three) = (key(1), key(2), key(3));
    let id = token_2022::ID;
    let built = [
        (upstream::transfer_checked(&id, &one, &two, &three, &one, &[], 1, 0), "TransferChecked"),
        (upstream::approve_checked(&id, &one, &two, &three, &one, &[], 1, 0), "ApproveChecked"),
        (upstream::burn(&id, &one, &two, &three, &[], 1), "Burn"),
        (upstream::close_account(&id, &one, &two, &three, &[]), "CloseAccount"),
        (upstream::sync_native(&id, &one), "SyncNative"),
        (upstream::initialize_immutable_owner(&id, &one), "InitializeImmutableOwner"),
        (upstream::reallocate(&id, &one, &two, &three, &[], &[]), "Reallocate"),
        (upstream::initialize_permanent_delegate(&id, &one, &two), "InitializePermanentDelegate"),
        (
            upstream::withdraw_excess_lamports(&id, &one, &two, &three, &[]),
            "WithdrawExcessLamports",
        ),
    ];
    for (instruction, name) in built {
        assert_eq!(said(id, &instruction.unwrap().data).0, Some(name));
    }
}

#[test]
fn associated_accounts_and_limits_are_named() {
    for (data, name) in [(&[][..], "Create"), (&[0], "Create"), (&[1], "CreateIdempotent")] {
        assert_eq!(said(associated_token::ID, data), (Some(name), json!({}), vec![]));
    }
    let nested = vec![Warning::MovesTokens { step: 1 }];
    assert_eq!(said(associated_token::ID, &[2]), (Some("RecoverNested"), json!({}), nested));
    assert_eq!(said(associated_token::ID, &[3]).0, None);

    let limits = super::super::others::COMPUTE_BUDGET;
    for (data, name, arguments) in [
        (&[1, 0, 1, 0, 0][..], "RequestHeapFrame", json!({ "bytes": 256 })),
        (&[2, 1, 0, 0, 0], "SetComputeUnitLimit", json!({ "units": 1 })),
        (&[3, 1, 0, 0, 0, 0, 0, 0, 0], "SetComputeUnitPrice", json!({ "micro_lamports": 1 })),
        (&[4, 1, 0, 0, 0], "SetLoadedAccountsDataSizeLimit", json!({ "bytes": 1 })),
    ] {
        assert_eq!(said(limits, data), (Some(name), arguments, vec![]));
    }
    for data in [&[][..], &[0], &[5], &[2, 1], &[2, 1, 0, 0, 0, 0]] {
        assert_eq!(said(limits, data).0, None);
    }
}
