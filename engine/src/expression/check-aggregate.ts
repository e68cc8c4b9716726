/** Expressions over groups of rows: "SUM(amount) / COUNT(*)". The aggregates are taken out, so that what is left is an expression over one row of their values. */
import type { DataType, Schema } from "../schema/index.ts";
import type { CheckedAggregate } from "./api.ts";
import { typeAggregate } from "./check-call.ts";
import { asCondition } from "./check-forms.ts";
import { isRepeatable } from "./repeated.ts";
import type { Scope } from "./scope.ts";
import type { Expression } from "./syntax.ts";
import { type Typed, withNullable } from "./typed-tree.ts";

type Call = Extract<Expression, { kind: "call" }>;

/** What collects the aggregates of one expression; equal ones are computed once. */
export class AggregateCollector {
  readonly found: CheckedAggregate[] = [];
  private readonly rows: (read: (path: readonly string[]) => void) => Scope;
  private readonly groups: Schema;

  /** `rows` makes a scope over the rows of a group; `groups` are the fields that a group has beside its aggregates. */
  constructor(rows: (read: (path: readonly string[]) => void) => Scope, groups: Schema) {
    this.rows = rows;
    this.groups = groups;
  }

  take(text: string, call: Call): Typed {
    const source = text.slice(call.range.start, call.range.end);
    const known = this.found.find((one) => one.text === source);
    const aggregate = known ?? this.add(source, call);
    return { kind: "field", name: aggregate.field, dataType: aggregate.dataType, range: call.range };
  }

  private add(source: string, call: Call): CheckedAggregate {
    const reads: (readonly string[])[] = [];
    const scope = this.rows((path) => reads.push(path));
    const { args, dataType } = typeAggregate(scope, call);
    const filter = call.over?.filter && asCondition(scope, scope.check(call.over.filter));
    const tree = (typed: Typed) => ({
      text: source,
      dataType: typed.dataType,
      declaredType: typed.dataType,
      reads,
      isRepeatable: isRepeatable(typed),
      tree: typed,
    });
    // A filter may leave nothing of a group.
    const isEmptyable = filter !== undefined && call.name !== "COUNT";
    const aggregate: CheckedAggregate = {
      text: source,
      field: this.freeName(source),
      name: call.name,
      distinct: call.over?.distinct === true,
      args: args.map(tree),
      filter: filter && tree(filter),
      dataType: isEmptyable ? withNullable(dataType, true) : (dataType as DataType),
    };
    this.found.push(aggregate);
    return aggregate;
  }

  /** The aggregate as it is written, which is the same in all expressions over the group. */
  private freeName(source: string): string {
    let name = source;
    while (this.groups.fields.some((field) => field.name === name)) name += "'";
    return name;
  }
}
