import { Autocomplete, Button, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { DEFAULTS, type Problem } from "@millrace/engine/pipeline";
import { IconBraces } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { setParallelism } from "../edits/parallelism.ts";
import { useLanguage } from "../i18n/use-words.ts";
import { useAnalysis } from "../store/analysis.ts";
import { type DocumentDraft, edit, useDocument } from "../store/document.ts";
import { show } from "../store/ui.ts";
import { ConnectionsEditor } from "./ConnectionsEditor.tsx";
import { ParallelismInput } from "./ParallelismInput.tsx";
import { ParametersEditor } from "./ParametersEditor.tsx";
import { ProblemList } from "./ProblemList.tsx";
import { SchemasEditor } from "./SchemasEditor.tsx";

/** The pipeline's own settings, shown while nothing is selected. */
export function PipelineInspector() {
  const { t } = useTranslation("inspector");
  const language = useLanguage();
  const document = useDocument((state) => state.document);
  const problems = useDocumentProblems();
  const zones = useMemo(() => Intl.supportedValuesOf("timeZone"), []);
  const change = (field: string, recipe: (draft: DocumentDraft) => void) => edit("step.settings", recipe, { gesture: `settings ${field}` });
  const at = (member: string) => problems.filter(({ path }) => path?.[0] === member);
  const known = new Set(["timeZone", "checkpointInterval", "parallelism", "parameters", "schemas", "connections"]);
  return (
    <Stack gap="sm">
      <Title order={2} size="h5">
        {t("pipeline")}
      </Title>
      <ProblemList problems={problems.filter(({ path }) => !known.has(String(path?.[0])))} />
      <TextInput
        label={t("name")}
        size="sm"
        value={document.name}
        maxLength={200}
        error={document.name.trim() === "" ? t("nameEmpty") : undefined}
        onChange={({ currentTarget: { value } }) =>
          change("name", (draft) => {
            draft.name = value;
          })
        }
      />
      <Textarea
        label={t("description")}
        description={t("descriptionHelp")}
        size="sm"
        autosize
        minRows={2}
        maxRows={8}
        value={document.description?.[language] ?? ""}
        onChange={({ currentTarget: { value } }) =>
          change("description", (draft) => {
            const words = { en: "", zh: "", ...draft.description, [language]: value };
            if (words.en === "" && words.zh === "") delete draft.description;
            else draft.description = words;
          })
        }
      />
      <div>
        <Autocomplete
          label={t("timeZone")}
          description={t("timeZoneHelp", { zone: DEFAULTS.timeZone })}
          size="sm"
          data={zones}
          limit={50}
          placeholder={DEFAULTS.timeZone}
          value={document.timeZone ?? ""}
          error={at("timeZone").length > 0}
          onChange={(value) =>
            change("timeZone", (draft) => {
              if (value === "") delete draft.timeZone;
              else draft.timeZone = value;
            })
          }
        />
        <ProblemList problems={at("timeZone")} />
      </div>
      <div>
        <Autocomplete
          label={t("checkpointInterval")}
          description={t("checkpointIntervalHelp")}
          size="sm"
          data={["200 ms", "1 s", "10 s", "1 min"]}
          placeholder={DEFAULTS.checkpointInterval}
          value={document.checkpointInterval ?? ""}
          error={at("checkpointInterval").length > 0}
          onChange={(value) =>
            change("checkpointInterval", (draft) => {
              if (value === "") delete draft.checkpointInterval;
              else draft.checkpointInterval = value;
            })
          }
        />
        <ProblemList problems={at("checkpointInterval")} />
      </div>
      <div>
        <ParallelismInput
          description={t("parallelismPipeline")}
          placeholder={String(DEFAULTS.parallelism)}
          value={document.parallelism}
          onChange={(value) => change("parallelism", (draft) => setParallelism(draft, value))}
        />
        <ProblemList problems={at("parallelism")} />
      </div>
      <ParametersEditor problems={at("parameters")} />
      <SchemasEditor problems={at("schemas")} />
      <ConnectionsEditor problems={at("connections")} />
      <div>
        <Button size="xs" variant="default" leftSection={<IconBraces size={14} />} onClick={() => show({ overlay: "json" })}>
          {t("editJson")}
        </Button>
      </div>
      <Text size="xs" c="var(--mr-muted)">
        {t("selectHint")}
      </Text>
    </Stack>
  );
}

function useDocumentProblems(): readonly Problem[] {
  const problems = useAnalysis((state) => state.problems);
  return useMemo(() => problems.filter(({ nodeId }) => nodeId === undefined), [problems]);
}
