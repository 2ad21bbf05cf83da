// A first sync as Profile Desk makes it, with TagoIO's official SDK for JavaScript: the same datasets,
// as many requests in flight, each answer read by the SDK and then forgotten. It tells what the same
// work costs whoever writes it with the SDK.
//
//   TAGOIO_URL     the API, http://127.0.0.1:PORT
//   TAGOIO_TOKENS  a token for each account, one a line
//   TAGOIO_SDK     where the SDK is installed: the folder that holds node_modules. The simulator's test
//                  `sdk` makes it from its own lock file, as sdk-js-… in the target folder's tmp
//
// Prints {requests, seconds, failed, refused, profiles}. Refused is what the API does not allow, as it
// does not to our program either: the team of a profile that somebody else shared.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// A request is sent once, as our program does.
process.env.TAGOIO_REQUEST_ATTEMPTS = "1";

const given = (name) => {
  const value = process.env[name]?.trim();
  if (!value) {
    console.error(`${name} is not set; the first lines of this script say what it is`);
    process.exit(2);
  }
  return value;
};
const url = given("TAGOIO_URL").replace(/\/$/, "");
const tokens = given("TAGOIO_TOKENS").split(/\s+/);
const sdk = createRequire(pathToFileURL(`${given("TAGOIO_SDK")}/package.json`))("@tago-io/sdk");

const IN_FLIGHT = 16;
const PAGE = 100;
// A page may be capped by the API, but a shorter one than this is the last.
const SMALLEST_PAGE = 20;
const FIELDS = [
  "token",
  "name",
  "type",
  "permission",
  "serie_number",
  "last_authorization",
  "verification_code",
  "expire_time",
  "ref_id",
  "created_at",
  "created_by",
];
const REFUSALS = ["Authorization Denied", "Resource allocation needs at least two profiles"];

const counts = { requests: 0, failed: 0, refused: 0 };
let free = IN_FLIGHT;
const waiting = [];

// Makes a call when fewer than 16 are in flight. `undefined`: it gave nothing.
async function ask(call) {
  if (free > 0) {
    free -= 1;
  } else {
    await new Promise((go) => waiting.push(go));
  }
  counts.requests += 1;
  try {
    return await call();
  } catch (error) {
    counts[REFUSALS.includes(error) ? "refused" : "failed"] += 1;
    return undefined;
  } finally {
    const next = waiting.shift();
    if (next) {
      next();
    } else {
      free += 1;
    }
  }
}

// The list of profiles, then what the account itself is and has bought.
async function account(resources) {
  const list = await ask(() => resources.profiles.list());
  await Promise.all([
    ask(() => resources.account.info()),
    ask(() => resources.billing.getSubscription()),
    ask(() => resources.billing.getSubscriptionSchedule()),
    ask(() => resources.billing.getSubscriptionSummary()),
    ask(() => resources.billing.getPaymentMethod()),
    ask(() => resources.billing.getPrices()),
    ask(() => resources.billing.getAllocation()),
  ]);
  return list ?? [];
}

const now = new Date();
// One sample more than 31 days of hours and 13 months of days: an amount lies between two.
const hours = { start_date: new Date(now - (31 * 24 + 1) * 3_600_000), end_date: now, periodicity: "hour" };
const days = { start_date: monthsBefore(now, 13), end_date: now, periodicity: "day" };
days.start_date.setUTCDate(days.start_date.getUTCDate() - 1);

function monthsBefore(date, months) {
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() - months];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const before = new Date(date);
  before.setUTCFullYear(year, month, Math.min(date.getUTCDate(), last));
  return before;
}

async function profile({ resources, id }) {
  await ask(() => resources.profiles.info(id));
  await ask(() => resources.profiles.summary(id));
  for (const span of [days, hours]) {
    const dates = { ...span, start_date: span.start_date.toISOString(), end_date: span.end_date.toISOString() };
    await ask(() => resources.profiles.usageStatisticList(id, { ...dates, timezone: "UTC" }));
  }
  for (let page = 1; ; page += 1) {
    const query = { page, amount: PAGE, fields: FIELDS, orderBy: ["created_at", "desc"] };
    const rows = await ask(() => resources.profiles.tokenList(id, query));
    if (!rows || rows.length < SMALLEST_PAGE) {
      break;
    }
  }
  await ask(() => resources.profiles.teamList(id));
}

const begun = performance.now();
const accounts = tokens.map((token) => new sdk.Resources({ token, region: { api: url, sse: url } }));
const lists = await Promise.all(accounts.map(account));

// Each profile once: by the account that owns it, or by the first that reaches it.
const reached = new Map();
for (const shared of [false, true]) {
  lists.forEach((list, number) => {
    for (const { id, from_share } of list) {
      if (Boolean(from_share) === shared && !reached.has(id)) {
        reached.set(id, { resources: accounts[number], id });
      }
    }
  });
}
const left = [...reached.values()];
const worker = async () => {
  for (let next = left.shift(); next; next = left.shift()) {
    await profile(next);
  }
};
await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
const seconds = (performance.now() - begun) / 1000;
console.log(JSON.stringify({ ...counts, seconds, profiles: reached.size }));
