//! What the benchmark knows of the window's page: where things are, and the scripts that watch them. When a
//! screen is built anew, this file alone has to follow.

use serde_json::{Value, json};

use super::screen::Area;

/// The window, in pixels; the display is as large, so that it has nothing else.
pub(super) const WINDOW: (u16, u16) = (1440, 900);

/// All of the window.
pub(super) const WHOLE: Area = Area {
    left: 0,
    top: 0,
    width: 1440,
    height: 900,
};

/// Where the first screen shows its rows: without the navigation at the left, the bars above and the strip
/// at the foot, which are there before anything is known.
pub(super) const ROWS: Area = Area {
    left: 190,
    top: 170,
    width: 1240,
    height: 680,
};

/// The folder within the data folder that holds what the page remembers.
pub(super) const REMEMBERED: &str = "window";

/// The fleet's address within the page.
pub(super) const FLEET: &str = "#/fleet";

/// The grid of the fleet.
pub(super) const GRID: &str = "[role=grid][aria-label=Profiles]";

/// The box that the fleet's filter is typed into.
pub(super) const FILTER: &str = "main :is(input[type=search], input[role=combobox])";

/// The address of a profile's history. What was chosen to be seen of one is seen of the next.
pub(super) fn history(profile: i64) -> String {
    format!("#/profile/{profile}/usage")
}

/// What is clicked to see thirteen months of a history by day.
pub(super) const THIRTEEN_MONTHS: [&str; 2] = [
    "//main//label[normalize-space()='13 months']",
    "//main//label[normalize-space()='By day']",
];

/// Whether thirteen months by day are what is asked for.
pub(super) const IS_THIRTEEN_MONTHS: &str = "
    const chosen = [...document.querySelectorAll('main fieldset input:checked')].map(({ value }) => value);
    return chosen.includes('months') && chosen.includes('day');";

/// The columns that are sorted by, in turns: what stands at their heads.
pub(super) const COLUMNS: [&str; 4] = ["Profile", "Input", "Account", "Output"];

/// Finds the button at the head of a column.
pub(super) fn head(column: &str) -> String {
    format!("//*[@role='columnheader']//button[starts-with(normalize-space(), '{column}')]")
}

/// Rows at the top by which an answer is told from another.
pub(super) const TOP: usize = 8;

/// Leaves the keys of the rows at the top, by their places.
const ROWS_AT_THE_TOP: &str = "
    const top = () => [...document.querySelectorAll('[role=grid] [role=row][id^=\"profile-\"]')]
        .map((row) => [Number(row.getAttribute('aria-rowindex')), Number(row.id.slice('profile-'.length))])
        .sort(([a], [b]) => a - b).slice(0, TOP).map(([, key]) => key);
    const rows = () => Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount')) - 1;
";

/// What every watching script ends with. `begins` is the event that a person causes, `stands` whether the page
/// shows what is waited for.
///
/// It begins when the event was made, by the event's own clock, which is the page's. It ends in a task after the
/// first frame that was drawn with all of it: a callback before that frame posts the task, and style, layout and
/// painting come between the two. What the compositor then does no page can see.
const WATCH: &str = "
    window.measured = null;
    let began = null;
    let over = false;
    const watch = new MutationObserver(look);
    function look() {
        if (began === null || over || !stands()) return;
        over = true;
        watch.disconnect();
        requestAnimationFrame(() => {
            const after = new MessageChannel();
            after.port1.onmessage = () => { window.measured = performance.now() - began; };
            after.port2.postMessage(null);
        });
    }
    watch.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    if (begins !== null) {
        addEventListener(begins, (event) => {
            const now = performance.now();
            began = event.timeStamp > now - 1000 && event.timeStamp <= now ? event.timeStamp : now;
        }, { capture: true, once: true });
    }
";

/// What one of some answers looks like: how many rows there are, and which stand at the top.
pub(super) struct Answer {
    pub(super) total: u32,
    pub(super) top: Vec<i64>,
}

/// Watches for an event, and then for one of these answers. The rows at the top must be its rows: old ones that
/// are still there are not taken for it.
pub(super) fn watch_rows(event: &str, answers: &[Answer]) -> (String, Vec<Value>) {
    let answers: Vec<Value> = answers
        .iter()
        .map(|answer| json!({"total": answer.total, "top": answer.top}))
        .collect();
    let script = format!(
        "{}
         const [begins, answers] = arguments;
         const stands = () => {{
             const [total, keys] = [rows(), JSON.stringify(top())];
             return answers.some((answer) => answer.total === total && JSON.stringify(answer.top) === keys);
         }};
         {WATCH}",
        ROWS_AT_THE_TOP.replace("TOP", &TOP.to_string())
    );
    (script, vec![json!(event), json!(answers)])
}

/// What stands at the top now: the number of rows, and their keys.
pub(super) fn rows_now() -> String {
    format!(
        "{} return [rows(), top()];",
        ROWS_AT_THE_TOP.replace("TOP", &TOP.to_string())
    )
}

/// Goes to an address, as a link or the Enter key does, and watches for the chart of the profile with this name.
pub(super) fn open_chart(address: &str, name: &str) -> (String, Vec<Value>) {
    let script = format!(
        "const [address, name] = arguments;
         const begins = null;
         const stands = () => document.querySelector('main h1')?.textContent.trim() === name.trim()
             && document.querySelector('main [role=img] canvas') !== null;
         {WATCH}
         began = performance.now();
         location.hash = address;"
    );
    (script, vec![json!(address), json!(name)])
}

/// Finds the bare field.
pub(super) const BARE_FIELD: &str = "#bare";

/// Puts a field above the page that nothing follows.
pub(super) const ADD_BARE_FIELD: &str = "
    const field = document.createElement('input');
    field.id = 'bare';
    field.style.cssText = 'position: fixed; left: 40%; top: 40%';
    document.body.append(field);";

/// Takes it away again.
pub(super) const REMOVE_BARE_FIELD: &str = "document.querySelector('#bare').remove();";

/// Watches for a letter in the bare field.
pub(super) fn watch_bare_field() -> String {
    format!(
        "const begins = 'keydown';
         const field = document.querySelector('#bare');
         const stands = () => field.value !== '';
         {WATCH}
         field.addEventListener('input', look, {{ once: true }});"
    )
}

/// What was measured; `null` until then.
pub(super) const MEASURED: &str = "return window.measured ?? null;";

/// Whether the chart is drawn: how many pixels of its canvas are not empty.
pub(super) const CHART_INK: &str = "
    const canvas = document.querySelector('main [role=img] canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let ink = 0;
    for (let at = 3; at < data.length; at += 4) if (data[at] !== 0) ink += 1;
    return ink;";

/// How many elements the page has.
pub(super) const ELEMENTS: &str = "return document.getElementsByTagName('*').length;";
