/** Settings of a connection against what its kind can be set to: a misspelt name would otherwise quietly mean the default. */
import { isAbsolute } from "node:path";
import type { ConnectionKind, ConnectionSetting } from "@millrace/nodes/specs";
import type { Connection } from "../api.ts";
import { ApiFailure, quote } from "../http/api-failure.ts";
import { isSecret } from "./store.ts";

type Setting = Connection["settings"][string];

/** Throws `ApiFailure` for the first setting that cannot be. Whether a folder is there, or a system answers, is for the test of the connection. */
export function checkSettings(kinds: readonly ConnectionKind[], { kind, role, settings }: Omit<Connection, "name">): void {
  const found = kinds.find((one) => one.kind === kind && one.role === role);
  if (!found) throw bad(`There is no kind ${quote(kind)} for role ${quote(role)}.`, `角色 ${quote(role)} 没有类型 ${quote(kind)}。`);
  for (const [name, value] of Object.entries(settings)) {
    const setting = found.settings.find((one) => one.name === name);
    if (!setting) throw unknownSetting(name, found);
    checkValue(setting, value);
  }
}

function checkValue({ name, type, options = [] }: ConnectionSetting, value: Setting): void {
  const text = shown(value);
  if (type === "secret") {
    if (isSecret(value) && (typeof value.secret === "string" || value.secret === true)) return;
    throw bad(
      `settings.${name}: this is a secret. Send { "secret": text }, or { "secret": true } to keep what is stored.`,
      `settings.${name}:这是机密。请发送 { "secret": 文本 },或用 { "secret": true } 保留已存储的值。`,
    );
  }
  if (typeof value !== "string" || value === "" || value.includes("\0")) {
    throw bad(
      `settings.${name}: expected a text, got ${text}. Leave it out for the default.`,
      `settings.${name}:应为文本,实际为 ${text}。使用默认值时请不要填写。`,
    );
  }
  if (type === "number" && !(Number(value) > 0)) {
    throw bad(`settings.${name}: expected a number above 0, got ${text}.`, `settings.${name}:应为大于 0 的数,实际为 ${text}。`);
  }
  if (type === "choice" && !options.some((option) => option.value === value)) {
    const known = options.map((option) => quote(option.value)).join(", ");
    throw bad(`settings.${name}: expected one of ${known}, got ${text}.`, `settings.${name}:应为 ${known} 之一,实际为 ${text}。`);
  }
  if (type === "folder" && !isAbsolute(value)) {
    throw bad(
      `settings.${name}: ${text} is not a whole path. Begin at the root of the disk, so that it means the same folder wherever the server is started.`,
      `settings.${name}:${text} 不是完整路径。请从磁盘根目录写起,使其与服务器的启动位置无关。`,
    );
  }
}

/** A value in a message, unless it could be a secret that was sent in the wrong shape. */
function shown(value: Setting): string {
  if (typeof value === "object") return value === null ? "null" : Array.isArray(value) ? "a list" : "an object";
  return typeof value === "string" ? quote(value) : String(value);
}

function unknownSetting(name: string, { kind, role, settings }: ConnectionKind): ApiFailure {
  const names = settings.map((setting) => quote(setting.name)).join(", ");
  return bad(
    `There is no setting ${quote(name)} of kind ${quote(kind)} for role ${quote(role)}. ${names ? `It has: ${names}.` : "It has none."}`,
    `角色 ${quote(role)} 的类型 ${quote(kind)} 没有设置项 ${quote(name)}。${names ? `可用的有:${names}。` : "此类型没有设置项。"}`,
  );
}

function bad(en: string, zh: string): ApiFailure {
  return new ApiFailure(400, "bad-setting", { en, zh });
}
