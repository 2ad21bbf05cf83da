//! Named steps, run one after the other: all of them, even after a failure.

use std::fmt;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::process;
use crate::workspace::Workspace;

/// One check of the whole.
#[derive(Debug)]
pub(crate) struct Step {
    /// What `--only` calls it.
    pub(crate) name: &'static str,
    /// What is known when it passed, in a few words.
    pub(crate) proves: &'static str,
    /// Steps that must have passed before, by name; they stand earlier in the list.
    pub(crate) needs: &'static [&'static str],
    pub(crate) check: fn(&Workspace) -> anyhow::Result<Outcome>,
}

/// How a step ends that did not fail.
#[derive(Debug)]
pub(crate) enum Outcome {
    Passed,
    /// It could not be done here, for this reason. It is counted and shown.
    Skipped(String),
}

#[derive(Debug, PartialEq)]
enum Verdict {
    Passed,
    Failed(String),
    Skipped(String),
    /// A step that it needs did not pass.
    NotRun(&'static str),
}

/// What became of each step, in the order in which they ran.
#[derive(Debug, Default)]
pub(crate) struct Report(Vec<(&'static str, Verdict, Duration)>);

/// The named steps and all that they need, in the order of the list; all of them if none is named.
pub(crate) fn select<'a>(steps: &'a [Step], only: &[String]) -> anyhow::Result<Vec<&'a Step>> {
    for name in only {
        if !steps.iter().any(|step| step.name == name) {
            bail!("there is no step `{name}`; `cargo xtask test --list` shows them");
        }
    }
    let mut wanted: Vec<&str> = only.iter().map(String::as_str).collect();
    if wanted.is_empty() {
        wanted = steps.iter().map(|step| step.name).collect();
    }
    // A step's needs stand before it, so one walk from the end finds all of them.
    for step in steps.iter().rev() {
        if wanted.contains(&step.name) {
            wanted.extend(step.needs);
        }
    }
    Ok(steps
        .iter()
        .filter(|step| wanted.contains(&step.name))
        .collect())
}

pub(crate) fn run(workspace: &Workspace, steps: &[&Step]) -> Report {
    let mut report = Report::default();
    for (index, step) in steps.iter().enumerate() {
        let began = Instant::now();
        let verdict = if process::interrupted() {
            Verdict::Skipped("interrupted".to_owned())
        } else if let Some(missing) = report.unmet(step) {
            Verdict::NotRun(missing)
        } else {
            let (name, proves, count) = (step.name, step.proves, steps.len());
            println!("\n━━ {name} ({} of {count}): {proves}", index + 1);
            match (step.check)(workspace) {
                Ok(Outcome::Passed) => Verdict::Passed,
                Ok(Outcome::Skipped(reason)) => Verdict::Skipped(reason),
                Err(error) => Verdict::Failed(format!("{error:#}")),
            }
        };
        let time = began.elapsed();
        match &verdict {
            Verdict::Passed => println!("━━ {} passed in {}", step.name, Spent(time)),
            Verdict::Failed(reason) => {
                println!("━━ {} FAILED after {}: {reason}", step.name, Spent(time));
            }
            Verdict::Skipped(reason) => println!("━━ {} is skipped: {reason}", step.name),
            Verdict::NotRun(need) => println!("\n━━ {} is not run: it needs {need}", step.name),
        }
        report.0.push((step.name, verdict, time));
    }
    report
}

impl Report {
    /// The first of the step's needs that did not pass.
    fn unmet(&self, step: &Step) -> Option<&'static str> {
        step.needs.iter().copied().find(|need| {
            !self
                .0
                .iter()
                .any(|(name, verdict, _)| name == need && *verdict == Verdict::Passed)
        })
    }

    fn count(&self, of: fn(&Verdict) -> bool) -> usize {
        self.0.iter().filter(|(_, verdict, _)| of(verdict)).count()
    }

    fn failed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Failed(_)))
    }

    /// A failure is 1; so is an interrupt, since nothing is proved then.
    pub(crate) fn exit_code(&self) -> ExitCode {
        if self.failed() > 0 || process::interrupted() {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }
}

