//! What customers, people, tokens and devices are called. All invented.

use crate::random::Draw;

const FIRST: [&str; 64] = [
    "Alder", "Amber", "Anchor", "Aspen", "Atlas", "Bay", "Beacon", "Birch", "Bluebell", "Brook",
    "Cedar", "Clover", "Copper", "Coral", "Crane", "Dune", "Eagle", "Elm", "Ember", "Falcon",
    "Fern", "Fjord", "Flint", "Garnet", "Glacier", "Granite", "Harbor", "Hazel", "Heron",
    "Hillside", "Indigo", "Iron", "Ivy", "Juniper", "Kestrel", "Lakeview", "Larch", "Linden",
    "Lunar", "Maple", "Meadow", "Mesa", "Mill", "Nordic", "Oakridge", "Onyx", "Orchard", "Osprey",
    "Pine", "Prairie", "Quarry", "Raven", "Redwood", "River", "Rowan", "Sable", "Sierra", "Silver",
    "Stone", "Summit", "Tidal", "Valley", "Willow", "Zephyr",
];

const TRADE: [&str; 48] = [
    "Cold Storage",
    "Water",
    "Logistics",
    "Farms",
    "Dairy",
    "Energy",
    "Solar",
    "Breweries",
    "Greenhouses",
    "Hospitals",
    "Clinics",
    "Parking",
    "Elevators",
    "Waste",
    "Irrigation",
    "Vineyards",
    "Fleet Services",
    "Bakeries",
    "Pharma",
    "Textiles",
    "Foundry",
    "Ports",
    "Rail",
    "Fisheries",
    "Forestry",
    "Mining",
    "Paper Mill",
    "Property",
    "Schools",
    "Hotels",
    "Laundry",
    "Refrigeration",
    "Boilers",
    "Pumps",
    "Tank Farm",
    "Packaging",
    "Seeds",
    "Poultry",
    "Aquaculture",
    "District Heating",
    "Compressors",
    "Airfield",
    "Supermarkets",
    "Data Centers",
    "Cement",
    "Glass",
    "Plastics",
    "Steelworks",
];

const SUFFIX: [&str; 10] = [
    "", "", "", " Ltd", " Inc.", " GmbH", " S.A.", " AB", " Group", " & Sons",
];

/// Names that a program must carry through unharmed: other scripts, markup, quotes, marks that turn
/// the direction of writing, very long ones.
const TRICKY: [&str; 20] = [
    "<b>Bold</b> Ltd",
    "\u{6771}\u{4eac}\u{51b7}\u{8535}\u{5009}\u{5eab}",
    "\u{634}\u{631}\u{643}\u{629} \u{627}\u{644}\u{645}\u{64a}\u{627}\u{647}",
    "\u{41c}\u{43e}\u{43b}\u{43e}\u{447}\u{43d}\u{44b}\u{439} \u{437}\u{430}\u{432}\u{43e}\u{434} \u{421}\u{435}\u{432}\u{435}\u{440}",
    "\u{5de}\u{5d7}\u{5e1}\u{5e0}\u{5d9} \u{5d4}\u{5e0}\u{5de}\u{5dc}",
    "\u{938}\u{942}\u{930}\u{94d}\u{92f} \u{90a}\u{930}\u{94d}\u{91c}\u{93e}",
    "\u{1f33e} Green Acres \u{1f69c}",
    "<img src=x onerror=alert(1)>",
    "\u{d55c}\u{ac15} \u{c218}\u{cc98}\u{b9ac}\u{c7a5}",
    "Caf\u{e9} \u{c5}ngstr\u{f6}m & S\u{f8}nner",
    "O'Brien \"Quote\" Dairy",
    "\u{6c5f}\u{82cf}\u{5149}\u{4f0f}\u{7535}\u{7ad9}",
    "\u{e19}\u{e49}\u{e33}\u{e43}\u{e2a} \u{e1f}\u{e32}\u{e23}\u{e4c}\u{e21}",
    "Robert'); DROP TABLE profiles;--",
    "\u{393}\u{3b1}\u{3bb}\u{3b1}\u{3ba}\u{3c4}\u{3bf}\u{3ba}\u{3bf}\u{3bc}\u{3b9}\u{3ba}\u{3ac} \u{391}\u{3b9}\u{3b3}\u{3b1}\u{3af}\u{3bf}\u{3c5}",
    "{{constructor}} ${jndi} %s Pumps",
    "Zo\u{eb}\u{2019}s Nai\u{308}ve Bakery",
    "\u{202b}\u{645}\u{632}\u{627}\u{631}\u{639} \u{627}\u{644}\u{646}\u{62e}\u{64a}\u{644}\u{202c} Farms",
    "=HYPERLINK(\"http://example.invalid\",\"Cement\")",
    "The Consolidated Regional Waterworks, Irrigation and Reservoir Maintenance Cooperative of the Upper and Lower River Valleys",
];

