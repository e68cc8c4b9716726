/** Connection aliases of all pipelines, and what an environment makes of one. */
import type { Connection, Environment, PipelineSummary } from "@millrace/server/api";

type Role = Connection["role"];

export interface Alias {
  readonly name: string;
  /** More than one when pipelines use the name for different things; none when only the environment knows it. */
  readonly roles: readonly Role[];
  /** Names of the pipelines that have it. */
  readonly pipelines: readonly string[];
}

/** By name; those that only `environment` knows are among them. */
export function gatherAliases(pipelines: readonly PipelineSummary[], environment?: Environment): Alias[] {
  const found = new Map<string, { roles: Set<Role>; pipelines: Set<string> }>();
  const entry = (name: string) => {
    const known = found.get(name) ?? { roles: new Set(), pipelines: new Set() };
    found.set(name, known);
    return known;
  };
  for (const pipeline of pipelines) {
    for (const [name, { role }] of Object.entries(pipeline.connections ?? {})) {
      entry(name).roles.add(role);
      entry(name).pipelines.add(pipeline.name);
    }
  }
  for (const name of Object.keys(environment?.connections ?? {})) entry(name);
  return [...found]
    .map(([name, { roles, pipelines: users }]) => ({ name, roles: [...roles].sort(), pipelines: [...users].sort() }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Connections that can stand for the alias, and the one that does, whether it fits or not. */
export function choicesFor({ roles }: Alias, connections: readonly Connection[], chosen: string | undefined): Connection[] {
  return connections.filter(({ name, role }) => roles.length === 0 || roles.includes(role) || name === chosen);
}

/** Undefined: what is built in. */
export function meaningOf(alias: string, environment: Environment | undefined, connections: readonly Connection[]): Connection | undefined {
  const mapped = environment?.connections ?? {};
  return Object.hasOwn(mapped, alias) ? connections.find(({ name }) => name === mapped[alias]) : undefined;
}
