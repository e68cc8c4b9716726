import { Alert, Button, Group, Modal, NativeSelect, PasswordInput, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { type ConnectionKind, type ConnectionSetting, connectionKinds } from "@millrace/nodes/specs";
import type { Connection, ConnectionTest } from "@millrace/server/api";
import { IconPlugConnected } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { server } from "../server.ts";
import { useSending } from "../store/use-sending.ts";
import { formValues, isStored, kindOf, settingsFrom } from "./settings.ts";
import { TestSteps } from "./TestSteps.tsx";

interface ConnectionFormProps {
  /** Undefined: closed. */
  readonly editing: Connection | "new" | undefined;
  /** Names that are there: saving under one of them would change that one. */
  readonly taken: readonly string[];
  readonly onClose: () => void;
  readonly onSaved: () => Promise<void>;
}

export function ConnectionForm({ editing, taken, onClose, onSaved }: ConnectionFormProps) {
  const { t } = useTranslation("connections");
  const before = editing === "new" ? undefined : editing;
  return (
    <Modal
      opened={editing !== undefined}
      onClose={onClose}
      title={before ? t("editNamed", { name: before.name }) : t("newConnection")}
      closeButtonProps={{ "aria-label": t("close") }}
      size={560}
    >
      {editing !== undefined && <Fields before={before} taken={taken} onClose={onClose} onSaved={onSaved} />}
    </Modal>
  );
}

/** What is set most: the first kind that has something to set. */
const FIRST_KIND = connectionKinds.find(({ settings }) => settings.length > 0) ?? (connectionKinds[0] as ConnectionKind);
const keyOf = ({ kind, role }: { readonly kind: string; readonly role: string }) => `${kind} ${role}`;

interface FieldsProps extends Omit<ConnectionFormProps, "editing"> {
  readonly before: Connection | undefined;
}

function Fields({ before, taken, onClose, onSaved }: FieldsProps) {
  const { t } = useTranslation("connections");
  const words = useWords();
  const [kind, setKind] = useState((before && kindOf(before)) ?? FIRST_KIND);
  const [name, setName] = useState(before?.name ?? "");
  const [values, setValues] = useState(() => formValues(kind, before?.settings ?? {}));
  const [test, setTest] = useState<ConnectionTest>();
  const testing = useSending();
  const saving = useSending();

  const isTaken = !before && taken.includes(name.trim());
  const connection: Connection = {
    name: name.trim(),
    kind: kind.kind as Connection["kind"],
    role: kind.role,
    settings: settingsFrom(kind, values, before?.settings ?? {}),
  };
  const run = async () => {
    setTest(undefined);
    const { name: _, ...unnamed } = connection;
    await testing.send(async () => setTest(await server.testConnection(before ? connection : unnamed)));
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await saving.send(() => server.saveConnection(connection)))) return;
    onClose();
    await onSaved();
  };
  const failure = saving.failure ?? testing.failure;
  return (
    <form onSubmit={(event) => void save(event)}>
      <Stack gap="sm">
        {!before && (
          <TextInput
            label={t("name")}
            description={t("nameHelp")}
            required
            data-autofocus
            error={isTaken && t("nameTaken", { name: name.trim() })}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
        )}
        {/* What it is stays: environments count on it. */}
        {before ? (
          <Text size="sm">
            {words(kind.title)}: {words(kind.description)}
          </Text>
        ) : (
          <NativeSelect
            label={t("kind")}
            description={words(kind.description)}
            value={keyOf(kind)}
            data={connectionKinds.map((one) => ({ value: keyOf(one), label: words(one.title) }))}
            onChange={({ currentTarget }) => {
              const next = connectionKinds.find((one) => keyOf(one) === currentTarget.value) ?? kind;
              setKind(next);
              setValues(formValues(next, {}));
              setTest(undefined);
            }}
          />
        )}
        {kind.settings.map((setting, index) => (
          <SettingField
            key={setting.name}
            setting={setting}
            isStored={isStored(before?.settings ?? {}, setting.name)}
            isFirst={before !== undefined && index === 0}
            value={values[setting.name] ?? ""}
            onChange={(value) => {
              setValues({ ...values, [setting.name]: value });
              setTest(undefined);
            }}
          />
        ))}
        {before && (
          <Text size="xs" c="var(--mr-muted)">
            {t("takenUp")}
          </Text>
        )}
        <div role="status">{test && <TestSteps test={test} />}</div>
        {failure && (
          <Alert color="red" variant="light" p="xs" role="alert">
            {words(failure)}
          </Alert>
        )}
        <Group justify="space-between">
          <Button variant="default" leftSection={<IconPlugConnected size={15} />} loading={testing.busy} onClick={() => void run()}>
            {t("test")}
          </Button>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={saving.busy} disabled={connection.name === "" || isTaken}>
              {t("save")}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

interface SettingFieldProps {
  readonly setting: ConnectionSetting;
  readonly isStored: boolean;
  readonly isFirst: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function SettingField({ setting, isStored: hasValue, isFirst, value, onChange }: SettingFieldProps) {
  const { t } = useTranslation("connections");
  const words = useWords();
  const common = {
    label: words(setting.title),
    value,
    autoComplete: "off",
    ...(isFirst ? { "data-autofocus": true } : {}),
    onChange: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) => onChange(currentTarget.value),
  };
  if (setting.type === "secret") {
    return <PasswordInput {...common} description={hasValue ? t("secretKept") : words(setting.description)} />;
  }
  if (setting.type === "choice") {
    const options = setting.options ?? [];
    return (
      <NativeSelect
        {...common}
        description={words(setting.description)}
        value={value || options[0]?.value}
        data={options.map((option) => ({ value: option.value, label: words(option.title) }))}
      />
    );
  }
  const typed = { ...common, description: words(setting.description), placeholder: setting.example ?? "", spellCheck: false };
  if (setting.type === "lines") return <Textarea {...typed} autosize minRows={2} maxRows={6} />;
  return <TextInput {...typed} {...(setting.type === "number" ? { inputMode: "decimal" as const } : {})} />;
}
