//! Signing in by e-mail and password, step by step, to a token in the keychain.

mod lost;
mod step;

use std::time::Duration;

use model::{AccountId, Timestamp, Token};
use secrecy::SecretString;
use tagoio::{
    ApiError, Client, Credentials, Expire, Password, Pin, Region, SecondFactorKind, SignedIn,
};

use super::NewAccount;
use crate::change::is_lost;
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};
use crate::read::AccountRow;
use lost::tidy;
use step::own_token_name;
pub use step::{OfferedProfile, PinWanted, ProfileWanted, SignInStep, TokenChoice};

/// Who signs in, and where.
#[derive(Clone, Debug)]
pub struct SignInRequest {
    /// `us-e1`, `eu-w1`, or the base URL of a private deployment. Not used where an account is renewed.
    pub region: String,
    /// The e-mail address.
    pub email: String,
    /// The password, as it was typed.
    pub password: SecretString,
    /// The connected account that gets the new token; `None` connects whoever signs in.
    pub renews: Option<i64>,
}

/// A sign-in that goes on. It holds the password in memory until the token is made or it is dropped, which wipes
/// it; ten minutes after the beginning it is not used any more. `Debug` shows neither password nor PIN.
#[derive(Debug)]
pub struct SigningIn {
    client: Client,
    email: String,
    password: Option<SecretString>,
    pin: Option<Pin>,
    /// Whether the sign-in was accepted with this PIN already.
    pin_served: bool,
    method: SecondFactorKind,
    renews: Option<AccountRow>,
    signed: Option<SignedIn>,
    choice: Option<TokenChoice>,
    /// A try whose answer was lost: what it was to make, and when it was sent.
    lost: Option<(TokenChoice, Timestamp)>,
    until: Timestamp,
}

impl SignInRequest {
    /// Signs in to a new account, or to one that is found by who signs in.
    pub fn new(
        region: impl Into<String>,
        email: impl Into<String>,
        password: SecretString,
    ) -> Self {
        Self {
            region: region.into(),
            email: email.into(),
            password,
            renews: None,
        }
    }
}

impl Desk {
    /// Begins to sign in: checks the e-mail address and the password. Nothing is stored before the last step.
    pub async fn sign_in(
        &self,
        request: SignInRequest,
    ) -> Result<(SigningIn, SignInStep), Problem> {
        let renews = match request.renews {
            Some(key) => Some(self.account(key).await?),
            None => None,
        };
        let region = renews
            .as_ref()
            .map_or(&request.region, |account| &account.api);
        let region = Region::parse(region)
            .map_err(|error| Problem::invalid(format!("The region cannot be used: {error}.")))?;
        let email = request.email.trim().to_owned();
        if !email.contains('@') {
            return Err(Problem::invalid(
                "The e-mail address is empty or has no @ in it.",
            ));
        }
        let now = self.inner.clock.now();
        let mut going = SigningIn {
            client: self.inner.client(&region)?,
            email,
            password: Some(request.password),
            pin: None,
            pin_served: false,
            method: SecondFactorKind::Authenticator,
            renews,
            signed: None,
            choice: None,
            lost: None,
            until: now.checked_add(SigningIn::PATIENCE).unwrap_or(now),
        };
        let step = going.go(self).await?;
        Ok((going, step))
    }
}

impl SigningIn {
    /// How long a password is kept for the steps that follow it.
    pub const PATIENCE: Duration = Duration::from_mins(10);

    /// Has a PIN sent, by SMS or e-mail, or turns to the authenticator app, which sends none.
    pub async fn send_pin(
        &mut self,
        desk: &Desk,
        method: SecondFactorKind,
    ) -> Result<SignInStep, Problem> {
        let password = self.password(desk)?;
        let sent = method != SecondFactorKind::Authenticator;
        if sent {
            self.client
                .request_pin(&self.email, &password, method)
                .await
                .map_err(|error| failed(desk, &error))?;
        }
        self.method = method;
        Ok(self.pin_wanted(sent, None))
    }

    /// Goes on with a PIN, which came by the method that was asked for last. It is dropped after the call or two
    /// that it is for.
    pub async fn pin(&mut self, desk: &Desk, code: SecretString) -> Result<SignInStep, Problem> {
        self.pin = Some(Pin {
            kind: self.method,
            code,
        });
        self.pin_served = false;
        self.go(desk).await
    }

