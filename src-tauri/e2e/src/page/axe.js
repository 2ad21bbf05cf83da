// Runs axe-core by the tags of the rules that it is given; answers a line for each finding.
const [tags, done] = arguments;
const options = {
  runOnly: { type: "tag", values: tags },
  // Off until told, as the newest rules of axe-core are.
  rules: { "target-size": { enabled: true } },
  resultTypes: ["violations"],
  // It would fetch the style sheets, which the page's policy forbids; they are of the page's own origin, so
  // nothing is in them that it does not see anyway.
  preload: false,
};
const line = ({ id, impact }, { target, failureSummary }) =>
  `axe ${id} (${impact}) ${target.flat().join(" ")}: ${failureSummary.replace(/\s+/g, " ")}`;
axe.run(document, options).then(
  ({ violations }) => done(violations.flatMap((rule) => rule.nodes.map((node) => line(rule, node)))),
  (reason) => done([`axe did not run: ${reason}`]),
);
