import { NativeSelect } from "@mantine/core";
import type { Problem } from "@millrace/engine/pipeline";
import { useTranslation } from "react-i18next";
import { NamedList } from "./NamedList.tsx";
import { useNamedPart } from "./named-part.ts";

/** Aliases that nodes name; an environment says which connection each means. */
export function ConnectionsEditor({ problems }: { readonly problems: readonly Problem[] }) {
  const { t } = useTranslation("inspector");
  const part = useNamedPart("connections", "kafka");
  return (
    <NamedList
      title={t("connections")}
      help={t("connectionsHelp")}
      items={part.items}
      problems={problems}
      onAdd={() => part.add({ role: "topic" })}
      onRemove={part.remove}
      onRename={part.rename}
    >
      {(name, { role }) => (
        <NativeSelect
          size="sm"
          aria-label={t("role")}
          value={role}
          data={[
            { value: "topic", label: t("roleTopic") },
            { value: "files", label: t("roleFiles") },
            { value: "dimension", label: t("roleDimension") },
            { value: "http", label: t("roleHttp") },
          ]}
          onChange={({ currentTarget }) => part.change(name, { role: currentTarget.value as typeof role })}
        />
      )}
    </NamedList>
  );
}