    /// Makes the token, checks it, and stores the account with it as [`Desk::connect`] does.
    pub async fn choose(
        &mut self,
        desk: &Desk,
        mut choice: TokenChoice,
    ) -> Result<SignInStep, Problem> {
        let signed = self.signed.as_ref().ok_or_else(|| {
            Problem::invalid("The profile is chosen before the sign-in was accepted.")
        })?;
        if let Some(account) = &self.renews {
            choice.label.clone_from(&account.label);
        }
        let choice = choice.checked()?;
        if !signed.profiles.iter().any(|one| one.id == choice.profile) {
            return Err(Problem::invalid(
                "The account does not reach the profile that was chosen.",
            ));
        }
        desk.refuse_taken(&choice.label, self.client.region().base_url(), &signed.id)
            .await?;
        self.choice = Some(choice);
        self.go(desk).await
    }

    /// Whether a token may have been made whose answer was lost; [`Self::again`] then looks for it.
    pub fn may_have_left_a_token(&self) -> bool {
        self.lost.is_some()
    }

    /// Tries once more what failed.
    pub async fn again(&mut self, desk: &Desk) -> Result<SignInStep, Problem> {
        self.go(desk).await
    }

    /// As far as it comes without asking a person.
    async fn go(&mut self, desk: &Desk) -> Result<SignInStep, Problem> {
        if self.signed.is_none() {
            let credentials = self.credentials(desk)?;
            match self.client.login(&credentials).await {
                Ok(signed) => self.accept(signed)?,
                Err(error) => return self.refused(desk, &error).await,
            }
        }
        match self.choice.clone() {
            None => self.profile_wanted(desk).await,
            Some(choice) => self.make(desk, choice).await,
        }
    }

    fn accept(&mut self, signed: SignedIn) -> Result<(), Problem> {
        if let Some(account) = &self.renews
            && account.id != signed.id
        {
            let message = format!(
                "{} is another account than “{}”, so that its token was not replaced.",
                self.email, account.label
            );
            let problem = Problem::new(ProblemCode::Cancelled, message).with_hint(
                "Sign in with the e-mail address of that account, or connect this one by itself.",
            );
            self.forget();
            return Err(problem);
        }
        self.signed = Some(signed);
        self.pin_served = self.pin.is_some();
        Ok(())
    }

    async fn profile_wanted(&mut self, desk: &Desk) -> Result<SignInStep, Problem> {
        let (id, listed) = match &self.signed {
            Some(signed) => (signed.id.clone(), signed.profiles.as_slice()),
            None => return Err(Problem::internal("nobody is signed in")),
        };
        let mut profiles: Vec<_> = listed
            .iter()
            .map(|profile| OfferedProfile {
                id: profile.id.clone(),
                name: profile
                    .name
                    .clone()
                    .unwrap_or_else(|| profile.id.to_string()),
                shared: profile.from_share,
            })
            .collect();
        if profiles.is_empty() {
            self.forget();
            let message = "The account reaches no profile that a token could belong to.";
            return Err(Problem::new(ProblemCode::Cancelled, message)
                .with_hint("Make a profile in TagoIO's admin site, then sign in again."));
        }
        profiles.sort_by_cached_key(|profile| (profile.shared, profile.name.to_lowercase()));
        Ok(SignInStep::Profile(ProfileWanted {
            profiles,
            label: self
                .connected(desk, &id)
                .await?
                .map(|account| account.label),
            token_name: own_token_name(),
        }))
    }

    async fn make(&mut self, desk: &Desk, choice: TokenChoice) -> Result<SignInStep, Problem> {
        let credentials = self.credentials(desk)?;
        let now = desk.inner.clock.now();
        let expire = match choice.days {
            None => Expire::Never,
            Some(days) => now
                .checked_add(Duration::from_hours(24 * u64::from(days)))
                .map(Expire::At)
                .map_err(|_| Problem::invalid("The token's end is beyond the calendar."))?,
        };
        let made = self
            .client
            .first_token(&choice.profile, &credentials, &choice.name, &expire)
            .await;
        drop(credentials);
        let token = match made {
            Ok(made) => made.token,
            Err(error) if is_lost(&error) => {
                self.pin = None;
                self.look_for_lost(desk, &choice, now, &error).await?
            }
            // The PIN that signed in may be good for one call alone: then the token needs another.
            Err(error) => return self.refused(desk, &error).await,
        };
        self.store(desk, choice, token).await
    }

