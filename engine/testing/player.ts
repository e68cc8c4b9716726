/**
 * Plays timelines. A node case is a pipeline of one node, so there is one player: it pushes what the steps say into a task, and after each step compares what came out
 * with what is expected. `restart` snapshots the task through plain data, throws it away and goes on in a new one; `rescale` goes on in another number of subtasks.
 */

import { codecOf } from "../src/codec/index.ts";
import { type CheckedExpression, check, compile } from "../src/expression/index.ts";
import {
  type Expectation,
  type InputRow,
  type LookupAnswers,
  MAX_TIME,
  MIN_TIME,
  type NodeType,
  type RoleName,
  type Roles,
  type Step,
  type TimelineTest,
} from "../src/node/index.ts";
import { analyze, insideOf, type PipelineDocument, type Problem, type TypedGraph, words } from "../src/pipeline/index.ts";
import type { DeadLetter, PortCounts } from "../src/run/index.ts";
import { CapturingSink } from "./capturing-sink.ts";
import { differences, type SeenRow, seenRow } from "./compare-rows.ts";
import { toJsonText } from "./json-text.ts";
import { LocalTasks } from "./local-tasks.ts";
import { MockAnswers } from "./mock-answers.ts";

export interface PlayResult {
  /** One message per difference, readable: step, place, expected and got. Empty: the test passed. */
  readonly failures: readonly string[];
  /** Everything that was emitted, by "node.port" ("sink" for what a sink wrote, by its node id), in order. */
  readonly rows: Readonly<Record<string, readonly SeenRow[]>>;
  readonly counts: Readonly<Record<string, PortCounts>>;
  readonly deadLetters: readonly DeadLetter[];
}

export interface PlayOptions {
  /** Restart before this step too (0: before the first). */
  readonly restartBefore?: number;
  /** Go on in so many subtasks before this step. */
  readonly rescaleBefore?: { readonly step: number; readonly parallelism: number };
  readonly settings?: { readonly timeZone?: string };
  /** Called behind each step with what it emitted, by place. */
  readonly onStep?: (emitted: Readonly<Record<string, readonly SeenRow[]>>) => void;
}

/** Plays one of a pipeline's tests. Problems of the document are failures. */
export function playPipeline(
  document: PipelineDocument,
  nodeTypes: ReadonlyMap<string, NodeType>,
  test: TimelineTest,
  options: PlayOptions = {},
): PlayResult {
  const specs = new Map([...nodeTypes].map(([type, node]) => [type, node.spec]));
  const { problems, graph } = analyze(document, specs, test.set === undefined ? {} : { set: test.set });
  const errors = problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0 || graph === undefined) return { failures: errors.map(describe), rows: {}, counts: {}, deadLetters: [] };
  return new Player(graph, nodeTypes).play(test.steps, options);
}

export class Player {
  private readonly graph: TypedGraph;
  private readonly nodeTypes: ReadonlyMap<string, NodeType>;
  private readonly sinks = new Map<string, CapturingSink>();
  private readonly mocks = new Map<string, MockAnswers>();
  private readonly rows: Record<string, SeenRow[]> = {};
  private readonly deadLetters: DeadLetter[] = [];
  private readonly failures: string[] = [];
  /** Totals of the lives before the last restart. */
  private readonly before = new Map<string, number>();
  private readonly ended = new Set<string>();
  private clock = 0;
  private lives = 0;
  private parallelism: number | undefined;
  private tasks: LocalTasks;
  private seen = new Map<string, number>();

  constructor(graph: TypedGraph, nodeTypes: ReadonlyMap<string, NodeType>) {
    this.graph = graph;
    this.nodeTypes = nodeTypes;
    for (const node of graph.nodes) if (nodeTypes.get(node.spec.type)?.createSink) this.sinks.set(node.id, new CapturingSink());
    for (const node of graph.nodes)
      if (nodeTypes.get(node.spec.type)?.createLookup) this.mocks.set(node.id, new MockAnswers(() => this.clock));
    this.tasks = this.newTasks();
  }

  play(steps: readonly Step[], options: PlayOptions = {}): PlayResult {
    steps.forEach((step, index) => {
      if (options.restartBefore === index) this.restart();
      if (options.rescaleBefore?.step === index) this.rescale(options.rescaleBefore.parallelism);
      const fresh = this.act(step);
      options.onStep?.(fresh);
      if (step.expect) this.compare(step.expect, fresh, `step ${index + 1}`);
    });
    return { failures: this.failures, rows: this.rows, counts: this.tasks.counts(), deadLetters: this.deadLetters };
  }

