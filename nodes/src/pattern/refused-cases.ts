import type { NodeCase } from "@millrace/engine/node";

const inputs = { in: "what STRING, n INT" };
const step = (name: string, more: object = {}) => ({ is: "row", name, where: `what = '${name}'`, ...more });
const none = (name: string, more: object = {}) => ({ is: "none", name, where: `what = '${name}'`, ...more });
const refused = (name: string, params: object, invalid: string): NodeCase => ({
  name: `refuses ${name}`,
  params: params as NodeCase["params"],
  inputs,
  invalid,
});

export const refusedCases: readonly NodeCase[] = [
  refused("to be without steps", { steps: [] }, "steps: expected a list with at least one entry, got []."),
  refused(
    "two steps of one name",
    { steps: [step("a"), step("b"), { is: "group", steps: [step("a")] }] },
    'steps[2].steps[0].name: the name "a" is taken. Rename the step: expressions speak of its rows by its name.',
  ),
  refused(
    "to begin with what must not come",
    { steps: [none("a"), step("b")] },
    "steps[0].is: it begins with a row that must not come. Begin with a row that must.",
  ),
  refused(
    "what must not come after what may be missing",
    { steps: [step("a"), step("b", { optional: true }), none("c"), step("d")] },
    'steps[2].is: "c" must not come after "b", which may be missing. Make that one necessary, or use two patterns: one with it, one without.',
  ),
  refused(
    "what may be missing after what is greedy",
    { steps: [step("a", { repeat: { do: "or-more", greedy: true } }), step("b", { optional: true }), step("c")] },
    'steps[1].optional: "b" may be missing after "a", which is greedy. Make it necessary, or the other not greedy.',
  ),
  refused(
    "combinations of what is greedy",
    { steps: [step("a", { repeat: { do: "or-more", greedy: true, between: "any" } }), step("b")] },
    "steps[0].repeat.greedy: a greedy step takes all that it can, so there are no combinations. Choose one of the two.",
  ),
  refused(
    "more at least than at most",
    { steps: [step("a", { repeat: { do: "times", least: 3, most: 2 } })] },
    "steps[0].repeat.most: at most 2 is less than at least 3. Make it at least as many.",
  ),
  refused(
    "to end with what must not come, for ever",
    { steps: [step("a"), none("b")] },
    'within: it ends with "b", which must not come, but nothing says until when. Write a length of time, such as "10 s".',
  ),
  refused(
    "a gap that is longer than the whole",
    { steps: [step("a"), step("b", { gap: "3 s" })], within: "2 s" },
    "within: the whole match takes less than 2000 ms, but 3000 ms may pass from one row to the next. Make the whole longer, or the step shorter.",
  ),
  refused(
    "to skip to a step that is not there",
    { steps: [step("a"), { is: "group", steps: [step("b")] }], skip: { to: "last", step: "b" } },
    'skip.step: there is no step "b" to skip to outside of groups. Choose one of "a".',
  ),
  refused(
    "to let out a step that is not there",
    { steps: [step("a")], output: { do: "row", step: "b" } },
    'output.step: there is no step "b". Choose one of "a".',
  ),
  refused(
    "to repeat a group that may be empty",
    { steps: [step("a"), { is: "group", steps: [step("b", { optional: true })], repeat: { do: "or-more" } }, step("c")] },
    "steps: a group is repeated all of whose steps may be missing, so it could be repeated for ever without a row. Make one of its steps necessary.",
  ),
  refused(
    "until where nothing is repeated without end",
    { steps: [step("a", { repeat: { do: "times", least: 2, until: "n = 1" } })] },
    'steps[0].repeat.until: unknown member "until". Known here: do, least, most, between, greedy, gap. Remove it.',
  ),
  refused(
    "a greedy group",
    { steps: [{ is: "group", steps: [step("a")], repeat: { do: "or-more", greedy: true } }, step("b")] },
    'steps[0].repeat.greedy: unknown member "greedy". Known here: do, least, between, until, gap. Remove it.',
  ),
  refused(
    "to repeat what must not come",
    { steps: [step("a"), none("b", { repeat: { do: "or-more" } }), step("c")] },
    'steps[1].repeat: unknown member "repeat". Known here: is, name, follows, where, gap. Remove it.',
  ),
  refused(
    "no time at all",
    { steps: [step("a"), step("b")], within: "0 s" },
    'within: expected a length of time above zero, got "0 s". Try "10 s".',
  ),
  refused(
    "an aggregate over two steps",
    { steps: [step("a"), step("b", { where: "SUM(a.n + b.n) > 1" })] },
    "steps[1].where: rows of one step are looked at at a time; this looks at a and b. Write two expressions, such as SUM(a.x) + SUM(b.x).",
  ),
  refused(
    "a condition that is none",
    { steps: [step("a", { where: "COUNT(a)" })] },
    'steps[0].where: expected a condition (BOOLEAN), got a value of type BIGINT NOT NULL. Compare it with something, as in "amount > 100".',
  ),
];
