//! What the profiles, accounts and people of the store are called. All invented.

use super::chance::Chance;

const PLACES: [&str; 40] = [
    "Alder Bay",
    "Amber Hill",
    "Birkenau",
    "Bourg-Neuf",
    "Cedar Point",
    "Clifton",
    "Copperfield",
    "Düsterwald",
    "Eastmoor",
    "Elmshorn",
    "Fjordby",
    "Flint Ridge",
    "Galway",
    "Grünau",
    "Harbour End",
    "Hohenfels",
    "Ivrea",
    "Juniper Flats",
    "Kestrel Rock",
    "Kiruna",
    "Lakeview",
    "Linden",
    "Łódź",
    "Maple Creek",
    "Montréal",
    "Nordhavn",
    "Oakridge",
    "Ørsted",
    "Pine Hollow",
    "Quarry Lane",
    "Ravensburg",
    "São Bento",
    "Silver Lake",
    "Tampere",
    "Umeå",
    "Valley Forge",
    "Willow Park",
    "Xàtiva",
    "Yarra",
    "Zürichberg",
];

const TRADES: [&str; 24] = [
    "Water",
    "Cold Storage",
    "Solar",
    "Logistics",
    "Dairy",
    "Greenhouses",
    "Hospitals",
    "Parking",
    "Elevators",
    "Irrigation",
    "Breweries",
    "Pharma",
    "Foundry",
    "Ports",
    "Rail",
    "Fisheries",
    "Mining",
    "Property",
    "Hotels",
    "Refrigeration",
    "Pumps",
    "District Heating",
    "Air Quality",
    "Waste",
];

const STAGES: [&str; 6] = [
    "production",
    "production",
    "production",
    "staging",
    "test",
    "demo",
];

const FIRST_NAMES: [&str; 16] = [
    "Ada", "Björn", "Chloé", "Dmitri", "Elif", "Femi", "Grażyna", "Hiro", "Inés", "Jonas", "Kaja",
    "Luís", "Mira", "Noor", "Oleg", "Priya",
];

const LAST_NAMES: [&str; 20] = [
    "Almeida",
    "Berg",
    "Costa",
    "Dubois",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Haddad",
    "Ivanova",
    "Jensen",
    "Kowalski",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petrov",
    "Quist",
    "Rossi",
    "Sato",
    "Tanaka",
];

/// Names that a screen must show as the text that they are.
const HOSTILE: [&str; 2] = ["<b>Bold</b> & sons", "<img src=x onerror=alert(1)>"];

pub(super) fn account(number: u32, chance: &mut Chance) -> String {
    let trade = chance.one_of(&TRADES).copied().unwrap_or_default();
    format!("{} {trade} {}", place(number), number + 1)
}

pub(super) fn profile(number: u32, chance: &mut Chance) -> String {
    if let Some(name) = HOSTILE
        .get(number as usize / 5_000)
        .filter(|_| number % 5_000 == 77)
    {
        return (*name).to_owned();
    }
    let trade = chance.one_of(&TRADES).copied().unwrap_or_default();
    let stage = chance.one_of(&STAGES).copied().unwrap_or_default();
    // Some names are borne twice.
    let number = if chance.happens(4) { 7 } else { number };
    format!("{} {trade} {stage} {number}", place(chance.below(40)))
}

pub(super) fn person(chance: &mut Chance) -> (String, String) {
    let first = chance.one_of(&FIRST_NAMES).copied().unwrap_or_default();
    let last = chance.one_of(&LAST_NAMES).copied().unwrap_or_default();
    let number = chance.below(10_000);
    let address = format!("person{number}@{}.example", last.to_lowercase());
    (format!("{first} {last}"), address)
}

fn place(number: u32) -> &'static str {
    PLACES[number as usize % PLACES.len()]
}
