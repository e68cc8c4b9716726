/** Why a pattern is malformed, at its place in the params: Flink's reasons (Pattern, Quantifier, NFACompiler of 2.2.1), and a loop that would never end. */
import type { Problem } from "@millrace/engine/pipeline";
import { quote, words } from "../field-types.ts";
import { type Automaton, END_NAME, makeAutomaton, type State } from "./automaton.ts";
import { conditionsAt, MOST_CONDITIONS } from "./decisions.ts";
import type { Link } from "./links.ts";
import { chainOf, stepNames } from "./links-of-params.ts";
import type { PatternParams, Step } from "./params.ts";

type Path = readonly (string | number)[];

export function patternProblems(params: PatternParams): Problem[] {
  const { links } = chainOf(params);
  const problems = [...nameProblems(params.steps), ...chainProblems(params.steps, links, ["steps"]), ...skipProblems(params)];
  // An automaton can be made of a well-formed chain alone.
  return problems.length > 0 ? problems : automatonProblems(params, makeAutomaton(links));
}

function nameProblems(steps: readonly Step[]): Problem[] {
  const seen = new Set<string>([END_NAME]);
  const problems: Problem[] = [];
  const visit = (list: readonly Step[], path: Path): void => {
    for (const [i, step] of list.entries()) {
      if (step.is === "group") visit(step.steps, [...path, i, "steps"]);
      else if (seen.has(step.name))
        problems.push(
          words(
            [...path, i, "name"],
            `the name ${quote(step.name)} is taken. Rename the step: expressions speak of its rows by its name.`,
            `名称 ${quote(step.name)} 已被占用。请为该步骤改名：表达式用名称引用它的行。`,
          ),
        );
      else seen.add(step.name);
    }
  };
  visit(steps, ["steps"]);
  return problems;
}

function chainProblems(steps: readonly Step[], links: readonly Link[], path: Path): Problem[] {
  return steps.flatMap((step, i) => {
    const link = links[i] as Link;
    const before = links[i - 1];
    const at: Path = [...path, i];
    const problems: Problem[] = [];
    if (step.is === "none" && before === undefined)
      problems.push(
        words(
          [...at, "is"],
          "it begins with a row that must not come. Begin with a row that must.",
          "不能以不得出现的行开头。请以必须出现的行开头。",
        ),
      );
    if (step.is === "none" && before?.optional)
      problems.push(
        words(
          [...at, "is"],
          `${quote(link.name)} must not come after ${quote(before.name)}, which may be missing. Make that one necessary, or use two patterns: one with it, one without.`,
          `${quote(link.name)} 不得出现在可缺省的 ${quote(before.name)} 之后。请让前者必须出现，或用两个模式：一个包含它，一个不包含。`,
        ),
      );
    if (step.is !== "none" && step.optional && before?.greedy)
      problems.push(
        words(
          [...at, "optional"],
          `${quote(link.name)} may be missing after ${quote(before.name)}, which is greedy. Make it necessary, or the other not greedy.`,
          `${quote(link.name)} 在贪婪的 ${quote(before.name)} 之后不能可缺省。请让它必须出现，或取消前者的贪婪。`,
        ),
      );
    if (link.greedy && link.inner === "any")
      problems.push(
        words(
          [...at, "repeat", "greedy"],
          "a greedy step takes all that it can, so there are no combinations. Choose one of the two.",
          "贪婪的步骤会尽量匹配，因此没有组合可言。请二选一。",
        ),
      );
    if (link.times !== undefined && link.times.most < link.times.least)
      problems.push(
        words(
          [...at, "repeat", "most"],
          `at most ${link.times.most} is less than at least ${link.times.least}. Make it at least as many.`,
          `最多 ${link.times.most} 次少于最少 ${link.times.least} 次。请不小于最少次数。`,
        ),
      );
    return step.is === "group" ? [...problems, ...chainProblems(step.steps, link.group as readonly Link[], [...at, "steps"])] : problems;
  });
}

function skipProblems({ skip, steps, output }: PatternParams): Problem[] {
  const problems: Problem[] = [];
  const named = steps.flatMap((step) => (step.is === "group" ? [] : [step.name]));
  if ("step" in skip && !named.includes(skip.step))
    problems.push(
      words(
        ["skip", "step"],
        `there is no step ${quote(skip.step)} to skip to outside of groups. Choose one of ${named.map(quote).join(", ")}.`,
        `分组之外没有可跳转到的步骤 ${quote(skip.step)}。请选择 ${named.map(quote).join("、")} 之一。`,
      ),
    );
  const all = stepNames(steps);
  if (output.do === "row" && output.step !== undefined && !all.includes(output.step))
    problems.push(
      words(
        ["output", "step"],
        `there is no step ${quote(output.step)}. Choose one of ${all.map(quote).join(", ")}.`,
        `没有步骤 ${quote(output.step)}。请选择 ${all.map(quote).join("、")} 之一。`,
      ),
    );
  return problems;
}

function automatonProblems({ steps }: PatternParams, automaton: Automaton): Problem[] {
  const problems: Problem[] = [];
  const last = steps.length - 1;
  const lastStep = steps[last];
  if (lastStep?.is === "none" && lastStep.follows === "followed-by" && automaton.withinMs === 0 && lastStep.gap === undefined)
    problems.push(
      words(
        ["within"],
        `it ends with ${quote(lastStep.name)}, which must not come, but nothing says until when. Write a length of time, such as "10 s".`,
        `以不得出现的 ${quote(lastStep.name)} 结尾，但没有说明到何时为止。请填写时长，例如 “10 s”。`,
      ),
    );
  const longest = Math.max(0, ...automaton.gaps.values());
  if (automaton.withinMs > 0 && longest > automaton.withinMs)
    problems.push(
      words(
        ["within"],
        `the whole match takes less than ${automaton.withinMs} ms, but ${longest} ms may pass from one row to the next. Make the whole longer, or the step shorter.`,
        `整个匹配须短于 ${automaton.withinMs} 毫秒，而相邻两行之间可以有 ${longest} 毫秒。请加长整体时限，或缩短步骤时限。`,
      ),
    );
  if (automaton.states.some((state) => proceedsToItself(state)))
    problems.push(
      words(
        ["steps"],
        "a group is repeated all of whose steps may be missing, so it could be repeated for ever without a row. Make one of its steps necessary.",
        "重复的分组中所有步骤都可缺省，因此可以不匹配任何行而无限重复。请让其中一个步骤必须出现。",
      ),
    );
  else if (automaton.states.some((state) => conditionsAt(state).length > MOST_CONDITIONS))
    problems.push(
      words(
        ["steps"],
        `more than ${MOST_CONDITIONS} conditions matter at once, as too many steps in a row may be missing. Make some of them necessary.`,
        `同时起作用的条件超过 ${MOST_CONDITIONS} 个，因为连续可缺省的步骤太多。请让其中一些必须出现。`,
      ),
    );
  return problems;
}

function proceedsToItself(state: State): boolean {
  const seen = new Set<State>();
  const open = [state];
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const { action, target } of from.edges) {
      if (action !== "proceed") continue;
      if (target === state) return true;
      if (!seen.has(target)) {
        seen.add(target);
        open.push(target);
      }
    }
  }
  return false;
}
