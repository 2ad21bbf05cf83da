//! What is not on the command line: the token, a password, a PIN, and a yes.

use std::io::{self, BufRead, IsTerminal, Write};

use model::Token;
use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretString};

use crate::defuse::for_terminal;
use crate::failure::Failure;

/// The variable that may hold a token.
pub(crate) const TOKEN_VARIABLE: &str = "PROFILE_DESK_TOKEN";

/// Longer than any token; what is longer is refused by its length, not read to its end.
const LONGEST_LINE: u16 = 4096;

/// The token to connect an account with: asked for without showing it where there is a terminal, the
/// first line of standard input with `from_stdin`, else the environment's.
pub(crate) fn token(from_stdin: bool) -> Result<SecretString, Failure> {
    let stdin = io::stdin();
    if !from_stdin && let Some(token) = variable()? {
        return Ok(token);
    }
    if stdin.is_terminal() {
        return typed("Token (it is not shown): ");
    }
    if from_stdin {
        return first_line(stdin.lock(), "the token");
    }
    Err(Failure::usage("There is no token to connect with.").with_hint(format!(
        "Add --token-stdin and give the token as the first line of standard input, or set {TOKEN_VARIABLE}."
    )))
}

/// The token to look for: with `from_stdin` the first line of standard input, else asked for on a terminal. The
/// environment's own token is not meant.
pub(crate) fn token_to_find(from_stdin: bool) -> Result<SecretString, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return typed("Token to find (it is not shown): ");
    }
    if from_stdin {
        return first_line(stdin.lock(), "the token");
    }
    Err(Failure::usage("There is no token to look for.")
        .with_hint("Add --stdin and give the token as the first line of standard input."))
}

/// A token for each label, in their order: asked for one by one where there is a terminal, with `from_stdin`
/// a line of standard input each. The environment's one token cannot serve several accounts.
pub(crate) fn tokens(labels: &[&str], from_stdin: bool) -> Result<Vec<SecretString>, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        let ask = |label: &&str| {
            typed(&format!(
                "Token of “{}” (it is not shown): ",
                for_terminal(label)
            ))
        };
        return labels.iter().map(ask).collect();
    }
    if from_stdin {
        return a_line_each(stdin.lock(), labels.len());
    }
    Err(
        Failure::usage("There are no tokens to connect with.").with_hint(
            "Add --token-stdin and give on standard input a token a line, in the order of the file.",
        ),
    )
}

/// The password of somebody who signs in: asked for without showing it, or the next line of standard input.
pub(crate) fn sign_in_password(prompt: &str, from_stdin: bool) -> Result<SecretString, Failure> {
    sign_in_secret(prompt, from_stdin, "password")
}

/// The PIN of a second factor: asked for without showing it, or the next line of standard input.
pub(crate) fn sign_in_pin(prompt: &str, from_stdin: bool) -> Result<SecretString, Failure> {
    let pin = sign_in_secret(prompt, from_stdin, "PIN")?;
    Ok(SecretString::from(pin.expose_secret().trim()))
}

fn sign_in_secret(prompt: &str, from_stdin: bool, what: &str) -> Result<SecretString, Failure> {
    if io::stdin().is_terminal() {
        let mut typed = rpassword::prompt_password(prompt).map_err(not_asked)?;
        return Ok(whole(&mut typed));
    }
    let none = || Failure::usage(format!("There is no {what} to sign in with."));
    if !from_stdin {
        return Err(none().with_hint(
            "Add --password-stdin and give on standard input the password, then the PIN if one is asked for, a \
             line each.",
        ));
    }
    let secret = next_line(&format!("the {what}"))?.ok_or_else(none)?;
    if secret.expose_secret().is_empty() {
        return Err(none());
    }
    Ok(secret)
}

/// Asks on the terminal for a number from 1 to `most`, until one is typed.
pub(crate) fn number(question: &str, most: usize) -> Result<usize, Failure> {
    let mut stderr = io::stderr();
    loop {
        write!(stderr, "{question}")?;
        stderr.flush()?;
        let mut answer = String::new();
        if io::stdin().lock().read_line(&mut answer)? == 0 {
            return Err(Failure::usage("Nothing was chosen."));
        }
        match answer.trim().parse() {
            Ok(number) if (1..=most).contains(&number) => return Ok(number),
            _ => writeln!(stderr, "Type a number from 1 to {most}.")?,
        }
    }
}

