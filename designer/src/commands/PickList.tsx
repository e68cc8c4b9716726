import { Command } from "cmdk";
import { type ReactNode, useState } from "react";
import classes from "./pick-list.module.css";

export interface PickItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: ReactNode;
  /** Smaller, behind the label. */
  readonly detail?: string | undefined;
  /** At the right end: keys. */
  readonly end?: string;
  /** Given: it cannot be chosen, and this says why. */
  readonly reason?: string | undefined;
}

export interface PickSection {
  readonly id: string;
  readonly title?: string;
  readonly items: readonly PickItem[];
}

interface PickListProps {
  readonly label: string;
  readonly placeholder: string;
  readonly nothing: string;
  /** What is shown for what was typed. */
  readonly find: (query: string) => readonly PickSection[];
  readonly onPick: (id: string) => void;
  readonly onClose: () => void;
}

/** A field and a list under it, by keyboard or pointer. */
export function PickList({ label, placeholder, nothing, find, onPick, onClose }: PickListProps) {
  const [query, setQuery] = useState("");
  const sections = find(query).filter(({ items }) => items.length > 0);
  return (
    <Command
      className={classes.picker}
      label={label}
      shouldFilter={false}
      loop
      onKeyDown={(event) => {
        if (event.key === "Escape" || event.key === "Tab") {
          event.preventDefault();
          onClose();
        }
        // Nothing typed here is a key of the canvas.
        event.stopPropagation();
      }}
    >
      <Command.Input data-autofocus className={classes.input} autoFocus value={query} onValueChange={setQuery} placeholder={placeholder} />
      <Command.List className={classes.list} label={label}>
        <Command.Empty className={classes.empty}>{nothing}</Command.Empty>
        {sections.map(({ id, title, items }) => (
          <Command.Group key={id} heading={title} className={classes.group}>
            {items.map((item) => (
              <Command.Item
                key={item.id}
                value={item.id}
                disabled={item.reason !== undefined}
                className={classes.item}
                onSelect={() => onPick(item.id)}
              >
                {item.icon}
                <span className={classes.label}>{item.label}</span>
                <span className={classes.detail}>{item.reason ?? item.detail}</span>
                {item.end && <kbd className={classes.keys}>{item.end}</kbd>}
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  );
}
