import { Alert, Anchor, NativeSelect, Stack, Text } from "@mantine/core";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { Connection } from "@millrace/server/api";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { show } from "../store/ui.ts";
import { meaningOf } from "./aliases.ts";
import classes from "./connections.module.css";
import { shownSettings } from "./settings.ts";
import { useConnections } from "./use-connections.ts";

interface EnvironmentChoiceProps {
  /** Of the document that is to be deployed. */
  readonly aliases: NonNullable<PipelineDocument["connections"]>;
  /** Undefined: built in for all. */
  readonly environment: string | undefined;
  readonly onChange: (environment: string | undefined) => void;
}

/** Which environment to deploy with, and what each alias then means. Nothing where there is neither an alias nor an environment. */
export function EnvironmentChoice({ aliases, environment, onChange }: EnvironmentChoiceProps) {
  const { t } = useTranslation("connections");
  const words = useWords();
  const { known, failure } = useConnections();
  if (failure) {
    return (
      <Alert color="red" variant="light" p="xs">
        {words(failure)}
      </Alert>
    );
  }
  const names = Object.keys(aliases);
  if (!known || (known.environments.length === 0 && names.length === 0)) return null;
  const chosen = known.environments.find(({ name }) => name === environment);
  return (
    <Stack gap={6}>
      {known.environments.length > 0 && (
        <NativeSelect
          label={t("environment")}
          value={chosen?.name ?? ""}
          data={[{ value: "", label: t("builtInForAll") }, ...known.environments.map(({ name }) => ({ value: name, label: name }))]}
          onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
        />
      )}
      {names.length === 0 ? (
        <Text size="xs" c="var(--mr-muted)">
          {t("draftHasNoAliases")}
        </Text>
      ) : (
        <ul className={classes.aliases} aria-label={t("means")} aria-live="polite">
          {Object.entries(aliases).map(([alias, { role }]) => (
            <AliasMeaning key={alias} alias={alias} role={role} connection={meaningOf(alias, chosen, known.connections)} />
          ))}
        </ul>
      )}
      {known.environments.length === 0 && (
        <Text size="xs" c="var(--mr-muted)">
          {t("makeEnvironment")}{" "}
          <Anchor component="button" type="button" size="xs" onClick={() => show({ view: "connections", overlay: undefined })}>
            {t("title")}
          </Anchor>
        </Text>
      )}
    </Stack>
  );
}

interface AliasMeaningProps {
  readonly alias: string;
  readonly role: Connection["role"];
  readonly connection: Connection | undefined;
}

function AliasMeaning({ alias, role, connection }: AliasMeaningProps) {
  const { t } = useTranslation("connections");
  const words = useWords();
  if (!connection) return <li>{t("mapped", { alias, connection: t(`builtIn.${role}`) })}</li>;
  const settings = shownSettings(connection).map(({ text }) => words(text));
  return (
    <li>
      {t("mapped", { alias, connection: connection.name })}
      {settings.length > 0 && <span className={classes.place}> ({settings.join(", ")})</span>}
      {connection.role !== role && <div className={classes.wrong}>{t("wrongRole", { connection: connection.name })}</div>}
    </li>
  );
}
