import type { StackConfig } from "../../config/config.ts";

/** Minutes for what the service makes in about a minute. */
export const quickDeadlineMinutes = 30;

/** What every Personalize resource of a stack is told besides its own properties, for a deadline in minutes. */
export const withinOf = (config: StackConfig) => (deadlineMinutes: number) => ({
    region: config.region,
    tags: config.tags,
    pollSeconds: config.pollSeconds,
    deadlineMinutes,
});
