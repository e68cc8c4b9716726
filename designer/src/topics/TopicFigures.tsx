import { Table, Text } from "@mantine/core";
import type { TopicSummary } from "@millrace/server/api";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { countText } from "../i18n/numbers.ts";
import { bytesText, groupLags } from "./topic-figures.ts";

export function TopicPartitions({ topic }: { readonly topic: TopicSummary }) {
  const { t, i18n } = useTranslation("topics");
  return (
    <Table stickyHeader fz="xs" verticalSpacing={3} aria-label={t("partitions")}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("partition")}</Table.Th>
          <Table.Th ta="right">{t("earliest")}</Table.Th>
          <Table.Th ta="right">{t("latest")}</Table.Th>
          <Table.Th ta="right">{t("records")}</Table.Th>
          <Table.Th ta="right">{t("size")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {topic.partitions.map(({ partition, earliest, latest, bytes }) => (
          <Table.Tr key={partition}>
            <Table.Td>{partition}</Table.Td>
            <Table.Td ta="right">{countText(earliest)}</Table.Td>
            <Table.Td ta="right">{countText(latest)}</Table.Td>
            <Table.Td ta="right">{countText(latest - earliest)}</Table.Td>
            <Table.Td ta="right">{bytesText(bytes, i18n.language)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Who reads the topic and how far behind. */
export function TopicGroups({ topic }: { readonly topic: TopicSummary }) {
  const { t } = useTranslation("topics");
  const groups = groupLags(topic);
  if (groups.length === 0) return <Text c="var(--mr-muted)">{t("noGroups")}</Text>;
  return (
    <Table stickyHeader fz="xs" verticalSpacing={3} aria-label={t("groups")}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("group")}</Table.Th>
          <Table.Th>{t("partition")}</Table.Th>
          <Table.Th ta="right">{t("position")}</Table.Th>
          <Table.Th ta="right">{t("lag")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {groups.map(({ group, lag, partitions }) => (
          <Fragment key={group}>
            <Table.Tr>
              <Table.Th scope="row">{group}</Table.Th>
              <Table.Td>{t("allPartitions")}</Table.Td>
              <Table.Td />
              <Table.Td ta="right" fw={600}>
                {countText(lag)}
              </Table.Td>
            </Table.Tr>
            {partitions.map((row) => (
              <Table.Tr key={row.partition}>
                <Table.Td />
                <Table.Td>{row.partition}</Table.Td>
                <Table.Td ta="right">{countText(row.position)}</Table.Td>
                <Table.Td ta="right">{countText(row.lag)}</Table.Td>
              </Table.Tr>
            ))}
          </Fragment>
        ))}
      </Table.Tbody>
    </Table>
  );
}