/// The name of the profile with this number. Some are tricky, and two now and then are equal.
pub(super) fn customer(draw: &mut Draw, number: usize) -> String {
    if number % 10 == 6 && number / 10 < TRICKY.len() {
        return TRICKY[number / 10].to_owned();
    }
    // Small worlds want their share of trouble as well.
    match number {
        3 => return TRICKY[0].to_owned(),
        8 => return TRICKY[1].to_owned(),
        11 => return TRICKY[7].to_owned(),
        13 => return TRICKY[2].to_owned(),
        17 => return TRICKY[6].to_owned(),
        _ => {}
    }
    format!(
        "{} {}{}",
        draw.pick(&FIRST),
        draw.pick(&TRADE),
        draw.pick(&SUFFIX)
    )
}

/// Accounts of the desk, then of strangers. Beyond the list they are numbered by place.
const COMPANIES: [&str; 12] = [
    "Northwind Telemetry",
    "Halden Sensing",
    "Blue Harbor IoT",
    "Vantage Monitoring",
    "Meridian Field Systems",
    "Kite & Co. Automation",
    "Polar Instruments",
    "Riverbend Connect",
    "Saltmarsh Digital",
    "Tern Industrial",
    "Uplands Remote",
    "Wexford Metering",
];
const PLACES: [&str; 8] = [
    "Oslo", "Porto", "Denver", "Pune", "Osaka", "Lagos", "Perth", "Quito",
];

pub(super) fn company(number: usize) -> String {
    let name = COMPANIES[number % COMPANIES.len()];
    match number / COMPANIES.len() {
        0 => name.to_owned(),
        round => format!(
            "{name} {}{}",
            PLACES[(round - 1) % PLACES.len()],
            if round > PLACES.len() { " Branch" } else { "" }
        ),
    }
}

const GIVEN: [&str; 24] = [
    "Ana", "Bruno", "Carla", "David", "Elif", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Karin",
    "Luca", "Mina", "Noor", "Olga", "Pavel", "Rosa", "Sven", "Tariq", "Uma", "Viktor", "Wen",
    "Yara", "Zoltan",
];
const FAMILY: [&str; 24] = [
    "Almeida",
    "Berg",
    "Costa",
    "Dahl",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Haddad",
    "Ito",
    "Jensen",
    "Kaya",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Petrov",
    "Quint",
    "Rossi",
    "Silva",
    "Tanaka",
    "Ueda",
    "Vargas",
    "Weber",
    "Zhang",
];

/// A person's name and address.
pub(super) fn person(draw: &mut Draw) -> (String, String) {
    let (given, family) = (draw.pick(&GIVEN), draw.pick(&FAMILY));
    let host = draw.pick(&["example.com", "example.org", "example.net"]);
    let number = 10 + draw.below(90);
    let address = format!(
        "{}.{}{number}@{host}",
        given.to_lowercase(),
        family.to_lowercase()
    );
    (format!("{given} {family}"), address)
}

/// A token's name.
pub(super) fn token(draw: &mut Draw) -> &'static str {
    draw.pick(&[
        "Default",
        "Billing export",
        "Grafana reader",
        "Nightly report",
        "ERP bridge",
        "Mobile app",
        "Data lake",
        "Contractor access",
        "On-call dashboard",
        "Provisioning script",
        "Support desk",
        "Legacy gateway",
    ])
}

pub(super) const ZONES: [&str; 6] = [
    "America/New_York",
    "Europe/Oslo",
    "America/Sao_Paulo",
    "UTC",
    "Asia/Kolkata",
    "Europe/Lisbon",
];
