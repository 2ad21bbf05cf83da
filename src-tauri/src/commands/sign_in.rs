//! Signing in by e-mail and password. Password and PIN cross here, once, and nothing gives them back.

use desk::{SecondFactorKind, SignInRequest, SignInStep, TokenChoice};
use secrecy::SecretString;
use tauri::State;

use super::Answer;
use crate::{OneSignIn, Opening};

/// Begins; gives the number by which the steps that follow name it. One that went on before is dropped.
#[tauri::command]
pub(crate) async fn sign_in_begin(
    desk: State<'_, Opening>,
    one: State<'_, OneSignIn>,
    region: String,
    email: String,
    password: SecretString,
    renews: Option<i64>,
) -> Answer<(u64, SignInStep)> {
    let one = one.inner().clone();
    let request = SignInRequest {
        renews,
        ..SignInRequest::new(region, email, password)
    };
    desk.ask(move |desk| async move {
        let number = one.begin();
        let (going, step) = desk.sign_in(request).await?;
        Ok((number, one.put_back(number, going, Ok(step))?))
    })
    .await
}

/// Has a PIN sent, or turns to the authenticator app.
#[tauri::command]
pub(crate) async fn sign_in_send_pin(
    desk: State<'_, Opening>,
    one: State<'_, OneSignIn>,
    number: u64,
    method: SecondFactorKind,
) -> Answer<SignInStep> {
    let one = one.inner().clone();
    desk.ask(move |desk| async move {
        let mut going = one.take(number)?;
        let step = going.send_pin(&desk, method).await;
        one.put_back(number, going, step)
    })
    .await
}

#[tauri::command]
pub(crate) async fn sign_in_pin(
    desk: State<'_, Opening>,
    one: State<'_, OneSignIn>,
    number: u64,
    pin: SecretString,
) -> Answer<SignInStep> {
    let one = one.inner().clone();
    desk.ask(move |desk| async move {
        let mut going = one.take(number)?;
        let step = going.pin(&desk, pin).await;
        one.put_back(number, going, step)
    })
    .await
}

/// Makes the token and stores the account with it.
#[tauri::command]
pub(crate) async fn sign_in_choose(
    desk: State<'_, Opening>,
    one: State<'_, OneSignIn>,
    number: u64,
    choice: TokenChoice,
) -> Answer<SignInStep> {
    let one = one.inner().clone();
    desk.ask(move |desk| async move {
        let mut going = one.take(number)?;
        let step = going.choose(&desk, choice).await;
        one.put_back(number, going, step)
    })
    .await
}

/// Lets go of whichever goes on, and of its password.
#[tauri::command]
pub(crate) async fn sign_in_end(desk: State<'_, Opening>, one: State<'_, OneSignIn>) -> Answer<()> {
    one.end(None);
    desk.ask(|_| async { Ok(()) }).await
}
