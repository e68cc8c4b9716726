/**
 * What it costs to look: BaseLogApp with ten previews open against the same without, in pairs whose order alternates. `slowdown` is the ratio of CPU less one, as a mean of the pairs;
 * `slowdownAtMost` the upper end of its 95 % confidence interval (of the logarithms, Student's t).
 */
import { baseLogDocument, TARGET_TOPICS } from "./base-log.ts";
import { collectGarbage } from "./garbage.ts";
import type { Work } from "./main.ts";
import { type TopicPipeline, topicPipeline } from "./topic-pipeline.ts";

const TOPIC = "ods_base_log";
const PAIRS = 20;
const RECORDS = 200_000;
/** Quantile 0.975 of Student's t with 19 degrees of freedom. */
const T_975 = 2.093;
/** As the server asks for what is watched. */
const FRAME_MS = 250;
const EDGES = [
  "ods_base_log.out",
  "ods_base_log.error",
  "repair_is_new.out",
  "repair_is_new.error",
  "split_log.page",
  "split_log.start",
  "split_log.error",
  "displays.out",
  "displays.error",
  "displays.dropped",
];

export const previews: Work = {
  name: "previews",
  records: RECORDS,
  passes: 1,
  async prepare(records) {
    const pipeline = await topicPipeline(TOPIC, records);
    return {
      async run() {
        const begun = performance.now();
        const before = process.cpuUsage();
        const logs: number[] = [];
        await passOf(pipeline, false); // warm-up
        for (let pair = 0; pair < PAIRS; pair++) {
          const seconds = { plain: 0, watched: 0 };
          for (const isWatched of pair % 2 === 0 ? [false, true] : [true, false])
            seconds[isWatched ? "watched" : "plain"] = await passOf(pipeline, isWatched);
          logs.push(Math.log(seconds.watched / seconds.plain));
        }
        const mean = logs.reduce((sum, value) => sum + value, 0) / PAIRS;
        const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (PAIRS - 1));
        const { user, system } = process.cpuUsage(before);
        return {
          recordsOut: 0,
          cpuSeconds: (user + system) / 1_000_000,
          wallSeconds: (performance.now() - begun) / 1_000,
          own: { slowdown: Math.exp(mean) - 1, slowdownAtMost: Math.exp(mean + (T_975 * deviation) / Math.sqrt(PAIRS)) - 1 },
        };
      },
      clear: () => pipeline.clear(),
    };
  },
};

/** CPU seconds of one run over the records. */
async function passOf(pipeline: TopicPipeline, isWatched: boolean): Promise<number> {
  let ticker: NodeJS.Timeout | undefined;
  collectGarbage();
  try {
    const { cpuSeconds } = await pipeline.run(baseLogDocument(), TOPIC, (run) => {
      if (!isWatched) return;
      const watch = run.watch(EDGES);
      ticker = setInterval(() => JSON.stringify(watch.frame()), FRAME_MS);
    });
    return cpuSeconds;
  } finally {
    clearInterval(ticker);
    await pipeline.remove(TARGET_TOPICS);
  }
}
