import { Button, Collapse, NativeSelect, Stack, Text } from "@mantine/core";
import { type ConnectionKind, connectionKinds } from "@millrace/nodes/specs";
import type { Connection, ConnectionTest } from "@millrace/server/api";
import { IconChevronDown, IconChevronRight, IconPlugConnected } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { server } from "../server.ts";
import { useSending } from "../store/use-sending.ts";
import { NamedDialog, NamedForm } from "./NamedForm.tsx";
import { SettingField } from "./SettingField.tsx";
import { askedFor, formValues, isStored, kindOf, settingsFrom } from "./settings.ts";
import { TestSteps } from "./TestSteps.tsx";

interface ConnectionFormProps {
  /** Undefined: closed. */
  readonly editing: Connection | "new" | undefined;
  readonly taken: readonly string[];
  readonly onClose: () => void;
  readonly onSaved: () => Promise<void>;
}

export function ConnectionForm({ editing, ...rest }: ConnectionFormProps) {
  const { t } = useTranslation("connections");
  return (
    <NamedDialog editing={editing} newTitle={t("newConnection")} onClose={rest.onClose}>
      {(before) => <Fields before={before} {...rest} />}
    </NamedDialog>
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

  const connection: Connection = {
    name: name.trim(),
    kind: kind.kind as Connection["kind"],
    role: kind.role,
    settings: settingsFrom(kind, values, before?.settings ?? {}),
  };
  const outcome = useRef<HTMLDivElement>(null);
  // The form is longer than a small screen.
  useEffect(() => {
    if (test) outcome.current?.scrollIntoView({ block: "nearest" });
  }, [test]);
  const run = async () => {
    setTest(undefined);
    const { name: _, ...unnamed } = connection;
    await testing.send(async () => setTest(await server.testConnection(before ? connection : unnamed)));
  };
  const save = async () => {
    if (!(await saving.send(() => server.saveConnection(connection)))) return;
    onClose();
    await onSaved();
  };
  const asked = askedFor(kind, values);
  const field = (setting: (typeof asked)[number]) => (
    <SettingField
      key={setting.name}
      setting={setting}
      isStored={isStored(before?.settings ?? {}, setting.name)}
      isFirst={before !== undefined && setting === asked[0]}
      value={values[setting.name] ?? ""}
      onChange={(value) => {
        setValues({ ...values, [setting.name]: value });
        setTest(undefined);
      }}
    />
  );
  const advanced = asked.filter((setting) => setting.advanced);
  return (
    <NamedForm
      isNew={!before}
      name={name}
      onName={setName}
      taken={taken}
      failure={saving.failure ?? testing.failure}
      busy={saving.busy}
      onClose={onClose}
      onSave={save}
      aside={
        <Button variant="default" leftSection={<IconPlugConnected size={15} />} loading={testing.busy} onClick={() => void run()}>
          {t("test")}
        </Button>
      }
    >
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
      {asked.filter((setting) => !setting.advanced).map(field)}
      {advanced.length > 0 && (
        <More key={keyOf(kind)} isOpenFirst={advanced.some((setting) => values[setting.name])}>
          {advanced.map(field)}
        </More>
      )}
      <div role="status" ref={outcome}>
        {test && <TestSteps test={test} />}
      </div>
    </NamedForm>
  );
}

/** Settings whose defaults suit most; open where one of them is set. */
function More({ isOpenFirst, children }: { readonly isOpenFirst: boolean; readonly children: React.ReactNode }) {
  const { t } = useTranslation("connections");
  const [isOpen, setIsOpen] = useState(isOpenFirst);
  return (
    <div>
      <Button
        size="compact-sm"
        variant="subtle"
        aria-expanded={isOpen}
        leftSection={isOpen ? <IconChevronDown size={15} /> : <IconChevronRight size={15} />}
        onClick={() => setIsOpen(!isOpen)}
      >
        {t("more")}
      </Button>
      <Collapse expanded={isOpen}>
        <Stack gap="sm" mt="xs">
          {children}
        </Stack>
      </Collapse>
    </div>
  );
}
