import type { PlannedStack } from "../../core/cost/planned-stack.ts";

/** The input of a cost estimate: a stack with a campaign of 1 TPS and 100,000 interactions, without an API. */
export const plannedStack: PlannedStack = {
    recipe: "aws-user-personalization",
    hasCampaign: true,
    minProvisionedTPS: 1,
    expectedRequestsPerDay: 10_000,
    interactions: 100_000,
    bytes: 2_000_000,
    autoTrainingDays: undefined,
    guardMinutes: 15,
    auditTrail: true,
    region: "eu-central-1",
    customMetrics: 15,
    alarmMetrics: 9,
    dashboards: 1,
    api: false,
    edge: false,
};
