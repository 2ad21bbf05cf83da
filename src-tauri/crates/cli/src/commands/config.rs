//! `pdesk config`: the settings, which live in the store.

use desk::Desk;
use desk::read::SettingRow;

use crate::args::ConfigCommand;
use crate::defuse::for_terminal;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;

pub(super) async fn run(
    desk: &Desk,
    command: ConfigCommand,
    output: &Output,
) -> Result<Exit, Failure> {
    match command {
        ConfigCommand::Get { key: None } => {
            let settings = desk.settings().await?;
            output.result(&settings, || table(&settings).print(output::width()))?;
        }
        ConfigCommand::Get { key: Some(key) } => {
            let setting = find(desk.settings().await?, key.trim())?;
            // The value alone, so that a script can use it as it is.
            output.result(&setting, || format!("{}\n", setting.value))?;
        }
        ConfigCommand::Set { key, value } => {
            let setting = desk.put_setting(&key, Some(&value)).await?;
            output.result(&setting, || changed(&setting))?;
        }
        ConfigCommand::Reset { key } => {
            let setting = desk.put_setting(&key, None).await?;
            output.result(&setting, || changed(&setting))?;
        }
    }
    Ok(Exit::Done)
}

fn find(settings: Vec<SettingRow>, key: &str) -> Result<SettingRow, Failure> {
    settings
        .into_iter()
        .find(|setting| setting.key == key)
        .ok_or_else(|| {
            let key = for_terminal(key);
            Failure::failed("not_found", format!("There is no setting “{key}”."))
                .with_hint("See the settings with: pdesk config get")
        })
}

fn changed(setting: &SettingRow) -> String {
    let standing = if setting.value == setting.default {
        ", as at first"
    } else {
        ""
    };
    format!("{} is {}{standing}.\n", setting.key, setting.value)
}

fn table(settings: &[SettingRow]) -> Fitted {
    let mut table = Fitted::default()
        .exact("Setting", 0)
        .exact("Value", 0)
        .exact("At first", 0)
        .words("What it is", 1);
    for setting in settings {
        table.row([
            &setting.key,
            &setting.value,
            &setting.default,
            &setting.about,
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(value: &str) -> SettingRow {
        SettingRow {
            key: "age.list".to_owned(),
            value: value.to_owned(),
            default: "15".to_owned(),
            about: "Minutes.".to_owned(),
        }
    }

    #[test]
    fn what_a_setting_is_from_now_on_is_said() {
        assert_eq!(changed(&setting("30")), "age.list is 30.\n");
        assert_eq!(changed(&setting("15")), "age.list is 15, as at first.\n");
    }

    #[test]
    fn a_setting_that_there_is_not_is_not_found() {
        let failure = find(vec![setting("15")], "age.lists").unwrap_err();
        assert_eq!((failure.code, failure.exit), ("not_found", Exit::Failed));
        assert!(failure.hint.unwrap().contains("pdesk config get"));
        assert_eq!(
            find(vec![setting("15")], "age.list").unwrap(),
            setting("15")
        );
    }
}
