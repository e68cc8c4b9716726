import type { Block, Inline } from "./markdown.ts";

export function MarkdownText({ blocks }: { readonly blocks: readonly Block[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no names and no state; all are drawn anew when the text changes
  return blocks.map((block, index) => <BlockView key={`${index} ${block.kind}`} block={block} />);
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "heading":
      return (
        <p data-level={Math.min(block.level, 3)}>
          <InlineText content={block.content} />
        </p>
      );
    case "paragraph":
      return (
        <p>
          <InlineText content={block.content} />
        </p>
      );
    case "list":
      return (
        <ul>
          {block.items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            <li key={`${index} ${item.length}`}>
              <InlineText content={item} />
            </li>
          ))}
        </ul>
      );
  }
}

function InlineText({ content }: { readonly content: readonly Inline[] }) {
  return content.map((part, index) => {
    const key = `${index} ${part.kind}`;
    if (part.kind === "strong") return <strong key={key}>{part.text}</strong>;
    if (part.kind === "em") return <em key={key}>{part.text}</em>;
    if (part.kind === "code") return <code key={key}>{part.text}</code>;
    if (part.kind !== "link") return <span key={key}>{part.text}</span>;
    return (
      <a key={key} href={part.href} target="_blank" rel="noreferrer">
        {part.text}
      </a>
    );
  });
}