  /** Does what the step says; returns what it emitted by place. */
  private act(step: Step): Record<string, SeenRow[]> {
    if (step.restart) this.restart();
    if (step.rescale !== undefined) this.rescale(step.rescale);
    for (const [node, answers] of Object.entries(step.answers ?? {})) this.answer(node, answers);
    for (const [place, rows] of Object.entries(step.rows ?? {})) for (const row of rows) this.push(place, row);
    for (const [node, time] of Object.entries(step.watermark ?? {}))
      this.each(node, (task) => task.pushWatermark(node, time === "max" ? MAX_TIME : time));
    for (const [node, idle] of Object.entries(step.idle ?? {})) this.each(node, (task) => task.pushIdle(node, idle));
    if (step.clock !== undefined) this.clock = step.clock;
    // Flink asks its watermark generators every 200 ms; here each step is long enough for that.
    this.tasks.advanceClock(this.clock);
    if (step.end !== undefined)
      this.end(step.end === true ? this.graph.nodes.map((node) => node.id).filter((id) => this.tasks.isSource(id)) : step.end);
    this.deliver();
    return this.collect();
  }

  private answer(node: string, answers: LookupAnswers): void {
    const mock = this.mocks.get(node);
    if (mock) mock.change(answers);
    else this.failures.push(`there is no lookup ${JSON.stringify(node)}; there are ${[...this.mocks.keys()].join(", ") || "none"}.`);
  }

  /** Lookups answer as far as the clock says, and what they answer goes on. */
  private deliver(): void {
    for (const mock of this.mocks.values()) mock.tick();
    while (this.tasks.deliver()) for (const mock of this.mocks.values()) mock.tick();
  }

  private end(sources: readonly string[]): void {
    for (const id of sources) {
      this.ended.add(id);
      this.each(id, (task) => task.end(id));
    }
  }

  private push(place: string, row: InputRow): void {
    if (row.value === null) {
      this.tasks.tasks[0]?.pushTombstone(place);
      return;
    }
    const bytes = new TextEncoder().encode(typeof row.value === "string" ? row.value : toJsonText(row.value));
    this.tasks.pushText(place, bytes, row.time ?? this.clock, row.kind);
  }

  private collect(): Record<string, SeenRow[]> {
    const fresh: Record<string, SeenRow[]> = {};
    for (const [subtask, task] of this.tasks.tasks.entries())
      for (const node of task.nodes.values())
        for (const port of node.outputs.values()) {
          const place = `${node.id}.${port.name}`;
          const samples = port.tap.since(this.seen.get(`${subtask} ${place}`) ?? -1);
          const last = samples.at(-1);
          if (last) this.seen.set(`${subtask} ${place}`, last.seq);
          (fresh[place] ??= []).push(...samples.map((sample) => seenRow(sample.text, sample.time, sample.kind)));
        }
    for (const { id, outputs } of this.graph.uses)
      for (const port of Object.keys(outputs)) {
        const inside = insideOf(this.graph, id, port);
        fresh[`${id}.${port}`] = fresh[`${inside.node}.${inside.port}`] ?? [];
      }
    for (const [id, sink] of this.sinks) fresh[id] = sink.take();
    for (const [place, rows] of Object.entries(fresh)) (this.rows[place] ??= []).push(...rows);
    return fresh;
  }

  private each(nodeId: string, call: Parameters<LocalTasks["each"]>[1]): void {
    this.tasks.each(nodeId, call);
  }

  private rescale(parallelism: number): void {
    this.parallelism = parallelism;
    this.restart();
  }

  private restart(): void {
    const states = this.tasks.snapshot();
    for (const [name, total] of this.totals(false)) this.before.set(name, (this.before.get(name) ?? 0) + total);
    for (const mock of this.mocks.values()) mock.forget();
    this.tasks = this.newTasks();
    this.seen = new Map();
    this.tasks.restore(states);
    // A source that was at its end finds itself there again.
    this.end([...this.ended]);
  }

  private newTasks(): LocalTasks {
    return new LocalTasks({
      graph: this.graph,
      parallelism: this.parallelism,
      nodeTypes: this.nodeTypes,
      sinks: this.sinks,
      now: () => this.clock,
      // As in a run, what was drawn before a restart does not come again.
      seed: `test ${this.lives++}`,
      onDeadLetter: (letter) => this.deadLetters.push(letter),
      connectionOf: (id) => this.mockOf(id),
      showsAll: true,
      taps: {
        quota: Number.POSITIVE_INFINITY,
        keep: Number.POSITIVE_INFINITY,
        keepText: Number.POSITIVE_INFINITY,
        maxText: Number.POSITIVE_INFINITY,
      },
    });
  }

