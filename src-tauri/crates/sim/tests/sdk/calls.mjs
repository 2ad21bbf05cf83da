// Makes calls of TagoIO's SDK for JavaScript as they are asked for on standard input, a line of JSON
// each, and answers with a line of what the SDK returned or threw.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The SDK is installed outside the source tree: this script does not lie beside it.
const installed = createRequire(pathToFileURL(`${process.argv[2]}/package.json`));
const sdk = installed("@tago-io/sdk");

const isDate = (value) => value !== null && typeof value === "object" && typeof value.$date === "string";
const taken = (_, value) => (isDate(value) ? new Date(value.$date) : value);
// Dates would turn into text before a replacer sees them.
Date.prototype.toJSON = undefined;
const given = (_, value) => (value instanceof Date ? { $date: value.toISOString() } : value);

for await (const line of createInterface({ input: process.stdin })) {
  const { url, token, call, args } = JSON.parse(line, taken);
  const region = { api: url, sse: url };
  const [scope, method] = call.split(".");
  let answer;
  try {
    if (scope === "Account") {
      answer = { returned: await sdk.Account[method](...args, region) };
    } else if (scope === "Device" || scope === "Network" || scope === "Authorization") {
      answer = { returned: await new sdk[scope]({ token, region })[method](...args) };
    } else if (scope === "paymentHistory") {
      answer = { returned: await new sdk.Account({ token, region })[scope][method](...args) };
    } else {
      const resources = new sdk.Resources({ token, region });
      answer = { returned: await (resources[scope] ?? resources[`${scope}s`])[method](...args) };
    }
  } catch (error) {
    answer = { thrown: typeof error === "string" ? error : `${error?.statusText ?? error}` };
  }
  process.stdout.write(`${JSON.stringify(answer, given)}\n`);
}
