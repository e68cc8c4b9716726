/** Ids are made from a node's first name and never change: state is found by them. */

const LONGEST = 56;

/** "Page split" → "page_split"; a name without Latin letters gives the type's name; a taken id gets a number. */
export function freshId(name: string, fallback: string, isTaken: (id: string) => boolean): string {
  const base = slug(name) || slug(fallback) || "node";
  if (!isTaken(base)) return base;
  let count = 2;
  while (isTaken(`${base}_${count}`)) count++;
  return `${base}_${count}`;
}

/** "Filter" → "Filter 2" while the name is there. */
export function freshName(name: string, names: ReadonlySet<string>): string {
  if (!names.has(name)) return name;
  const stem = name.replace(/ \d+$/, "");
  let count = 2;
  while (names.has(`${stem} ${count}`)) count++;
  return `${stem} ${count}`;
}

function slug(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, LONGEST)
    .replace(/_+$/, "");
}
