//! `pdesk account buy`, `cancel-downgrade` and `payment`: what an account has bought, more of it, and what went wrong
//! with paying for it.

use std::fmt::Write as _;

use desk::Desk;
use desk::buy::{BuyOffer, BuyQuote, PurchaseRequest, PurchaseRow, PurchaseStep};
use desk::change::{CancelDowngrade, Change, SettlePayment, Settlement};
use model::{Cents, Service};

use super::{act, batch};
use crate::args::{BuyArgs, BuyCommand, CancelDowngradeArgs, How, PaymentArgs};
use crate::ask;
use crate::defuse::{for_terminal, lines_for_terminal};
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::wording::{known, number};

/// `pdesk account buy`.
pub(super) async fn run(desk: &Desk, wanted: BuyArgs, output: &Output) -> Result<Exit, Failure> {
    match wanted.command {
        Some(BuyCommand::List) => {
            let rows = desk.purchases().await?;
            output.result(&rows, || list(&rows))?;
            Ok(Exit::Done)
        }
        Some(BuyCommand::Resume { number }) => {
            output::notice("Looking how far TagoIO is …");
            told(&desk.resume_purchase(number).await?, output)
        }
        Some(BuyCommand::Cancel { number }) => {
            desk.end_purchase(number).await?;
            output.result(&serde_json::json!({ "let_be": number }), || {
                "The purchase is let be. What was bought stays bought.\n".to_owned()
            })?;
            Ok(Exit::Done)
        }
        None => buy(desk, wanted, output).await,
    }
}

async fn buy(desk: &Desk, wanted: BuyArgs, output: &Output) -> Result<Exit, Failure> {
    let account = desk
        .find_account(&wanted.account.unwrap_or_default())
        .await?;
    if wanted.limits.is_empty() {
        let offer = desk.buying_offer(account.key).await?;
        output.result(&offer, || offered(&offer))?;
        return Ok(Exit::Done);
    }
    let most = wanted.most.as_deref().map(dollars).transpose()?;
    let services = act::limits(&wanted.limits)?;
    let to = match &wanted.allocate_to {
        Some(profile) => Some(desk.find_profile(profile).await?.key),
        None => None,
    };
    let quote = desk.buying_quote(account.key, services).await?;
    if wanted.dry_run {
        output.result(&quote, || quoted(&account.label, &quote))?;
        return Ok(match &quote.buy {
            Some(_) if quote.refusal.is_none() => Exit::Done,
            _ => Exit::Failed,
        });
    }
    let Some(mut buy) = quote.buy.clone() else {
        return Err(Failure::failed(
            "rejected",
            "TagoIO names no price for this, so nothing was bought.",
        )
        .with_hint("See what it sells with: pdesk account buy ACCOUNT"));
    };
    if let Some(refusal) = &quote.refusal {
        return Err(Failure::failed(
            refusal.reason.key(),
            refusal.message.clone(),
        ));
    }
    if let Some(most) = most {
        if buy.most > most {
            let message = format!("It costs {} now, which is more than {most}.", buy.most);
            return Err(Failure::failed("rejected", message));
        }
        buy.most = most;
    }
    if !wanted.yes {
        output::notice(quoted(&account.label, &quote).trim_end());
        let now = quote.now.unwrap_or_default();
        let question = if buy.most > now {
            format!(
                "Buy this for {now} now, and for at most {} should the price rise?",
                buy.most
            )
        } else {
            format!("Buy this for {now} now?")
        };
        if !ask::confirm(&question, "--yes --most DOLLARS")? {
            output::notice("Nothing was bought.");
            return Ok(Exit::Failed);
        }
    }
    let request = PurchaseRequest {
        buy,
        allocate_to: to,
    };
    output::notice("Buying, and waiting until TagoIO has carried it out …");
    told(&desk.buy(request).await?, output)
}

/// `pdesk account cancel-downgrade`.
pub(super) async fn cancel_downgrade(
    desk: &Desk,
    wanted: CancelDowngradeArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let account = desk.find_account(&wanted.account).await?.key;
    let change = Change::CancelDowngrade(CancelDowngrade { account });
    batch::changes(desk, vec![change], wanted.agree, output).await
}

/// `pdesk account payment`.
pub(super) async fn payment(
    desk: &Desk,
    wanted: PaymentArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let account = desk.find_account(&wanted.account).await?.key;
    let how = match wanted.how {
        How::Retry => Settlement::Retry,
        How::Cancel => Settlement::Cancel,
    };
    let change = Change::SettlePayment(SettlePayment { account, how });
    batch::changes(desk, vec![change], wanted.agree, output).await
}

