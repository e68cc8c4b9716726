import { Button, Group, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { runCommand } from "../commands/index.ts";
import { openGallery } from "../commands/open-gallery.ts";
import { quickAdd } from "../commands/quick-add.ts";
import classes from "./canvas.module.css";

export function EmptyCanvas() {
  const { t } = useTranslation("canvas");
  return (
    <div className={classes.empty}>
      <Title order={2} size="h4">
        {t("emptyTitle")}
      </Title>
      <Text size="sm" c="dimmed" maw={420} ta="center">
        {t("emptyText")}
      </Text>
      <Group gap="xs">
        <Button size="xs" onClick={() => runCommand(quickAdd)}>
          {t("emptyAdd")}
        </Button>
        <Button size="xs" variant="default" onClick={() => runCommand(openGallery)}>
          {t("emptyTemplates")}
        </Button>
      </Group>
    </div>
  );
}
