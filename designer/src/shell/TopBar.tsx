import { ActionIcon, Button, Menu, SegmentedControl, Tooltip, UnstyledButton, useMantineColorScheme, VisuallyHidden } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChevronDown,
  IconCommand,
  IconDeviceDesktop,
  IconDots,
  IconMoon,
  IconPlayerPlay,
  IconPlayerStop,
  IconRocket,
  IconSun,
  IconVersions,
} from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Command } from "../commands/command.ts";
import { commandPalette } from "../commands/command-palette.ts";
import { deploy } from "../commands/deploy.ts";
import { editJson } from "../commands/edit-json.ts";
import { exportFile } from "../commands/export-file.ts";
import { saveVersion } from "../commands/fragment.ts";
import { isEnabled, runCommand } from "../commands/index.ts";
import { isMac, keysText } from "../commands/keys.ts";
import { makeSavepoint } from "../commands/make-savepoint.ts";
import { openConnections } from "../commands/open-connections.ts";
import { openGallery } from "../commands/open-gallery.ts";
import { openMap } from "../commands/open-map.ts";
import { redo } from "../commands/redo.ts";
import { showKeys } from "../commands/show-keys.ts";
import { start, startFresh, startFrom } from "../commands/start.ts";
import { stop } from "../commands/stop.ts";
import { switchLanguage } from "../commands/switch-language.ts";
import { undo } from "../commands/undo.ts";
import { Breadcrumb } from "../fragments/Breadcrumb.tsx";
import { useLanguage, useWords } from "../i18n/use-words.ts";
import { useDifference } from "../store/difference.ts";
import { useDocument } from "../store/document.ts";
import { useRunState } from "../store/live.ts";
import { useSession } from "../store/session.ts";
import { useIsFragment } from "../store/specs.ts";
import { show, showsPipeline, useUi } from "../store/ui.ts";
import { words as storeWords } from "../store/words.ts";
import { cycleColorScheme, keepColorScheme } from "./color-scheme.ts";
import mark from "./mark.svg";
import { PipelineName } from "./PipelineName.tsx";
import { RunBadge } from "./RunBadge.tsx";
import { SaveBadge } from "./SaveBadge.tsx";
import classes from "./shell.module.css";

export function TopBar() {
  const { t } = useTranslation("shell");
  const isOpen = useDocument(({ pipelineId }) => pipelineId !== undefined);
  const isShown = useUi(showsPipeline) && isOpen;
  const isInside = useDocument(({ inside }) => inside !== undefined);
  const name = useDocument(({ document }) => document.name);
  useEffect(() => {
    document.title = isShown ? `${name} · Millrace` : "Millrace";
  }, [name, isShown]);
  return (
    <header className={classes.top}>
      <Tooltip label={t("pipelines")} openDelay={400}>
        <UnstyledButton className={classes.home ?? ""} onClick={() => runCommand(openGallery)} aria-label={`Millrace: ${t("pipelines")}`}>
          <img src={mark} alt="" width={22} height={22} />
          <span>Millrace</span>
          <IconChevronDown size={13} aria-hidden />
        </UnstyledButton>
      </Tooltip>
      {isShown && (
        <>
          <VisuallyHidden>
            <h1>{name}</h1>
          </VisuallyHidden>
          <Breadcrumb />
          <PipelineName />
          {!isInside && (
            <>
              <SaveBadge />
              <History />
            </>
          )}
          <ViewSwitch />
        </>
      )}
      <span className={classes.space} />
      {isShown && (
        <>
          <RunBadge />
          <RunButtons />
          <span className={classes.rule} />
        </>
      )}
      <Settings />
    </header>
  );
}

function History() {
  const { t } = useTranslation("shell");
  const words = useWords();
  const last = useDocument(({ past }) => past.at(-1)?.name);
  const next = useDocument(({ future }) => future.at(-1)?.name);
  return (
    <div className={classes.buttons}>
      <IconButton
        command={undo}
        label={last ? t("undoWhat", { step: words(storeWords[last]) }) : t("undo")}
        disabled={!last}
        icon={<IconArrowBackUp size={17} />}
      />
      <IconButton
        command={redo}
        label={next ? t("redoWhat", { step: words(storeWords[next]) }) : t("redo")}
        disabled={!next}
        icon={<IconArrowForwardUp size={17} />}
      />
    </div>
  );
}