fn told(row: &PurchaseRow, output: &Output) -> Result<Exit, Failure> {
    output.result(row, || list(std::slice::from_ref(row)))?;
    Ok(match row.step {
        PurchaseStep::Done => Exit::Done,
        PurchaseStep::Allocating => Exit::Partly,
        _ => Exit::Failed,
    })
}

fn dollars(text: &str) -> Result<Cents, Failure> {
    let bad = || Failure::usage(format!("“{text}” is no price; write it as 12.50."));
    let plain = text.trim().trim_start_matches('$');
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    let cents = match part.len() {
        0 => "00".to_owned(),
        1 => format!("{part}0"),
        2 => part.to_owned(),
        _ => return Err(bad()),
    };
    let digits = format!("{whole}{cents}");
    if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    digits.parse().map(Cents).map_err(|_| bad())
}

fn price(price: Option<Cents>) -> String {
    price.map_or_else(|| known(None), |price| price.to_string())
}

fn offered(offer: &BuyOffer) -> String {
    let mut table = Fitted::default()
        .words("Service", 0)
        .exact("Key", 0)
        .numbers("Limit", 0)
        .numbers("A month", 0);
    for one in &offer.services {
        let label = one.service.label();
        table.row([
            label,
            one.service.key(),
            &format!("{} (now)", number(one.limit)),
            &price(one.price),
        ]);
        for tier in &one.tiers {
            table.row(["", "", &number(tier.amount), &price(tier.price)]);
        }
    }
    let mut text = if offer.services.is_empty() {
        "Nothing is known that TagoIO sells to this account. Fetch its prices with: pdesk sync\n"
            .to_owned()
    } else {
        table.print(output::width())
    };
    if !offer.buying {
        text += "\nBuying is switched off. Switch it on with: pdesk config set buying true\n";
    }
    lines_for_terminal(&text)
}

fn quoted(label: &str, quote: &BuyQuote) -> String {
    let mut text = String::new();
    if let Some(buy) = &quote.buy {
        for (service, to) in &buy.services {
            let from = buy.from.get(service).copied();
            let _ = writeln!(text, "{label}, {}", raised(*service, from, *to)); // a string takes everything
        }
    }
    let until = quote
        .until
        .map(|until| format!(", until {}", until.strftime("%Y-%m-%d")))
        .unwrap_or_default();
    let _ = writeln!(
        text,
        "{} now, for the rest of the billing cycle{until}; {} a month more from then on.",
        price(quote.now),
        price(quote.monthly)
    );
    if let Some(refusal) = &quote.refusal {
        let _ = writeln!(text, "{}", refusal.message);
    }
    lines_for_terminal(&text)
}

fn raised(service: Service, from: Option<f64>, to: f64) -> String {
    format!("{}: {} → {}", service.label(), known(from), number(to))
}

fn list(rows: &[PurchaseRow]) -> String {
    if rows.is_empty() {
        return "No purchase is open.\n".to_owned();
    }
    let mut table = Fitted::default()
        .exact("Number", 0)
        .words("Account", 0)
        .words("What", 0)
        .numbers("At most", 1)
        .words("State", 0);
    for row in rows {
        let what: Vec<String> = row
            .services
            .iter()
            .map(|one| raised(one.service, one.from, one.to))
            .collect();
        let said = row.message.as_deref().unwrap_or_default();
        table.row([
            row.key.to_string(),
            row.label.clone(),
            what.join(", "),
            row.agreed.to_string(),
            format!("{} {said}", state(row)).trim_end().to_owned(),
        ]);
    }
    let mut text = table.print(output::width());
    for row in rows.iter().filter(|row| row.ended_at.is_none()) {
        let _ = writeln!(text, "Go on with it: pdesk account buy resume {}", row.key);
    }
    lines_for_terminal(&text)
}

fn state(row: &PurchaseRow) -> String {
    let to = row.allocate_to_name.as_deref().unwrap_or_default();
    match row.step {
        PurchaseStep::Asked => "Nothing was sent yet.".to_owned(),
        PurchaseStep::Sending => "It is not known whether it was bought.".to_owned(),
        PurchaseStep::Processing => "TagoIO is at work on it.".to_owned(),
        PurchaseStep::Allocating => format!("Bought, and not given to {} yet.", for_terminal(to)),
        PurchaseStep::Done => "Done.".to_owned(),
        PurchaseStep::NotBought => "Nothing was bought.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_read_to_the_cent_and_never_rounded() {
        for (text, cents) in [("12.50", 1_250), ("$12.5", 1_250), ("0.01", 1), ("7", 700)] {
            assert_eq!(dollars(text).unwrap(), Cents(cents), "{text}");
        }
        for bad in [
            "",
            ".5",
            "12.505",
            "-1",
            "1e3",
            "1,000",
            "99999999999999999999",
        ] {
            assert_eq!(dollars(bad).unwrap_err().exit, Exit::Usage, "{bad}");
        }
    }
}
