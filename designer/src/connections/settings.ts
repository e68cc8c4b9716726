/** Settings of a connection between what is stored, what a form holds, and what is shown. */
import type { Words } from "@millrace/engine/node";
import { type ConnectionKind, type ConnectionSetting, connectionKinds } from "@millrace/nodes/specs";
import type { Connection } from "@millrace/server/api";

type Settings = Connection["settings"];

export function kindOf({ kind, role }: Pick<Connection, "kind" | "role">): ConnectionKind | undefined {
  return connectionKinds.find((one) => one.kind === kind && one.role === role);
}

/** What the fields of the form hold at first. A stored secret is not known here; its field is empty. */
export function formValues({ settings: declared }: ConnectionKind, settings: Settings): Record<string, string> {
  return Object.fromEntries(declared.map(({ name }) => [name, textOf(own(settings, name))]));
}

/** Those that mean something with what is chosen. */
export function askedFor({ settings: declared }: ConnectionKind, values: Readonly<Record<string, string>>): ConnectionSetting[] {
  const chosen = (name: string) => values[name] || declared.find((one) => one.name === name)?.options?.[0]?.value;
  return declared.filter(({ onlyWith }) => !onlyWith || onlyWith.values.includes(chosen(onlyWith.choice) ?? ""));
}

/** What to send: an empty field is left out, an empty secret keeps what is `stored`. */
export function settingsFrom(kind: ConnectionKind, values: Readonly<Record<string, string>>, stored: Settings): Settings {
  const entries = askedFor(kind, values).flatMap(({ name, type }): [string, Settings[string]][] => {
    const text = type === "secret" ? (values[name] ?? "") : (values[name] ?? "").trim();
    if (type !== "secret") return text === "" ? [] : [[name, text]];
    if (text !== "") return [[name, { secret: text }]];
    return isStored(stored, name) ? [[name, { secret: true }]] : [];
  });
  return Object.fromEntries(entries);
}

/** Whether there is a value behind an empty secret. */
export function isStored(stored: Settings, name: string): boolean {
  return own(stored, name) !== undefined;
}

/** What can be shown of it in a line each: its settings but secrets and long texts. */
export function shownSettings(connection: Pick<Connection, "kind" | "role" | "settings">): { setting: ConnectionSetting; text: Words }[] {
  return (kindOf(connection)?.settings ?? []).flatMap((setting) => {
    const text = textOf(own(connection.settings, setting.name));
    if (text === "" || setting.type === "secret" || setting.type === "lines") return [];
    const option = setting.options?.find(({ value }) => value === text);
    return [{ setting, text: option?.title ?? { en: text, zh: text } }];
  });
}

function own(settings: Settings, name: string): Settings[string] | undefined {
  return Object.hasOwn(settings, name) ? settings[name] : undefined;
}

function textOf(value: Settings[string] | undefined): string {
  return typeof value === "string" ? value : "";
}