    async fn store(
        &mut self,
        desk: &Desk,
        choice: TokenChoice,
        token: Token,
    ) -> Result<SignInStep, Problem> {
        // It was for this token. The password may be used once more if the token cannot be kept.
        self.pin = None;
        let new = NewAccount {
            label: choice.label.clone(),
            region: self.client.region().base_url().to_owned(),
            token: token.expose().into(),
            keychain: true,
        };
        let session = desk.inner.clicking(&self.client.session(token.clone()));
        let expected = self.signed.as_ref().map(|signed| &signed.id);
        let connected = desk.connect_as(new, expected).await;
        let account = match connected {
            Ok(account) => Box::new(account),
            Err(problem) => {
                // Nobody would ever use it, and nobody else knows its value.
                let message = match session.delete_token(&choice.profile, &token).await {
                    Ok(_) => format!("{} The new token was deleted again.", problem.message),
                    Err(_) => format!(
                        "{} The new token “{}” could not be deleted again; delete it in TagoIO's admin site.",
                        problem.message, choice.name
                    ),
                };
                return Err(Problem { message, ..problem });
            }
        };
        self.forget();
        let notice = match self.lost.take() {
            Some((lost, since)) => tidy(&session, &lost, since, &token, desk).await,
            None => None,
        };
        Ok(SignInStep::Connected { account, notice })
    }

    async fn connected(&self, desk: &Desk, id: &AccountId) -> Result<Option<AccountRow>, Problem> {
        let api = self.client.region().base_url();
        let accounts = desk.accounts().await?;
        Ok(accounts
            .into_iter()
            .find(|account| account.api == api && account.id == *id))
    }

    /// What follows a refusal: a PIN is asked for, or it is the end.
    async fn refused(&mut self, desk: &Desk, error: &ApiError) -> Result<SignInStep, Problem> {
        let had_pin = self.pin.take().is_some();
        let served = std::mem::take(&mut self.pin_served);
        match error {
            ApiError::SecondFactor {
                methods, autosend, ..
            } => {
                self.method = autosend
                    .or_else(|| methods.first().copied())
                    .unwrap_or(SecondFactorKind::Authenticator);
                let sent = autosend.is_some_and(|kind| kind != SecondFactorKind::Authenticator);
                Ok(self.pin_wanted(sent, None))
            }
            ApiError::WrongPassword { .. } if had_pin && served => {
                let another = Problem::new(
                    ProblemCode::InvalidInput,
                    "TagoIO took the PIN for the sign-in and wants another one for the token.",
                );
                match self.send_pin(desk, self.method).await? {
                    SignInStep::Pin(wanted) => Ok(SignInStep::Pin(PinWanted {
                        problem: Some(another),
                        ..wanted
                    })),
                    step => Ok(step),
                }
            }
            ApiError::WrongPassword { .. } if had_pin => {
                Ok(self.pin_wanted(false, Some(failed(desk, error))))
            }
            error => Err(failed(desk, error)),
        }
    }

    fn pin_wanted(&self, sent: bool, problem: Option<Problem>) -> SignInStep {
        SignInStep::Pin(PinWanted {
            method: self.method,
            methods: vec![
                SecondFactorKind::Authenticator,
                SecondFactorKind::Sms,
                SecondFactorKind::Email,
            ],
            sent,
            problem,
        })
    }

    fn credentials(&mut self, desk: &Desk) -> Result<Credentials, Problem> {
        Ok(Credentials {
            email: self.email.clone(),
            password: Password {
                password: self.password(desk)?,
                pin: self.pin.clone(),
            },
        })
    }

    fn password(&mut self, desk: &Desk) -> Result<SecretString, Problem> {
        if desk.inner.clock.now() >= self.until {
            self.forget();
        }
        self.password.clone().ok_or_else(|| {
            let message =
                "The password is not kept any more, since the sign-in took too long or ended.";
            Problem::new(ProblemCode::Cancelled, message).with_hint("Begin to sign in again.")
        })
    }

    fn forget(&mut self) {
        self.password = None;
        self.pin = None;
    }
}

fn failed(desk: &Desk, error: &ApiError) -> Problem {
    Problem::from_api(error, desk.inner.clock.now())
}