  private mockOf(id: string): Roles[RoleName] | undefined {
    const mock = this.mocks.get(id);
    return this.graph.nodes.find((node) => node.id === id)?.spec.connection === "http" ? mock?.http : mock?.dimensions;
  }

  /** Counters by the names that expectations use, over all lives when `whole`. */
  private totals(whole = true): Map<string, number> {
    const totals = new Map<string, number>(whole ? this.before : []);
    const add = (name: string, count: number) => totals.set(name, (totals.get(name) ?? 0) + count);
    for (const [id, counts] of Object.entries(this.tasks.counts())) {
      for (const [port, count] of Object.entries(counts.in)) add(`${id}.${port}`, count);
      for (const [port, count] of Object.entries(counts.out)) add(`${id}.${port}`, count);
      for (const [reason, count] of Object.entries(counts.dropped)) add(`${id}.dropped.${reason}`, count);
      add(`${id}.errors`, counts.errors);
    }
    return totals;
  }

  private compare(expect: Expectation, fresh: Record<string, SeenRow[]>, where: string): void {
    for (const [place, expected] of Object.entries(expect.rows ?? {})) {
      const got = fresh[place];
      if (got === undefined)
        this.failures.push(`${where}: there is no port ${JSON.stringify(place)}; there are ${Object.keys(fresh).sort().join(", ")}.`);
      else
        this.failures.push(...differences(expected, got, expect.ordered === true).map((difference) => `${where}, ${place}: ${difference}`));
    }
    const totals = this.totals();
    for (const [name, count] of Object.entries(expect.counters ?? {})) {
      const got = totals.get(name) ?? 0;
      if (got !== count) this.failures.push(`${where}, counter ${name}: expected ${count}, got ${got}.`);
    }
    this.compareHoldings(expect.holdings ?? {}, where);
    for (const [id, time] of Object.entries(expect.watermark ?? {})) {
      const watermark = this.tasks.watermarkOf(id) ?? MIN_TIME;
      const got = watermark === MIN_TIME ? "none" : watermark === MAX_TIME ? "max" : watermark;
      if (got !== time) this.failures.push(`${where}, watermark of ${id}: expected ${time}, got ${got}.`);
    }
    for (const [place, text] of Object.entries(expect.holds ?? {})) this.holds(place, text, fresh[place] ?? [], where);
  }

  private compareHoldings(expected: NonNullable<Expectation["holdings"]>, where: string): void {
    const counts = this.tasks.counts();
    for (const [place, count] of Object.entries(expected)) {
      const dot = place.indexOf(".");
      const held = counts[place.slice(0, dot)]?.holdings ?? {};
      const got = held[place.slice(dot + 1)];
      if (got === undefined)
        this.failures.push(
          `${where}: nothing is held by the name ${JSON.stringify(place)}; the node holds ${Object.keys(held).join(", ") || "nothing"}.`,
        );
      else if (got !== count) this.failures.push(`${where}, ${place}: expected ${count} held, got ${got}.`);
    }
  }

  private holds(place: string, text: string, rows: readonly SeenRow[], where: string): void {
    const [nodeId = "", port = ""] = place.split(".");
    const schema = [...this.graph.nodes, ...this.graph.uses].find((node) => node.id === nodeId)?.outputs[port]?.schema;
    if (!schema) {
      this.failures.push(`${where}: there is no port ${JSON.stringify(place)}.`);
      return;
    }
    const settings = { timeZone: this.graph.settings.timeZone };
    const { checked, problems } = check(text, schema, settings);
    if (!checked) {
      this.failures.push(...problems.map((problem) => `${where}, ${place} holds ${JSON.stringify(text)}: ${describe(problem)}`));
      return;
    }
    const evaluate = compile(checked as CheckedExpression, settings);
    const decoder = codecOf({ name: "json" }).decoder(schema, true, { name: "json" });
    for (const row of rows) {
      const bytes = new TextEncoder().encode(row.text);
      const value = evaluate(decoder.decode({ bytes, start: 0, end: bytes.length }), { time: row.time ?? 0, now: () => this.clock });
      if (value !== true) this.failures.push(`${where}, ${place}: ${JSON.stringify(text)} is ${String(value)} for ${row.text}.`);
    }
  }
}

function describe(problem: Problem): string {
  const place = [problem.nodeId, ...(problem.path ?? [])].filter((part) => part !== undefined).join(".");
  return `${place ? `${place}: ` : ""}${words(problem).en}`;
}
