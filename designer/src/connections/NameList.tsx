import { Text } from "@mantine/core";

/** Names one after the other; `none` where there is not one. */
export function NameList({ names, none }: { readonly names: readonly string[]; readonly none: string }) {
  if (names.length > 0) return <Text size="sm">{names.join(", ")}</Text>;
  return (
    <Text size="sm" c="var(--mr-muted)">
      {none}
    </Text>
  );
}
