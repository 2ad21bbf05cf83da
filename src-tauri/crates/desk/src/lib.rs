//! The application: connects accounts, syncs them, reads them back. It joins the API client, the
//! keychain, the store and the arithmetic, which do not know each other, and knows no window.

mod archive;
pub mod buy;
pub mod change;
mod clock;
mod connect;
mod csv_file;
pub mod download;
mod event;
pub mod export;
mod figures;
mod log;
pub mod offboard;
pub mod onboard;
mod open;
mod organize;
mod owner;
mod pace;
pub mod problem;
pub mod read;
mod rotate;
mod settings;
mod sync;
pub mod transfer;
mod watch;

pub use clock::{Clock, Hold};
pub use connect::{
    NewAccount, OfferedProfile, PinWanted, ProfileWanted, SignInRequest, SignInStep, SigningIn,
    TokenChoice,
};
pub use csv_file::CsvFile;
pub use event::{DeskEvent, StoreNews};
pub use figures::number;
pub use insight::RotationStep;
pub use log::{LogError, log_folder, write_log};
pub use open::{Desk, Keychain, Options, default_folder};
pub use problem::{Problem, ProblemCode};
pub use rotate::{Rotate, RotatedToken, RotationRow};
pub use sync::SyncRequest;
pub use tagoio::SecondFactorKind;
pub use watch::KeepSynced;
