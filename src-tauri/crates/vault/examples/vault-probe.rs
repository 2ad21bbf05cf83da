//! One process that does with the real keychain what it is told on standard input, a command a line, so
//! that tests can restart, lock and freeze the keychain service beneath it. A token comes in and goes out
//! here alone; the program that ships has no such door.
//!
//! `vault-probe STORE_ID PATIENCE_MS LIMIT_MS`, then `put NAME TOKEN LABEL…`, `use NAME`, `forget NAME`,
//! `list`, `give-up MS use NAME`. Each answers with one line; a line that begins with `waiting` may come
//! before it.

use std::env;
use std::io::{self, BufRead, Write};
use std::time::Duration;

use model::Token;
use vault::{Forgotten, Vault, VaultError, VaultOptions};

type Fault = Box<dyn std::error::Error>;

fn main() -> Result<(), Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    runtime.block_on(serve())
}

async fn serve() -> Result<(), Fault> {
    let mut arguments = env::args().skip(1);
    let mut next = || arguments.next().ok_or("STORE_ID PATIENCE_MS LIMIT_MS");
    let mut options = VaultOptions::new(&next()?);
    options.patience = Duration::from_millis(next()?.parse()?);
    options.limit = Duration::from_millis(next()?.parse()?);
    let vault = Vault::new(options);
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut waiting = vault.waiting();
        let answer = obey(&vault, &line);
        tokio::pin!(answer);
        let answer = loop {
            tokio::select! {
                answer = &mut answer => break answer?,
                Ok(()) = waiting.changed() => {
                    let operation = waiting.borrow_and_update().map(|wait| wait.operation);
                    if let Some(operation) = operation {
                        say(&format!("waiting {operation:?}"))?;
                    }
                }
            }
        };
        say(&answer)?;
    }
    Ok(())
}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

async fn obey(vault: &Vault, line: &str) -> Result<String, Fault> {
    let words: Vec<&str> = line.splitn(4, ' ').collect();
    Ok(match words[..] {
        ["put", name, token, label] => {
            let result = vault
                .put(&name.parse()?, label, &Token::parse(token)?)
                .await;
            shown(result, |()| "ok".to_owned())
        }
        ["use", name] => shown(vault.token(&name.parse()?).await, |token| {
            format!("ok {}", token.expose())
        }),
        ["forget", name] => shown(vault.forget(&name.parse()?).await, |found| match found {
            Forgotten::Removed => "ok removed".to_owned(),
            Forgotten::WasAbsent => "ok absent".to_owned(),
        }),
        ["list"] => shown(vault.list().await, |entries| {
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| format!("{}={}", entry.name, entry.label.as_deref().unwrap_or("")))
                .collect();
            format!("ok {}", entries.join("|"))
        }),
        ["give-up", milliseconds, "use", name] => {
            let time = Duration::from_millis(milliseconds.parse()?);
            match tokio::time::timeout(time, vault.token(&name.parse()?)).await {
                Ok(result) => shown(result, |_| "ok in time".to_owned()),
                Err(_) => "gave up".to_owned(),
            }
        }
        _ => return Err(format!("not a command: {:?}", words.first()).into()),
    })
}

fn shown<T>(result: Result<T, VaultError>, show: impl FnOnce(T) -> String) -> String {
    match result {
        Ok(value) => show(value),
        Err(error) => format!("{error:?} — {error}"),
    }
}
