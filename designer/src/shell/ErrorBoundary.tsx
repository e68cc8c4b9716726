import { Button, Stack, Text, Title } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { say } from "../i18n/i18n.ts";
import { words } from "./words.ts";

/** A fault in drawing must not leave an empty page. The draft is safe: it is not kept here. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly error: Error | undefined }> {
  override state: { readonly error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <Stack p="xl" maw={640} role="alert">
        <Title order={1} size="h3">
          {say(words.boundaryTitle)}
        </Title>
        <Text>{say(words.boundaryText)}</Text>
        <Text ff="monospace" size="xs">
          {error.message}
        </Text>
        <Button w="fit-content" onClick={() => location.reload()}>
          {say(words.reload)}
        </Button>
      </Stack>
    );
  }
}