/// A line a step, and at the end a line of its own with the counts.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut total = Duration::ZERO;
        for (name, verdict, time) in &self.0 {
            total += *time;
            let (word, note) = match verdict {
                Verdict::Passed => ("passed", String::new()),
                Verdict::Failed(reason) => ("FAILED", first_line(reason)),
                Verdict::Skipped(reason) => ("skipped", first_line(reason)),
                Verdict::NotRun(need) => ("not run", format!("needs {need}")),
            };
            let spent = match verdict {
                Verdict::NotRun(_) => String::new(),
                _ => Spent(*time).to_string(),
            };
            let line = format!("{word:<8} {name:<16} {spent:>12}  {note}");
            writeln!(f, "{}", line.trim_end())?;
        }
        writeln!(f, "{:<25} {:>12}\n", "", Spent(total).to_string())?;
        let passed = self.count(|verdict| *verdict == Verdict::Passed);
        let failed = self.failed();
        write!(f, "{passed} passed, {failed} failed")?;
        match self.0.len() - passed - failed {
            0 => Ok(()),
            skipped => write!(f, ", {skipped} skipped"),
        }
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// A time as a person reads it.
struct Spent(Duration);

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs() {
            0..60 => write!(f, "{:.1} s", self.0.as_secs_f32()),
            seconds => write!(f, "{} min {:02} s", seconds / 60, seconds % 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Check = fn(&Workspace) -> anyhow::Result<Outcome>;

    fn step(name: &'static str, needs: &'static [&'static str], check: Check) -> Step {
        Step {
            name,
            proves: "",
            needs,
            check,
        }
    }

    fn steps() -> Vec<Step> {
        vec![
            step("a", &[], |_| Ok(Outcome::Passed)),
            step("b", &["a"], |_| bail!("broken\nin two lines")),
            step("c", &["b"], |_| panic!("must not run")),
            step("d", &[], |_| Ok(Outcome::Skipped("no target".to_owned()))),
            step("e", &["a"], |_| Ok(Outcome::Passed)),
        ]
    }

    fn selected(only: &[&str]) -> Vec<&'static str> {
        let only: Vec<String> = only.iter().map(|name| (*name).to_owned()).collect();
        let steps = steps();
        let selected = select(&steps, &only).unwrap();
        selected.iter().map(|step| step.name).collect()
    }

    #[test]
    fn a_failed_step_stops_what_needs_it_and_nothing_else() {
        let steps = steps();
        let report = run(&Workspace::find().unwrap(), &select(&steps, &[]).unwrap());
        let verdicts: Vec<_> = report
            .0
            .iter()
            .map(|(name, verdict, _)| (*name, verdict))
            .collect();
        assert_eq!(
            verdicts,
            [
                ("a", &Verdict::Passed),
                ("b", &Verdict::Failed("broken\nin two lines".to_owned())),
                ("c", &Verdict::NotRun("b")),
                ("d", &Verdict::Skipped("no target".to_owned())),
                ("e", &Verdict::Passed),
            ]
        );
        assert_eq!(report.exit_code(), ExitCode::FAILURE);
    }

    #[test]
    fn the_last_line_counts_and_names_skipped_steps_only_if_there_are_any() {
        let report = Report(vec![
            ("a", Verdict::Passed, Duration::ZERO),
            ("b", Verdict::Failed(String::new()), Duration::ZERO),
            ("c", Verdict::NotRun("b"), Duration::ZERO),
            ("d", Verdict::Skipped(String::new()), Duration::ZERO),
        ]);
        let text = report.to_string();
        assert_eq!(text.lines().last(), Some("1 passed, 1 failed, 2 skipped"));

        let report = Report(vec![("a", Verdict::Passed, Duration::ZERO)]);
        assert_eq!(
            report.to_string().lines().last(),
            Some("1 passed, 0 failed")
        );
        assert_eq!(report.exit_code(), ExitCode::SUCCESS);
    }

    #[test]
    fn only_brings_what_it_needs_in_the_order_of_the_list() {
        assert_eq!(selected(&["c"]), ["a", "b", "c"]);
        assert_eq!(selected(&["e", "d"]), ["a", "d", "e"]);
        assert_eq!(selected(&[]), ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn a_step_that_does_not_exist_is_an_error() {
        let error = select(&steps(), &["z".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("`z`"), "{error}");
    }

    #[test]
    fn times_are_told_in_seconds_and_then_in_minutes() {
        assert_eq!(Spent(Duration::from_millis(1240)).to_string(), "1.2 s");
        assert_eq!(Spent(Duration::from_secs(125)).to_string(), "2 min 05 s");
    }
}
