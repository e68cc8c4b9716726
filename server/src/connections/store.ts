/**
 * Connections by name, and environments that say which connection an alias means. A setting of the form `{ "secret": "text" }` is a secret: it is stored encrypted, answered as
 * `{ "secret": true }`, and sending that back keeps what is stored.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Connection, Environment, TestedConnection } from "../api.ts";
import type { SecretBox } from "../metadata/secrets.ts";
import type { ConnectionConfig } from "../runs/run-host.ts";

type Settings = Connection["settings"];
type Setting = Settings[string];

export type ConnectionStore = ReturnType<typeof createConnectionStore>;

export function createConnectionStore(database: DatabaseSync, secrets: SecretBox) {
  const all = database.prepare("SELECT * FROM connections ORDER BY name");
  const one = database.prepare("SELECT * FROM connections WHERE name = ?");
  const put = database.prepare(
    "INSERT INTO connections (name, kind, role, settings) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, role = excluded.role, settings = excluded.settings",
  );
  const remove = database.prepare("DELETE FROM connections WHERE name = ?");
  const allEnvironments = database.prepare("SELECT * FROM environments ORDER BY name");
  const oneEnvironment = database.prepare("SELECT * FROM environments WHERE name = ?");
  const putEnvironment = database.prepare(
    "INSERT INTO environments (name, connections) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET connections = excluded.connections",
  );
  const removeEnvironment = database.prepare("DELETE FROM environments WHERE name = ?");

  function stored(name: string): Connection | undefined {
    const row = one.get(name) as ConnectionRow | undefined;
    return row && readConnection(row);
  }

  /** As it is to be stored. A `{ "secret": true }` for which nothing is stored is left out. */
  function sealed(name: string | undefined, given: Settings): Settings {
    const before = (name === undefined ? undefined : stored(name)?.settings) ?? {};
    const settings: [string, Setting][] = [];
    for (const [key, value] of Object.entries(given)) {
      if (!isSecret(value)) settings.push([key, value]);
      else if (typeof value.secret === "string") settings.push([key, { secret: secrets.seal(value.secret) }]);
      else if (Object.hasOwn(before, key) && isSecret(before[key])) settings.push([key, before[key]]);
    }
    return Object.fromEntries(settings);
  }

  function opened({ kind, role, settings }: Omit<Connection, "name">): ConnectionConfig {
    const entries = Object.entries(settings).map(([key, value]) => [key, isSecret(value) ? secrets.open(String(value.secret)) : value]);
    return { kind, role, settings: Object.fromEntries(entries) as Record<string, unknown> };
  }

  return {
    /** Without secrets. */
    list: (): readonly Connection[] => all.all().map((row) => hidden(readConnection(row as unknown as ConnectionRow))),

    get(name: string): Connection | undefined {
      const found = stored(name);
      return found && hidden(found);
    },

    /** Without secrets. */
    put(connection: Connection): Connection {
      const { name, kind, role } = connection;
      const settings = sealed(name, connection.settings);
      put.run(name, kind, role, JSON.stringify(settings));
      return hidden({ name, kind, role, settings });
    },

    /** False when there was none. */
    remove: (name: string): boolean => remove.run(name).changes === 1,

    /** With the secrets in the clear, to be opened. */
    config(name: string): ConnectionConfig | undefined {
      const found = stored(name);
      return found && opened(found);
    },

    /** The same of a connection that is not saved yet; with a name, its stored secrets stand in for hidden ones. */
    unsavedConfig: ({ name, kind, role, settings }: TestedConnection): ConnectionConfig =>
      opened({ kind, role, settings: sealed(name, settings) }),

    environments: (): readonly Environment[] => allEnvironments.all().map((row) => readEnvironment(row as unknown as EnvironmentRow)),

    environment(name: string): Environment | undefined {
      const row = oneEnvironment.get(name) as EnvironmentRow | undefined;
      return row && readEnvironment(row);
    },

    putEnvironment(environment: Environment): Environment {
      putEnvironment.run(environment.name, JSON.stringify(environment.connections));
      return environment;
    },

    removeEnvironment: (name: string): boolean => removeEnvironment.run(name).changes === 1,
  };
}

interface ConnectionRow {
  readonly name: string;
  readonly kind: Connection["kind"];
  readonly role: Connection["role"];
  readonly settings: string;
}

interface EnvironmentRow {
  readonly name: string;
  readonly connections: string;
}

function readConnection(row: ConnectionRow): Connection {
  return { name: row.name, kind: row.kind, role: row.role, settings: JSON.parse(row.settings) as Settings };
}

function readEnvironment(row: EnvironmentRow): Environment {
  return { name: row.name, connections: JSON.parse(row.connections) as Record<string, string> };
}

export function isSecret(value: Setting | undefined): value is { secret: Setting } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 1 && "secret" in value;
}

function hidden(connection: Connection): Connection {
  const settings = Object.entries(connection.settings).map(([name, value]) => [name, isSecret(value) ? { secret: true } : value]);
  return { ...connection, settings: Object.fromEntries(settings) as Settings };
}
