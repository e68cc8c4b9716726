import type { NodeCase } from "@millrace/engine/node";
import { INPUTS, params } from "./case-parts.ts";

const refused = (name: string, given: NodeCase["params"], invalid: string): NodeCase => ({
  name,
  params: given,
  inputs: INPUTS,
  steps: [],
  invalid,
});

export const refusals: readonly NodeCase[] = [
  refused(
    "refuses a window without length",
    params({ kind: "tumbling", size: "0 s" }),
    'window.size: expected a length of time above zero, got "0 s". Try "10 s" or "1 d".',
  ),
  refused(
    "refuses an offset as long as the size",
    params({ kind: "tumbling", size: "10 s", offset: "-10 s" }),
    'window.offset: expected a distance in time that is shorter than the size, got "-10 s". Try "-15 min" or "2 s".',
  ),
  refused(
    "refuses an offset as long as the step",
    params({ kind: "sliding", size: "10 s", every: "2 s", offset: "2 s" }),
    'window.offset: expected a distance in time that is shorter than the step, got "2 s". Try "-15 min" or "2 s".',
  ),
  refused(
    "refuses a step that does not divide the longest window",
    params({ kind: "cumulating", size: "10 s", step: "3 s" }),
    'window.step: expected a length of time of which the size is a whole multiple, got "3 s". Try "1 h" or "10 min".',
  ),
  refused(
    "refuses more windows than a row can be in",
    params({ kind: "sliding", size: "1 d", every: "1 s" }),
    'window.every: expected a longer time, as a row would be in more than 10,000 windows, got "1 s". Try "1 min" or "30 s".',
  ),
  refused(
    "refuses lateness where table functions allow none",
    params({ kind: "tumbling", size: "10 s" }, { rules: "tvf", lateness: "1 s" }),
    'lateness: expected nothing, as windowing table functions allow no lateness, got "1 s". Try "1 min" or "2 h".',
  ),
  refused(
    "refuses early results where table functions give none",
    params({ kind: "tumbling", size: "10 s" }, { rules: "tvf", early: "1 s" }),
    'early: expected nothing, as windowing table functions give no early results, got "1 s". Try "10 s" or "1 min".',
  ),
  refused(
    "refuses HOP with a step that does not divide the size",
    params({ kind: "sliding", size: "5 s", every: "2 s" }, { rules: "tvf" }),
    'window.every: expected a length of time of which the size is a whole multiple, as HOP wants it, got "2 s". Try "1 min" or "30 s".',
  ),
  refused(
    "refuses lateness in processing time",
    params({ kind: "tumbling", size: "10 s" }, { time: "processing", lateness: "1 s" }),
    'lateness: expected nothing, as no row is late in processing time, got "1 s". Try "1 min" or "2 h".',
  ),
  refused(
    "refuses sessions of group windows with early results",
    params({ kind: "session", gap: "10 s" }, { rules: "group-window", early: "1 s" }),
    "window: expected no sessions where group windows allow lateness or give early results, got {kind, gap}.",
  ),
  refused(
    "refuses a field of the row outside of aggregates, and says which there are",
    { ...params({ kind: "tumbling", size: "10 s" }), fields: [{ name: "n", value: "n" }] },
    'fields[0].value: unknown field "n". Fields here: user, window_start, window_end, window_time.',
  ),
  refused(
    "refuses a field of the key's name",
    { ...params({ kind: "tumbling", size: "10 s" }), fields: [{ name: "user", value: "COUNT(*)" }] },
    'fields[0].name: two fields would be named "user". Rename one of them.',
  ),
  refused(
    "refuses a key of a name that every window has",
    { ...params({ kind: "tumbling", size: "10 s" }), key: [{ name: "window_end", value: "user" }] },
    'key[0].name: two fields would be named "window_end". Rename one of them.',
  ),
];
