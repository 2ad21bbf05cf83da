//! Makes one account.

use jiff::Timestamp;

use super::make::days_before;
use super::{Account, Cycle, Otp, Plan, names};
use crate::random::Draw;

/// The account with this number; those from `desk` on are strangers'.
pub(super) fn account(draw: &mut Draw, number: usize, desk: usize, now: Timestamp) -> Account {
    let name = names::company(number);
    let word: String = name
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let plan = match number % 3 {
        0 => Plan::Scale,
        1 => Plan::Starter,
        _ => Plan::Free,
    };
    let day = i8::try_from(1 + draw.below(31)).unwrap_or(1);
    let hour = i8::try_from(draw.below(24)).unwrap_or(0);
    let value = draw.token();
    Account {
        id: draw.id(),
        company: name.clone(),
        email: format!("admin@{word}.example"),
        password: format!("{word}-{:04}", draw.below(10_000)),
        pin: format!("{:06}", draw.below(1_000_000)),
        otp: Otp::default(),
        pin_sent: false,
        timezone: draw.pick(&names::ZONES).to_owned(),
        plan,
        cycle: if plan == Plan::Free {
            Cycle::CALENDAR
        } else {
            Cycle { day, hour }
        },
        limits: [0.0; 10],
        created_at: days_before(now, draw.between(800.0, 2_000.0)),
        token: (number < desk).then(|| {
            if number % 4 == 3 {
                value
            } else {
                format!("p-{value}")
            }
        }),
        processing: 0,
        declines: false,
        past_due: None,
        unpaid: None,
        schedule: None,
        balance: if number % 5 == 1 { 12_500 } else { 0 },
        discount: number.is_multiple_of(4).then_some(10),
        mobile: Vec::new(),
        custom_dns: Vec::new(),
        name,
    }
}