function ViewSwitch() {
  const { t } = useTranslation("shell");
  const view = useUi((ui) => ui.view);
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("viewLabel")}
      className={classes.views ?? ""}
      value={view}
      data={[
        { value: "canvas", label: t("canvasView") },
        { value: "outline", label: t("outlineView") },
      ]}
      onChange={(next) => show({ view: next === "outline" ? "outline" : "canvas" })}
    />
  );
}

function RunButtons() {
  const isInside = useDocument(({ inside }) => inside !== undefined);
  const isFragment = useIsFragment();
  // The banner leads to what can be changed.
  if (isInside) return null;
  return isFragment ? <VersionButton /> : <DeployButtons />;
}

/** A fragment is not run: it has versions. */
function VersionButton() {
  const { t } = useTranslation("fragments");
  const live = useDocument((document) => document.live !== undefined);
  const isSame = useDifference((difference) => difference.isEmpty) && live;
  return (
    <Button
      size="xs"
      variant={isSame ? "default" : "filled"}
      leftSection={<IconVersions size={14} />}
      onClick={() => runCommand(saveVersion)}
    >
      {t("saveShort")}
    </Button>
  );
}

function DeployButtons() {
  const { t } = useTranslation("shell");
  const state = useRunState();
  const live = useDocument((document) => document.live !== undefined);
  const busy = useSession((session) => session.busy);
  const isSame = useDifference((difference) => difference.isEmpty) && live;
  const runs = state === "running" || state === "starting" || state === "restarting";
  return (
    <div className={classes.buttons}>
      {runs || state === "stopping" ? (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerStop size={14} />}
          loading={busy === "stop" || state === "stopping"}
          disabled={busy !== undefined}
          onClick={() => runCommand(stop)}
        >
          {t("stop")}
        </Button>
      ) : (
        live && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlayerPlay size={14} />}
            loading={busy === "start"}
            disabled={busy !== undefined}
            onClick={() => runCommand(start)}
          >
            {t("start")}
          </Button>
        )
      )}
      <Button
        size="xs"
        variant={isSame ? "default" : "filled"}
        leftSection={<IconRocket size={14} />}
        loading={busy === "deploy"}
        disabled={busy !== undefined}
        onClick={() => runCommand(deploy)}
      >
        {t("deploy")}
      </Button>
    </div>
  );
}

function Settings() {
  const { t } = useTranslation("shell");
  const words = useWords();
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  useEffect(() => keepColorScheme({ scheme: colorScheme, set: setColorScheme }), [colorScheme, setColorScheme]);
  const SchemeIcon = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop }[colorScheme];
  const theme = t("theme", { scheme: t(`scheme.${colorScheme}`) });
  return (
    <div className={classes.buttons}>
      <IconButton command={commandPalette} label={t("commands")} icon={<IconCommand size={17} />} />
      <Tooltip label={theme} openDelay={400}>
        <ActionIcon variant="subtle" color="gray" size={30} aria-label={theme} onClick={cycleColorScheme}>
          <SchemeIcon size={17} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("language")} openDelay={400}>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          aria-label={t("language")}
          lang={language === "en" ? "zh-CN" : "en"}
          onClick={() => runCommand(switchLanguage)}
        >
          {t("languageShort")}
        </Button>
      </Tooltip>
      <Menu position="bottom-end" width={280}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={30} aria-label={t("menu")}>
            <IconDots size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {[editJson, exportFile, makeSavepoint, startFrom, startFresh, openMap, openConnections, showKeys].map((command) => (
            <Menu.Item
              key={command.id}
              disabled={!isEnabled(command)}
              onClick={() => runCommand(command)}
              rightSection={<span className={classes.hint}>{command.keys?.[0] && keysText(command.keys[0], isMac)}</span>}
            >
              {words(command.label)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

interface IconButtonProps {
  readonly command: Command;
  readonly label: string;
  readonly icon: React.ReactNode;
  readonly disabled?: boolean;
}

function IconButton({ command, label, icon, disabled }: IconButtonProps) {
  const [keys] = command.keys ?? [];
  return (
    <Tooltip label={keys ? `${label} (${keysText(keys, isMac)})` : label} openDelay={400}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={30}
        aria-label={label}
        // Not `disabled`: the focus must not fall away when the last step is undone.
        {...(disabled ? { "data-disabled": true, "aria-disabled": true } : {})}
        onClick={() => runCommand(command)}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