fn typed(prompt: &str) -> Result<SecretString, Failure> {
    let mut typed = rpassword::prompt_password(prompt).map_err(not_asked)?;
    Ok(taken(&mut typed))
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn not_asked(error: io::Error) -> Failure {
    Failure::failed("input", format!("It could not be asked for: {error}."))
}

/// What could not be read is not quoted.
fn not_read(what: &str, error: &io::Error) -> Failure {
    let kind = error.kind();
    Failure::usage(format!(
        "Standard input could not be read, which should have held {what}: {kind}."
    ))
}

/// So many lines, no more and no fewer but for empty ones at the end: were a line missing or one too
/// many, nobody could tell which token belongs to which account.
fn a_line_each(mut input: impl BufRead, wanted: usize) -> Result<Vec<SecretString>, Failure> {
    let mut tokens = Vec::with_capacity(wanted);
    let mut lines = 0_usize;
    loop {
        let mut line = String::with_capacity(LONGEST_LINE.into());
        let read = io::Read::take(&mut input, LONGEST_LINE.into()).read_line(&mut line);
        let whole = line.ends_with('\n');
        let token = taken(&mut line);
        match read {
            Ok(0) => break,
            Ok(count) if !whole && count >= usize::from(LONGEST_LINE) => {
                return Err(Failure::usage(format!(
                    "Line {} of standard input is longer than any token.",
                    lines + 1
                )));
            }
            Ok(_) => {}
            // What could not be read is not quoted.
            Err(error) => {
                return Err(Failure::usage(format!(
                    "Line {} of standard input could not be read: {}.",
                    lines + 1,
                    error.kind()
                )));
            }
        }
        if lines >= wanted && token.expose_secret().is_empty() {
            continue;
        }
        lines += 1;
        if lines <= wanted {
            tokens.push(token);
        } else {
            break;
        }
    }
    if lines == wanted {
        return Ok(tokens);
    }
    let found = if lines > wanted {
        "more lines".to_owned()
    } else {
        format!("{lines} of them")
    };
    Err(Failure::usage(format!(
        "The file names {wanted} accounts, and standard input should have held a token a line for them; \
         it held {found}."
    ))
    .with_hint("Nothing was connected. Give an empty line for an account to leave out."))
}

/// The environment's token, checked.
pub(crate) fn environment_token() -> Result<Option<Token>, Failure> {
    let Some(typed) = variable()? else {
        return Ok(None);
    };
    Token::parse(typed.expose_secret())
        .map(Some)
        .map_err(|error| Failure::usage(format!("{TOKEN_VARIABLE} cannot be used: {error}.")))
}

fn variable() -> Result<Option<SecretString>, Failure> {
    match std::env::var(TOKEN_VARIABLE) {
        Ok(mut typed) if !typed.trim().is_empty() => Ok(Some(taken(&mut typed))),
        Ok(_) | Err(std::env::VarError::NotPresent) => Ok(None),
        // The error would quote it.
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::usage(format!(
            "{TOKEN_VARIABLE} cannot be used: it is not text."
        ))),
    }
}

fn first_line(input: impl BufRead, what: &str) -> Result<SecretString, Failure> {
    let mut line = String::with_capacity(LONGEST_LINE.into());
    let read = input.take(LONGEST_LINE.into()).read_line(&mut line);
    let secret = taken(&mut line);
    match read {
        Ok(0) => Err(Failure::usage(format!(
            "Standard input was empty; it should have held {what}."
        ))),
        Ok(_) => Ok(secret),
        Err(error) => Err(not_read(what, &error)),
    }
}

/// A password may begin and end with spaces.
fn whole(typed: &mut String) -> SecretString {
    let secret = SecretString::from(typed.trim_end_matches(['\r', '\n']));
    typed.zeroize();
    secret
}

fn taken(typed: &mut String) -> SecretString {
    let token = SecretString::from(typed.trim());
    typed.zeroize();
    token
}

/// A password, asked for without showing it.
pub(crate) fn password(of: &str) -> Result<SecretString, Failure> {
    let prompt = format!("Password of “{}” (it is not shown): ", for_terminal(of));
    let mut typed = rpassword::prompt_password(prompt).map_err(not_asked)?;
    Ok(whole(&mut typed))
}

