/** JSON text; bigints (node cases are TypeScript) as plain digits. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === "bigint" ? (JSON as unknown as RawJson).rawJSON(member.toString()) : member,
  );
}

/** In every engine Millrace runs on; missing from the compiler's library. */
interface RawJson {
  rawJSON(text: string): unknown;
}
