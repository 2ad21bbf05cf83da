//! `tagoio-sim`: a simulated TagoIO on a loopback address.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use sim::{Fault, Options, RateScope, Simulator};

/// A simulated TagoIO. Prints its base URL, then a token for each account, one a line, and serves
/// until it is interrupted. Nothing that it holds is real, and nothing is kept.
#[derive(Parser)]
#[command(version, after_help = FAULTS)]
struct Arguments {
    /// Where to listen; loopback only, port 0 for any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Profiles in all
    #[arg(long, value_name = "N", default_value_t = 20)]
    profiles: usize,
    /// Equal seeds make equal worlds
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Accounts, each with a token
    #[arg(long, value_name = "K", default_value_t = 2)]
    accounts: usize,
    /// Hold every answer back for so long
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency_ms: u64,
    /// Add up to so much to that, differing by request
    #[arg(long, value_name = "MS", default_value_t = 0)]
    jitter_ms: u64,
    /// Allow so many requests per profile, route and wall-clock minute
    #[arg(long, value_name = "N")]
    rpm: Option<u32>,
    /// Allow so many on one route instead; may be given more than once, see below
    #[arg(long, value_name = "ROUTE=N", value_parser = limit)]
    rpm_route: Vec<(String, u32)>,
    /// Which profile a request counts for: the token's, or the one in the path
    #[arg(long, value_name = "SCOPE", value_enum, default_value_t = Scope::Caller)]
    rate_scope: Scope,
    /// Make something go wrong; may be given more than once, see below
    #[arg(long, value_name = "KIND[:SHARE][@ROUTE]")]
    fault: Vec<Fault>,
    /// The token of the first account, instead of one made from the seed
    #[arg(long, value_name = "T")]
    token: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Scope {
    /// The profile that the calling token belongs to
    Caller,
    /// The profile in the path; the caller's where the path has none
    Asked,
}

/// Reads `ROUTE=N`.
fn limit(text: &str) -> Result<(String, u32), String> {
    let bad = || "write ROUTE=N, as in 'GET /profile/{id}/summary=30'".to_owned();
    let (route, rpm) = text.rsplit_once('=').ok_or_else(bad)?;
    let path = route.split_once(' ').map_or(route, |(_, path)| path);
    if !path.starts_with('/') {
        return Err(bad());
    }
    Ok((route.to_owned(), rpm.parse().map_err(|_| bad())?))
}

const FAULTS: &str = "\
Faults:
  latency    the answer comes late, by one to three seconds
  5xx        HTTP 500, 502 or 503 in turn, two of them without JSON
  drop       the connection ends before a byte of the answer
  truncated  the body ends halfway
  html       HTTP 200 with a page of HTML, as a captive portal answers
  stall      half of the body arrives, then nothing more
  revoked    HTTP 401, as if the token had been revoked
  429        HTTP 429 with TagoIO's message
  shape      the result is of another shape than documented

SHARE is the share of the requests, 0 to 1. ROUTE is a template, with its method or without:
  --fault 5xx  --fault drop:0.1  --fault 'html@/profile'  --fault 'stall:0.5@GET /profile/{id}/summary'
  --rpm 100 --rpm-route '/account=50' --rpm-route 'GET /profile/{id}/summary=30'";

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // With standard error gone there is nobody left to tell.
            let _unheard = writeln!(std::io::stderr(), "tagoio-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let options = Options {
        listen: arguments.listen,
        profiles: arguments.profiles,
        accounts: arguments.accounts,
        seed: arguments.seed,
        latency: Duration::from_millis(arguments.latency_ms),
        jitter: Duration::from_millis(arguments.jitter_ms),
        rpm: arguments.rpm,
        rpm_by_route: arguments.rpm_route,
        rate_scope: match arguments.rate_scope {
            Scope::Caller => RateScope::Caller,
            Scope::Asked => RateScope::Asked,
        },
        faults: arguments.fault,
        token: arguments.token,
        ..Options::default()
    };
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let running = Simulator::start(options).await?;
            let mut out = std::io::stdout().lock();
            writeln!(out, "{}", running.base_url())?;
            for account in running.tokens() {
                writeln!(out, "{}", account.token)?;
            }
            out.flush()?;
            drop(out);
            tokio::signal::ctrl_c().await?;
            running.stop().await;
            Ok(())
        })
}
