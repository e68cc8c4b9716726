import { Button, Code, Group, Stack, Table, Text, Title, UnstyledButton } from "@mantine/core";
import { formatType } from "@millrace/engine/expression";
import { type Edge, parsePortRef } from "@millrace/engine/pipeline";
import { IconTable } from "@tabler/icons-react";
import { Fragment, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../preview/CopyButton.tsx";
import classes from "../preview/preview.module.css";
import { cellText, type Json, valueAt } from "../preview/record.ts";
import { usePortRecords } from "../preview/use-port-records.ts";
import { useAnalysis, useEdgeSchema } from "../store/analysis.ts";
import { useDocument } from "../store/document.ts";
import { edgeKey } from "../store/edge-key.ts";
import { openDrawer } from "../store/ui.ts";
import { FieldLineage } from "./FieldLineage.tsx";
import { fieldChoices } from "./field-paths.ts";

/** What an edge carries: the schema of its rows. */
export function EdgeInspector({ edge }: { readonly edge: Edge }) {
  const { t } = useTranslation("inspector");
  const schema = useEdgeSchema(edgeKey(edge));
  const from = parsePortRef(edge.from);
  const changelog = useAnalysis(({ nodesById }) => nodesById.get(from.node)?.outputs[from.port]?.changelog);
  const fields = useMemo(() => (schema ? fieldChoices(schema) : []), [schema]);
  const { records, from: origin } = usePortRecords(edge.from);
  const latest = records.at(-1)?.value;
  const [opened, setOpened] = useState<string>();
  return (
    <Stack gap="sm">
      <div>
        <Title order={2} size="h5">
          <NodeName id={from.node} /> → <NodeName id={parsePortRef(edge.to).node} />
        </Title>
        <Text size="xs" c="var(--mr-muted)" ff="monospace">
          {edgeKey(edge)}
        </Text>
      </div>
      <Group gap="xs">
        <Button size="xs" variant="light" leftSection={<IconTable size={14} />} onClick={() => openDrawer("preview")}>
          {t("showRecords")}
        </Button>
        {changelog && (
          <Text size="xs" c="var(--mr-muted)">
            {t(MODES[changelog.mode])}
          </Text>
        )}
      </Group>
      {!schema && <Text size="sm">{t("schemaUnknown")}</Text>}
      {schema && fields.length === 0 && <Text size="sm">{t("schemaEmpty")}</Text>}
      {schema && fields.length > 0 && (
        <>
          <Table layout="fixed" fz="xs" verticalSpacing={2} horizontalSpacing={4} aria-label={t("schema")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{latest === undefined ? t("field") : t(origin === "live" ? "fieldWithValue" : "fieldWithTried")}</Table.Th>
                <Table.Th w={104}>{t("type")}</Table.Th>
                <Table.Td w={30} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {fields.map(({ path, steps, dataType }) => (
                <Fragment key={path}>
                  <Table.Tr>
                    <Table.Td ff="monospace" style={{ overflowWrap: "anywhere" }}>
                      <UnstyledButton
                        fz="xs"
                        ff="monospace"
                        aria-expanded={opened === path}
                        td="underline dotted"
                        title={t("lineage")}
                        onClick={() => setOpened(opened === path ? undefined : path)}
                      >
                        {path}
                      </UnstyledButton>
                      <Sample value={dataType.type === "ROW" ? undefined : valueAt(latest, steps)} />
                    </Table.Td>
                    <Table.Td>
                      <Code fz="xs" display="block" w="fit-content" maw="100%" title={formatType(dataType)} className={classes.line ?? ""}>
                        {dataType.type === "ROW" ? "ROW" : formatType(dataType)}
                      </Code>
                    </Table.Td>
                    <Table.Td>
                      <CopyButton text={path} label={t("copyField", { path })} />
                    </Table.Td>
                  </Table.Tr>
                  {opened === path && (
                    <Table.Tr>
                      <Table.Td colSpan={3}>
                        <OpenLineage node={from.node} port={from.port} steps={steps} />
                      </Table.Td>
                    </Table.Tr>
                  )}
                </Fragment>
              ))}
            </Table.Tbody>
          </Table>
          {schema.open && (
            <Text size="xs" c="var(--mr-muted)">
              {t("schemaOpen")}
            </Text>
          )}
        </>
      )}
    </Stack>
  );
}

/** The place stays the same one while it is open, so that its way is worked out once. */
function OpenLineage({ node, port, steps }: { readonly node: string; readonly port: string; readonly steps: readonly string[] }) {
  const [place] = useState({ node, port, path: steps });
  return <FieldLineage place={place} />;
}

/** What stands in the field in the latest record; nothing where it has none. */
function Sample({ value }: { readonly value: Json | undefined }) {
  if (value === undefined) return null;
  const text = cellText(value);
  return (
    <Text size="xs" c="var(--mr-muted)" truncate="end" title={text.slice(0, 400)} fs={value === null ? "italic" : "normal"}>
      {value === null ? "NULL" : text === "" ? "''" : text.slice(0, 100)}
    </Text>
  );
}

const MODES = { append: "modeAppend", upsert: "modeUpsert", retract: "modeRetract" } as const;

function NodeName({ id }: { readonly id: string }) {
  const name = useDocument(({ document }) => (Object.hasOwn(document.nodes, id) ? document.nodes[id]?.name : undefined));
  return <>{name ?? id}</>;
}
