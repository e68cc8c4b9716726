import classes from "./tag.module.css";

export type Tone = "ok" | "warning" | "error" | "changed" | "accent" | "muted";

/** A few words with a meaning, in colours that keep their contrast in both schemes. */
export function Tag({ tone, children, title }: { readonly tone: Tone; readonly children: React.ReactNode; readonly title?: string }) {
  return (
    <span className={classes.tag} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
