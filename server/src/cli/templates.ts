import { templates } from "@millrace/templates";
import { Command } from "commander";
import { summaryOf } from "../templates/routes.ts";

export const templatesCommand = new Command("templates")
  .description("Lists the built-in pipelines.")
  .option("--json", "as JSON")
  .action(({ json }: { json?: boolean }) => {
    if (json) return console.log(JSON.stringify(templates.map(summaryOf), null, 2));
    const width = Math.max(...templates.map(({ name }) => name.length));
    for (const { name, title, description } of templates) console.log(`${name.padEnd(width)}  ${title.en}: ${description.en}`);
  });
