//! Second part of `docs/accounts.md`: what every instruction takes, says and refuses.

use anchor_lang_idl_spec::{
    Idl, IdlInstruction, IdlInstructionAccount, IdlInstructionAccountItem, IdlSeed,
};

use crate::{
    layout::{fields, spelled},
    markdown::{Table, hexadecimal, prose},
    tails::SEEDS,
};

const HEAD: &str = "
## Instructions

Instruction data is the 8 bytes of the discriminator, then the arguments in Borsh. An account's address
is a program address of the seeds given, the address given, or the one that the named account holds under
the field's name (`rent_payer`: named by `stake`); where nothing is given, the account is checked by its
kind and by the fields of others that name it. `optional` accounts are passed as the program's own address
when absent.

Besides what each one lists, any instruction can fail with `ArithmeticOverflow` or `InvariantViolated`,
any that moves tokens with `TransferAmountMismatch`, and with Anchor's own errors when an account is of
another kind, unsigned, read-only or at another address.
";

/// Renders the part.
pub fn page(idl: &Idl) -> Result<String, String> {
    let mut text = HEAD.to_owned();
    for instruction in &idl.instructions {
        text += &section(idl, instruction)?;
    }
    text += "\n## Events\n\nLogged as base64 of the discriminator and the fields in Borsh. `seq` counts \
             the events of an epoch, or of a treasury where there is no epoch; a gap means a missed \
             event.\n\n";
    let mut table = Table::new("event | discriminator | means | fields", "wwww");
    for event in &idl.events {
        let definition = crate::layout::definition(idl, &event.name)?;
        let of = |field: &anchor_lang_idl_spec::IdlField| {
            format!("`{}: {}`", field.name, spelled(&field.ty))
        };
        let list = fields(idl, &event.name)?.iter().map(of).collect::<Vec<_>>().join(", ");
        table.row([
            format!("`{}`", event.name),
            format!("`{}`", hexadecimal(&event.discriminator)),
            prose(&definition.docs).replace('\n', " "),
            list,
        ]);
    }
    text += &table.text();
    text += "\n## Errors\n\n";
    let mut table = Table::new("code | error | what must be true", "nww");
    for error in &idl.errors {
        let message = error.msg.clone().unwrap_or_default();
        table.row([error.code.to_string(), format!("`{}`", error.name), message]);
    }
    Ok(text + &table.text())
}

fn section(idl: &Idl, instruction: &IdlInstruction) -> Result<String, String> {
    let name = &instruction.name;
    let mut table = Table::new("account | | address | notes", "wwww");
    for account in &instruction.accounts {
        let IdlInstructionAccountItem::Single(account) = account else {
            return Err(format!("`{name}` has nested accounts, which tools/docs does not render"));
        };
        table.row([
            format!("`{}`", account.name),
            marks(account),
            address(name, account)?,
            prose(&account.docs).replace('\n', " "),
        ]);
    }
    let mut arguments = String::new();
    for argument in &instruction.args {
        arguments += &format!("- `{}: {}`\n", argument.name, spelled(&argument.ty));
        let ty = spelled(&argument.ty);
        for field in fields(idl, &ty).unwrap_or_default() {
            let docs = prose(&field.docs).replace('\n', " ");
            let docs = if docs.is_empty() { docs } else { format!(" {docs}") };
            arguments += &format!("  - `{}: {}`{docs}\n", field.name, spelled(&field.ty));
        }
    }
    let arguments =
        if arguments.is_empty() { " none\n".to_owned() } else { format!("\n\n{arguments}") };
    Ok(format!(
        "\n### {name}\n\n{}\n- Discriminator: `{}`.\n\n{}\nArguments:{arguments}",
        prose(&indented(&instruction.docs)),
        hexadecimal(&instruction.discriminator),
        table.text(),
    ))
}

/// Lines of a list item that continue the one before stay part of it.
fn indented(docs: &[String]) -> Vec<String> {
    let mut within = false;
    let line = |line: &String| {
        let begins = line.starts_with("- ");
        within = (within || begins) && !line.is_empty();
        if within && !begins { format!("  {line}") } else { line.clone() }
    };
    docs.iter().map(line).collect()
}

fn marks(account: &IdlInstructionAccount) -> String {
    let marks = [
        (account.writable, "writable"),
        (account.signer, "signer"),
        (account.optional, "optional"),
    ];
    marks.iter().filter(|(set, _)| *set).map(|(_, mark)| *mark).collect::<Vec<_>>().join(", ")
}

/// How the account's address is known.
fn address(instruction: &str, account: &IdlInstructionAccount) -> Result<String, String> {
    let own = SEEDS.iter().find(|(of, name, _)| *of == instruction && *name == account.name);
    if let Some((_, _, seeds)) = own {
        return Ok(format!("seeds {seeds}"));
    }
    if let Some(pda) = &account.pda {
        let seeds: Result<Vec<_>, _> = pda.seeds.iter().map(seed).collect();
        return Ok(format!("seeds {}", seeds?.join(", ")));
    }
    if let Some(address) = &account.address {
        return Ok(format!("`{address}`"));
    }
    if account.relations.is_empty() {
        return Ok(String::new());
    }
    let named: Vec<_> = account.relations.iter().map(|by| format!("`{by}`")).collect();
    Ok(format!("named by {}", named.join(", ")))
}

fn seed(seed: &IdlSeed) -> Result<String, String> {
    match seed {
        IdlSeed::Const(bytes) => core::str::from_utf8(&bytes.value)
            .map(|text| format!("`\"{text}\"`"))
            .map_err(|error| format!("a seed is no text: {error}")),
        IdlSeed::Arg(argument) => Ok(format!("`{}`", argument.path)),
        IdlSeed::Account(account) => Ok(format!("`{}`", account.path)),
    }
}
