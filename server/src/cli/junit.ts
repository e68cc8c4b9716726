export interface JunitCase {
  readonly suite: string;
  readonly name: string;
  /** Empty: passed. */
  readonly failures: readonly string[];
  readonly seconds: number;
}

/** JUnit's report, as CI servers read it. */
export function junitXml(cases: readonly JunitCase[]): string {
  const suites = Map.groupBy(cases, ({ suite }) => suite);
  const parts = [...suites].map(([suite, ofSuite]) => {
    const failed = ofSuite.filter(({ failures }) => failures.length > 0).length;
    const seconds = ofSuite.reduce((sum, one) => sum + one.seconds, 0);
    return `  <testsuite name="${xml(suite)}" tests="${ofSuite.length}" failures="${failed}" time="${seconds.toFixed(3)}">\n${ofSuite.map(testCase).join("")}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${parts.join("")}</testsuites>\n`;
}

function testCase({ suite, name, failures, seconds }: JunitCase): string {
  const head = `    <testcase classname="${xml(suite)}" name="${xml(name)}" time="${seconds.toFixed(3)}"`;
  const [first] = failures;
  if (first === undefined) return `${head}/>\n`;
  return `${head}>\n      <failure message="${xml(first.split("\n")[0] ?? "")}">${xml(failures.join("\n"))}</failure>\n    </testcase>\n`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Characters that XML has no way to write are left out. */
function xml(text: string): string {
  return text.replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, "").replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
}
