//! The vault alone in Wine's Credential Manager, through the program that its own tests use.

use std::path::Path;

use anyhow::bail;

use super::wine::Wine;

/// An example of the crate `vault`; its first lines say what it takes.
pub(super) const PROGRAM: &str = "vault-probe";

/// What is told to the probe, and what it has to answer.
const FIRST: [(&str, &str); 8] = [
    ("put acme first-value Acme Corp.", "ok"),
    ("use acme", "ok first-value"),
    ("put acme second-value Acme", "ok"),
    ("put borg other-value Börg", "ok"),
    ("list", "ok acme=Acme|borg=Börg"),
    ("forget borg", "ok removed"),
    ("forget borg", "ok absent"),
    (
        "use borg",
        "Absent — the keychain has no entry for this account",
    ),
];

/// By another process, so that it is the keychain that remembers.
const SECOND: [(&str, &str); 3] = [
    ("use acme", "ok second-value"),
    ("forget acme", "ok removed"),
    ("list", "ok "),
];

pub(super) fn check(wine: &Wine, built: &Path) -> anyhow::Result<()> {
    let program = built.join("examples").join(format!("{PROGRAM}.exe"));
    converse(wine, &program, "store-1", &FIRST)?;
    converse(wine, &program, "store-2", &[("list", "ok ")])?;
    converse(wine, &program, "store-1", &SECOND)
}

fn converse(
    wine: &Wine,
    program: &Path,
    store: &str,
    lines: &[(&str, &str)],
) -> anyhow::Result<()> {
    let told: Vec<&str> = lines.iter().map(|(told, _)| *told).collect();
    let input = told.join(
        "
",
    );
    let output = wine
        .run(program, &[store, "60000", "120000"], &input)?
        .success("the vault")?;
    let answers: Vec<&str> = output.lines().collect();
    let expected: Vec<&str> = lines.iter().map(|(_, answer)| *answer).collect();
    if answers != expected {
        bail!("under Wine, the vault answered {answers:?} where {expected:?} was expected");
    }
    Ok(())
}
