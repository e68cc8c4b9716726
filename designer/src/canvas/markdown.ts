/**
 * The Markdown that a note needs (headings, lists, emphasis, code, links), read into data that React draws: no HTML is ever made from text.
 */
export type Inline =
  | { readonly kind: "text" | "strong" | "em" | "code"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };
export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly content: readonly Inline[] }
  | { readonly kind: "paragraph"; readonly content: readonly Inline[] }
  | { readonly kind: "list"; readonly items: readonly (readonly Inline[])[] };

export function blocks(text: string): Block[] {
  const made: Block[] = [];
  let items: (readonly Inline[])[] = [];
  let lines: string[] = [];
  const flush = () => {
    if (items.length > 0) made.push({ kind: "list", items });
    if (lines.length > 0) made.push({ kind: "paragraph", content: inlines(lines.join(" ")) });
    items = [];
    lines = [];
  };
  for (const line of text.split(/\r?\n/)) {
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    const item = /^\s*(?:[-*]|\d+\.)\s+(.*)$/.exec(line);
    if (heading) {
      flush();
      made.push({ kind: "heading", level: (heading[1] as string).length, content: inlines(heading[2] as string) });
    } else if (item) {
      if (lines.length > 0) flush();
      items.push(inlines(item[1] as string));
    } else if (line.trim() === "") flush();
    else {
      if (items.length > 0) flush();
      lines.push(line.trim());
    }
  }
  flush();
  return made;
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g;

function inlines(text: string): Inline[] {
  const made: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) made.push({ kind: "text", text: text.slice(end, match.index) });
    const [whole, code, strong, em, link, href] = match;
    if (code !== undefined) made.push({ kind: "code", text: code });
    else if (strong !== undefined) made.push({ kind: "strong", text: strong });
    else if (em !== undefined) made.push({ kind: "em", text: em });
    else made.push({ kind: "link", text: link ?? "", href: href ?? "" });
    end = match.index + whole.length;
  }
  if (end < text.length) made.push({ kind: "text", text: text.slice(end) });
  return made;
}