/// A PIN, asked for on the terminal. It is good for once, so it may be seen.
pub(crate) fn pin(of: &str) -> Result<SecretString, Failure> {
    line(&format!("PIN of “{}”: ", for_terminal(of)), "the PIN")
}

/// A line that may be seen while it is typed.
pub(crate) fn line(prompt: &str, what: &str) -> Result<SecretString, Failure> {
    let mut stderr = io::stderr();
    write!(stderr, "{prompt}")?;
    stderr.flush()?;
    first_line(io::stdin().lock(), what)
}

/// The next line of standard input, as it stands; `None` at its end.
pub(crate) fn next_line(what: &str) -> Result<Option<SecretString>, Failure> {
    let mut line = String::with_capacity(LONGEST_LINE.into());
    let read = io::Read::take(io::stdin().lock(), LONGEST_LINE.into()).read_line(&mut line);
    let secret = whole(&mut line);
    match read {
        Ok(0) => Ok(None),
        Ok(_) => Ok(Some(secret)),
        Err(error) => Err(not_read(what, &error)),
    }
}

/// Whether there is a terminal to ask on.
pub(crate) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a yes-or-no question on the terminal. Without one it refuses, naming the option that answers.
pub(crate) fn confirm(question: &str, option: &str) -> Result<bool, Failure> {
    let stdin = io::stdin();
    if !is_possible() {
        return Err(
            Failure::usage("This asks first, and there is no terminal to ask on.")
                .with_hint(format!("Add {option} if you are sure.")),
        );
    }
    let mut stderr = io::stderr();
    write!(stderr, "{question} [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_the_first_line_without_white_space_around_it() {
        let token = first_line(&b"  p-abc \r\nsecond line\n"[..], "the token").unwrap();
        assert_eq!(token.expose_secret(), "p-abc");
        let alone = first_line(&b"p-abc"[..], "the token").unwrap();
        assert_eq!(alone.expose_secret(), "p-abc");
    }

    #[test]
    fn empty_and_broken_input_is_refused_without_quoting_it() {
        let empty = first_line(&b""[..], "the token").unwrap_err();
        assert!(empty.message.contains("empty"));
        let failure = first_line(&b"sec\xffret\n"[..], "the token").unwrap_err();
        assert!(!failure.message.contains("sec"), "{}", failure.message);
    }

    #[test]
    fn a_password_keeps_the_spaces_around_it() {
        let mut line = " two words \r\n".to_owned();
        assert_eq!(whole(&mut line).expose_secret(), " two words ");
        assert_eq!(line, "");
    }

    #[test]
    fn an_endless_line_is_not_read_to_its_end() {
        let token = first_line(io::BufReader::new(io::repeat(b'a')), "the token").unwrap();
        assert_eq!(token.expose_secret().len(), 4096);
    }

    #[test]
    fn many_tokens_are_a_line_each_and_neither_more_nor_fewer() {
        let read = |input: &str, wanted| a_line_each(input.as_bytes(), wanted);
        let tokens = read("p-a\r\n\n p-c \n\n\n", 3).unwrap();
        let exposed: Vec<&str> = tokens.iter().map(ExposeSecret::expose_secret).collect();
        assert_eq!(exposed, ["p-a", "", "p-c"]);
        assert_eq!(read("p-a\np-b", 2).unwrap().len(), 2);
        for (input, said) in [
            ("", "0 of them"),
            ("p-a\n", "1 of them"),
            ("p-a\np-b\np-c\n", "more lines"),
            ("p-a\n\n\np-c\n", "more lines"),
        ] {
            let failure = read(input, 2).unwrap_err();
            assert!(failure.message.contains(said), "{}", failure.message);
            assert!(!failure.message.contains("p-"), "{}", failure.message);
        }
        let long = format!("{}\np-b\n", "a".repeat(10_000));
        let failure = read(&long, 2).unwrap_err();
        assert!(failure.message.contains("Line 1"), "{}", failure.message);
        let failure = a_line_each(&b"p-a\nsec\xffret\n"[..], 2).unwrap_err();
        assert!(failure.message.contains("Line 2"), "{}", failure.message);
        assert!(!failure.message.contains("sec"), "{}", failure.message);
    }
}
