import { NativeSelect, Text } from "@mantine/core";
import type { Connection, Environment } from "@millrace/server/api";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { server } from "../server.ts";
import { useSending } from "../store/use-sending.ts";
import { type Alias, choicesFor, gatherAliases } from "./aliases.ts";
import { NamedDialog, NamedForm } from "./NamedForm.tsx";
import type { Known } from "./use-connections.ts";

interface EnvironmentFormProps {
  /** Undefined: closed. */
  readonly editing: Environment | "new" | undefined;
  readonly known: Known;
  readonly onClose: () => void;
  readonly onSaved: () => Promise<void>;
}

export function EnvironmentForm({ editing, ...rest }: EnvironmentFormProps) {
  const { t } = useTranslation("connections");
  return (
    <NamedDialog editing={editing} newTitle={t("newEnvironment")} onClose={rest.onClose}>
      {(before) => <Fields before={before} {...rest} />}
    </NamedDialog>
  );
}

interface FieldsProps extends Omit<EnvironmentFormProps, "editing"> {
  readonly before: Environment | undefined;
}

function Fields({ before, known, onClose, onSaved }: FieldsProps) {
  const { t } = useTranslation("connections");
  const [name, setName] = useState(before?.name ?? "");
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>(before?.connections ?? {});
  const { busy, failure, send } = useSending();
  const aliases = gatherAliases(known.pipelines, before);

  const choose = (alias: string, connection: string) => {
    const { [alias]: _, ...others } = chosen;
    setChosen(connection === "" ? others : { ...others, [alias]: connection });
  };
  const save = async () => {
    if (!(await send(() => server.saveEnvironment({ name: name.trim(), connections: { ...chosen } })))) return;
    onClose();
    await onSaved();
  };
  return (
    <NamedForm
      isNew={!before}
      name={name}
      onName={setName}
      taken={known.environments.map((environment) => environment.name)}
      failure={failure}
      busy={busy}
      onClose={onClose}
      onSave={save}
    >
      <Text size="sm">{aliases.length === 0 ? t("noAliases") : t("aliasesHelp")}</Text>
      {aliases.map((alias) => (
        <AliasField
          key={alias.name}
          alias={alias}
          connections={known.connections}
          chosen={Object.hasOwn(chosen, alias.name) ? chosen[alias.name] : undefined}
          onChange={(connection) => choose(alias.name, connection)}
        />
      ))}
    </NamedForm>
  );
}

interface AliasFieldProps {
  readonly alias: Alias;
  readonly connections: readonly Connection[];
  readonly chosen: string | undefined;
  /** Empty: built in. */
  readonly onChange: (connection: string) => void;
}

function AliasField({ alias, connections, chosen, onChange }: AliasFieldProps) {
  const { t } = useTranslation("connections");
  const { name, roles, pipelines } = alias;
  const choices = choicesFor(alias, connections, chosen);
  const [role] = roles;
  const chosenRole = connections.find((one) => one.name === chosen)?.role;
  const misfit = chosenRole !== undefined && roles.length > 0 && !(roles.length === 1 && role === chosenRole);
  const usedBy = pipelines.length === 0 ? t("aliasUnused") : t("aliasUsed", { names: pipelines.join(", ") });
  return (
    <NativeSelect
      label={name}
      description={roles.length > 0 && choices.length === 0 ? `${usedBy} ${t("noneFits")}` : usedBy}
      error={misfit && (roles.length > 1 ? t("rolesDiffer") : t("wrongRole", { connection: chosen ?? "" }))}
      value={chosen ?? ""}
      data={[
        { value: "", label: roles.length === 1 && role ? t(`builtIn.${role}`) : t("builtInAny") },
        ...choices.map((connection) => ({ value: connection.name, label: connection.name })),
      ]}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
