//! What the vault does on its own account, with keychains that misbehave on request.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use tokio::time::timeout;

use super::*;
use crate::memory::Memory;

const TOKEN: &str = "p-0b5e7a0c-1111-4222-8333-94f1c0ffee00";
const SHORT: Duration = Duration::from_millis(50);

#[derive(Clone, Copy, PartialEq)]
enum Habit {
    Honest,
    /// Takes a secret and drops it.
    Forgets,
    /// Keeps something else.
    Mangles,
    /// Panics when an entry is removed.
    Panics,
}

/// Counts what is asked of it; each read waits for leave if there is a gate.
#[derive(Clone)]
struct Fake {
    memory: Memory,
    habit: Habit,
    calls: Arc<AtomicUsize>,
    gate: Option<Arc<Mutex<Receiver<()>>>>,
}

impl Fake {
    fn new(habit: Habit) -> Self {
        Self {
            memory: Memory::default(),
            habit,
            calls: Arc::default(),
            gate: None,
        }
    }

    fn gated() -> (Self, Sender<()>) {
        let (leave, gate) = channel();
        let fake = Self {
            gate: Some(Arc::new(Mutex::new(gate))),
            ..Self::new(Habit::Honest)
        };
        (fake, leave)
    }

    fn vault(&self) -> Vault {
        let fake = self.clone();
        let mut options = VaultOptions::new("store");
        options.patience = SHORT;
        Vault::over(options, move || Box::new(fake.clone()))
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

impl Keychain for Fake {
    fn write(&mut self, key: &str, label: &str, secret: &[u8]) -> Result<(), VaultError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        match self.habit {
            Habit::Forgets => Ok(()),
            Habit::Mangles => self.memory.write(key, label, &secret[1..]),
            Habit::Honest | Habit::Panics => self.memory.write(key, label, secret),
        }
    }

    fn read(&mut self, key: &str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if let Some(gate) = &self.gate {
            gate.lock().unwrap().recv().unwrap();
        }
        self.memory.read(key)
    }

    fn remove(&mut self, key: &str) -> Result<(), VaultError> {
        assert!(self.habit != Habit::Panics, "as it was told");
        self.memory.remove(key)
    }

    fn list(&mut self) -> Result<Vec<(String, Option<String>)>, VaultError> {
        self.memory.list()
    }
}

fn name(text: &str) -> EntryName {
    text.parse().unwrap()
}

fn token() -> Token {
    Token::parse(TOKEN).unwrap()
}

#[tokio::test]
async fn a_keychain_that_does_not_keep_what_it_was_given_is_found_at_once() {
    for habit in [Habit::Forgets, Habit::Mangles] {
        let fake = Fake::new(habit);
        let vault = fake.vault();
        let error = vault.put(&name("a"), "A", &token()).await.unwrap_err();
        assert_eq!(error, VaultError::Forgetful);
        assert_eq!(vault.list().await.unwrap(), [], "nothing wrong is left");
    }
}

#[tokio::test]
async fn callers_of_one_entry_share_one_call() {
    let (mut fake, leave) = Fake::gated();
    fake.memory.write("store/a", "A", TOKEN.as_bytes()).unwrap();
    let vault = fake.vault();
    let name = name("a");
    let (one, two, three, ()) = tokio::join!(
        vault.token(&name),
        vault.token(&name),
        vault.token(&name),
        async { leave.send(()).unwrap() }
    );
    for token in [one, two, three] {
        assert_eq!(token.unwrap().expose(), TOKEN);
    }
    assert_eq!(fake.calls(), 1);
}

#[tokio::test]
async fn an_answer_that_came_late_is_given_to_the_next_caller_and_only_once() {
    let (mut fake, leave) = Fake::gated();
    fake.memory.write("store/a", "A", TOKEN.as_bytes()).unwrap();
    let vault = fake.vault();
    assert!(timeout(SHORT, vault.token(&name("a"))).await.is_err());
    leave.send(()).unwrap();
    // Stands behind the read, so the read is over when it answers.
    vault.list().await.unwrap();
    let late = vault.token(&name("a")).await.unwrap();
    assert_eq!((late.expose(), fake.calls()), (TOKEN, 1));
    leave.send(()).unwrap();
    vault.token(&name("a")).await.unwrap();
    assert_eq!(fake.calls(), 2);
}

#[tokio::test]
async fn a_late_answer_is_not_used_after_the_entry_changed() {
    let (mut fake, leave) = Fake::gated();
    fake.memory.write("store/a", "A", b"p-old").unwrap();
    let vault = fake.vault();
    assert!(timeout(SHORT, vault.token(&name("a"))).await.is_err());
    for _ in 0..3 {
        leave.send(()).unwrap();
    }
    vault.put(&name("a"), "A", &token()).await.unwrap();
    assert_eq!(vault.token(&name("a")).await.unwrap().expose(), TOKEN);
    assert_eq!(vault.forget(&name("a")).await, Ok(Forgotten::Removed));
    leave.send(()).unwrap();
    let gone = vault.token(&name("a")).await;
    assert_eq!(gone.unwrap_err(), VaultError::Absent);
}

#[tokio::test]
async fn what_was_given_up_before_its_turn_never_happens() {
    let (fake, leave) = Fake::gated();
    let vault = fake.vault();
    assert!(timeout(SHORT, vault.token(&name("first"))).await.is_err());
    let token = token();
    assert!(
        timeout(SHORT, vault.put(&name("b"), "B", &token))
            .await
            .is_err()
    );
    assert!(timeout(SHORT, vault.token(&name("c"))).await.is_err());
    leave.send(()).unwrap();
    assert_eq!(vault.list().await.unwrap(), []);
    assert_eq!(fake.calls(), 1);
}

#[tokio::test]
async fn it_says_that_it_waits_and_that_it_no_longer_does() {
    let (fake, leave) = Fake::gated();
    let vault = fake.vault();
    let mut waiting = vault.waiting();
    assert_eq!(*waiting.borrow(), None);
    let name = name("a");
    let call = vault.token(&name);
    tokio::pin!(call);
    tokio::select! {
        _ = &mut call => panic!("it has to wait"),
        changed = waiting.changed() => changed.unwrap(),
    }
    let wait = waiting.borrow_and_update().unwrap();
    assert_eq!(wait.operation, Operation::Use);
    assert!(wait.since.elapsed() >= SHORT / 2);
    leave.send(()).unwrap();
    assert_eq!(call.await.unwrap_err(), VaultError::Absent);
    waiting.wait_for(Option::is_none).await.unwrap();
}

#[tokio::test]
async fn a_panic_of_the_platforms_code_is_an_error_and_the_next_call_works() {
    let fake = Fake::new(Habit::Panics);
    let vault = fake.vault();
    vault.put(&name("a"), "A", &token()).await.unwrap();
    let error = vault.forget(&name("a")).await.unwrap_err();
    assert!(matches!(error, VaultError::Other { .. }), "{error:?}");
    assert_eq!(vault.token(&name("a")).await.unwrap().expose(), TOKEN);
}

#[tokio::test]
async fn an_entry_of_somebody_else_is_an_error_that_does_not_repeat_it() {
    let mut fake = Fake::new(Habit::Honest);
    fake.memory
        .write("store/a", "A", b"two words, not a token")
        .unwrap();
    let error = fake.vault().token(&name("a")).await.unwrap_err();
    let shown = format!("{error} {error:?} {}", error.hint());
    assert!(!shown.contains("words"), "{shown}");
}

#[tokio::test]
async fn in_memory_it_behaves_like_a_keychain_and_its_debug_says_nothing() {
    let vault = Vault::in_memory("store");
    vault.put(&name("b"), "Label B", &token()).await.unwrap();
    vault.put(&name("a"), "Label A", &token()).await.unwrap();
    let listed = vault.clone().list().await.unwrap();
    let names: Vec<&str> = listed.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(listed[0].label.as_deref(), Some("Label A"));
    let shown = format!("{vault:?} {listed:?}");
    assert!(
        !shown.contains("0b5e") && !shown.contains("ee00"),
        "{shown}"
    );
}
