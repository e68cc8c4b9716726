import { NativeSelect, Text } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { server } from "../server.ts";
import { useErrorText } from "../topics/error-text.ts";

interface ConnectionSelectProps {
  readonly of: "topic" | "dimension" | "table";
  /** Left out: what is built in. */
  readonly connection: string | undefined;
  readonly onChange: (connection: string | undefined) => void;
  /** Word for what is built in. */
  readonly builtIn: string;
  /** Stands there where nothing but the built in is to be chosen. */
  readonly alone?: ReactNode;
}

/** Through which connection of a role a browser looks. */
export function ConnectionSelect({ of: role, connection, onChange, builtIn, alone = null }: ConnectionSelectProps) {
  const { t } = useTranslation("connections");
  const errorText = useErrorText();
  const [names, setNames] = useState<readonly string[]>([]);
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    const asked = new AbortController();
    server.connections(asked.signal).then(
      (all) => setNames(all.filter((one) => one.role === role && one.kind !== "built-in").map((one) => one.name)),
      (error: unknown) => {
        if (!asked.signal.aborted) setFailure(errorText(error));
      },
    );
    return () => asked.abort();
  }, [role, errorText]);
  if (failure) return <Text size="xs">{failure}</Text>;
  if (names.length === 0 && connection === undefined) return alone;
  const listed = connection === undefined || names.includes(connection) ? names : [connection, ...names];
  return (
    <NativeSelect
      size="xs"
      aria-label={t("connection")}
      value={connection ?? ""}
      data={[{ value: "", label: builtIn }, ...listed.map((value) => ({ value, label: value }))]}
      onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
    />
  );
}
