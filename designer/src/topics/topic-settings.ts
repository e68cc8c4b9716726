/**
 * A topic's settings as people type them and as `kafka-topics --config` takes them: one a line, `name=value`. Later lines win.
 * `undefined` when a line is none.
 */
export function topicSettings(lines: string): Record<string, string> | undefined {
  const settings = lines
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => /^([a-z][a-z0-9._-]*)\s*=\s*(\S.*)$/.exec(line));
  if (settings.includes(null)) return undefined;
  return Object.fromEntries(settings.flatMap((setting) => (setting ? [[setting[1], setting[2]]] : [])));
}
